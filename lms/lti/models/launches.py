"""Platforms' courses, resource links and participants, content items shown there, and launches."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assessment.models.attestation import AttestationTask
from assessment.models.self_checks import SelfCheck
from courses.models.groups import Cohort, Enrolment
from lms.core.db import Base, Json, JsonList, Kept, Line, Moment
from lms.core.people.models import Account, UserSession
from lms.lti.models.platforms import Address, Deployment, Identifier, Platform


class Context(Kept, Base):
    """A platform's course (LTI context) in one deployment; ``context_id`` is empty for launches outside of courses."""

    __tablename__ = "lti_context"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)

    deployment_id: Mapped[int] = mapped_column(ForeignKey("lti_deployment.id", ondelete="CASCADE"))
    context_id: Mapped[str] = mapped_column(Identifier, default="", server_default="")
    title: Mapped[Line] = mapped_column(default="", server_default="")
    label: Mapped[Line] = mapped_column(default="", server_default="")
    roster_url: Mapped[str | None] = mapped_column(Address)
    """``context_memberships_url`` of Names and Role Provisioning Services 2.0."""
    line_items_url: Mapped[str | None] = mapped_column(Address)
    """``lineitems`` of Assignment and Grade Services 2.0."""
    scopes: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    """AGS scopes granted by the platform."""
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id", ondelete="SET NULL"))
    """The group that staff have chosen for the whole course: copied links show the same content of this group."""
    seen_at: Mapped[Moment] = mapped_column(server_default=func.now())

    deployment: Mapped[Deployment] = relationship(lazy="joined", innerjoin=True)


class ContentItem(Kept, Base):
    """Content of one group's course that a site's staff have chosen to show on a platform.

    A platform's link names it by ``key`` (a custom parameter, or the end of the target URL); it is valid only in the
    context in which it was created.
    """

    __tablename__ = "lti_placement"
    __table_args__ = (
        CheckConstraint("kind IN ('programme', 'topic', 'self_check', 'task', 'certificate')", name="kind"),
        CheckConstraint("(kind = 'topic') = (topic_lineage IS NOT NULL)", name="topic"),
        CheckConstraint("(kind = 'self_check') = (self_check_id IS NOT NULL)", name="self_check"),
        CheckConstraint("(kind = 'task') = (task_id IS NOT NULL)", name="task"),
    )

    key: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4, unique=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id", ondelete="CASCADE"), index=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    topic_lineage: Mapped[uuid.UUID | None]
    self_check_id: Mapped[int | None] = mapped_column(ForeignKey("self_check.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("attestation_task.id"))
    title: Mapped[Line]
    graded: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """True if results are sent to the platform's gradebook."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    context: Mapped[Context] = relationship()
    cohort: Mapped[Cohort] = relationship()
    self_check: Mapped[SelfCheck | None] = relationship()
    task: Mapped[AttestationTask | None] = relationship()


class Link(Kept, Base):
    """A resource link of a platform's course and the content item that it opens (None: not chosen yet)."""

    __tablename__ = "lti_link"
    __table_args__ = (UniqueConstraint("context_id", "resource_link_id"),)

    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id", ondelete="CASCADE"))
    resource_link_id: Mapped[str] = mapped_column(Identifier)
    title: Mapped[Line] = mapped_column(default="", server_default="")
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("lti_placement.id", ondelete="SET NULL"), index=True)
    line_item_url: Mapped[str | None] = mapped_column(Address)
    """``lineitem`` of the launch: the line item that the platform tied to this link."""
    unopened: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """True while nobody has opened the activity and its id is not known: the row holds its column of the gradebook."""
    seen_at: Mapped[Moment] = mapped_column(server_default=func.now())

    context: Mapped[Context] = relationship(lazy="joined", innerjoin=True)
    placement: Mapped[ContentItem | None] = relationship(lazy="joined")


class Participant(Kept, Base):
    """A user in a platform's course, identified by ``subject``."""

    __tablename__ = "lti_participant"
    __table_args__ = (UniqueConstraint("context_id", "subject"),)

    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(Identifier)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    platform_role: Mapped[str] = mapped_column("standing", String(14), key="platform_role")
    """``lms.lti.messages.roles.PlatformRole`` as of the last launch or roster."""
    staff_at: Mapped[Moment | None]
    """Last launch that told that the user teaches or administers the course. A platform's list may call the same person
    a learner, and so may a launch by which a teacher looks at the course as a learner.
    """
    told: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """``surname``, ``given_name``, ``patronymic``, ``email`` as the platform told last."""
    proposed: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """The same after the platform has changed them, until the leader has decided."""
    said_role: Mapped[str | None] = mapped_column(String(8))
    """``lms.lti.identity.course_roles.CourseRole`` by the person's own word, asked where the launch left it open."""
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """False if the last roster does not name the user."""
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id", ondelete="SET NULL"), index=True)
    """The enrolment created through this course by a launch or its roster; None if it existed before."""
    seen_at: Mapped[Moment] = mapped_column(server_default=func.now())

    context: Mapped[Context] = relationship()
    account: Mapped[Account | None] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()


class ListedRole(Base):
    """Role of a user by the platform's own list of the course, fetched last; known before the user's first launch."""

    __tablename__ = "lti_listed_role"

    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(Identifier, primary_key=True)
    platform_role: Mapped[str] = mapped_column(String(14))


class Launch(Kept, Base):
    """An accepted launch with its session; its id is part of its pages' URLs."""

    __tablename__ = "lti_launch"

    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_session.id", ondelete="CASCADE"), unique=True, default=None
    )
    """None for a user who has no account yet or whom the platform did not identify."""
    visitor_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Hash of the cookie of a launch without a session."""
    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id", ondelete="CASCADE"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("lti_link.id", ondelete="CASCADE"))
    subject: Mapped[str | None] = mapped_column(Identifier)
    platform_role: Mapped[str] = mapped_column("standing", String(14), key="platform_role")
    named: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """``given_name``, ``family_name``, ``middle_name``, ``name``, ``email`` of the token; emptied once an account is
    linked.
    """
    locale: Mapped[str | None] = mapped_column(String(5))
    target: Mapped[str] = mapped_column(String(8), default="iframe", server_default="iframe")
    """``launch_presentation.document_target``: ``iframe``, ``frame`` or ``window``."""
    return_url: Mapped[str | None] = mapped_column(Address)
    origins: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    """Origins of the platform: they may frame the pages and receive their height."""
    path: Mapped[str] = mapped_column(Text, default="/", server_default="/")
    """The page opened by the launch, a path without the launch's prefix."""
    deep_linking: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """Settings of a deep linking request; empty for a resource link launch."""
    mentees: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    """Subjects whose progress a mentor may see (``role_scope_mentor``)."""
    ends_at: Mapped[Moment]

    session: Mapped[UserSession | None] = relationship(lazy="joined")
    context: Mapped[Context] = relationship(lazy="joined", innerjoin=True)
    link: Mapped[Link | None] = relationship(lazy="joined")

    @property
    def platform(self) -> Platform:
        """The platform of the launch."""
        return self.context.deployment.platform
