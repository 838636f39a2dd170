"""Grades sent to platforms and rosters received from them."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models.groups import Cohort
from lms.core.db import Base, Detail, Json, JsonList, Kept, Line, Moment, Points
from lms.lti.models.launches import Context, Link, Participant
from lms.lti.models.platforms import Address


class LineItem(Kept, Base):
    """The line item (gradebook column) of a link."""

    __tablename__ = "lti_line_item"
    __table_args__ = (
        CheckConstraint("state IN ('wanted', 'ready', 'refused', 'gone', 'unwanted', 'removed')", name="state"),
        UniqueConstraint("link_id"),
    )

    link_id: Mapped[int] = mapped_column(ForeignKey("lti_link.id", ondelete="CASCADE"))
    url: Mapped[str | None] = mapped_column(Address)
    """May have a query (Moodle: ``…/lineitem?type_id=1``): ``/scores`` goes before it."""
    made_by_us: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    label: Mapped[Line] = mapped_column(default="", server_default="")
    score_maximum: Mapped[Points]
    state: Mapped[str] = mapped_column(String(10), default="wanted", server_default="wanted")
    """``gone``: the platform has it no more; nothing is collected for it or sent until somebody opens the activity."""
    error: Mapped[Detail]
    checked_at: Mapped[Moment | None]
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Number of consecutive attempts without an answer."""
    next_try_at: Mapped[Moment | None]

    link: Mapped[Link] = relationship(lazy="joined", innerjoin=True)


class Score(Kept, Base):
    """A participant's score for one line item; only the latest value is sent, so no order of messages is needed."""

    __tablename__ = "lti_score"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'refused')", name="state"),
        UniqueConstraint("line_item_id", "participant_id"),
    )

    line_item_id: Mapped[int] = mapped_column(ForeignKey("lti_line_item.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("lti_participant.id", ondelete="CASCADE"), index=True)
    wanted: Mapped[Json]
    """``scoreGiven``, ``scoreMaximum``, ``activityProgress``, ``gradingProgress``, ``comment`` as the platform
    should have them.
    """
    wanted_at: Mapped[Moment]
    """``timestamp`` of the score, strictly growing."""
    sent: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    sent_at: Mapped[Moment | None]
    state: Mapped[str] = mapped_column(String(8), default="waiting", server_default="waiting")
    error: Mapped[Detail]
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Number of consecutive attempts without an answer."""
    next_try_at: Mapped[Moment | None]

    line_item: Mapped[LineItem] = relationship(lazy="joined", innerjoin=True)
    participant: Mapped[Participant] = relationship(lazy="joined", innerjoin=True)


class ScoreTry(Kept, Base):
    """One attempt to send a score, with the platform's answer; shown to trainee and leader."""

    __tablename__ = "lti_score_try"
    __table_args__ = (CheckConstraint("outcome IN ('sent', 'refused', 'unreachable')", name="outcome"),)

    score_id: Mapped[int] = mapped_column(ForeignKey("lti_score.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[str] = mapped_column(String(12))
    status: Mapped[int | None]
    """The answer's HTTP status."""
    detail: Mapped[Detail]
    sent: Mapped[Json]
    at: Mapped[Moment] = mapped_column(server_default=func.now())


class Outage(Base):
    """An outage of a platform: no calls are made before ``until``. Deleted once the platform answers."""

    __tablename__ = "lti_outage"

    platform_id: Mapped[int] = mapped_column(ForeignKey("lti_platform.id", ondelete="CASCADE"), primary_key=True)
    failures: Mapped[int] = mapped_column(default=1)
    """Number of consecutive failures."""
    since: Mapped[Moment]
    until: Mapped[Moment]
    error: Mapped[Detail]


class Roster(Kept, Base):
    """A platform's list of a course's members, fetched for one group; its members are deleted once it is applied."""

    __tablename__ = "lti_roster"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'ready', 'failed', 'applied')", name="state"),)

    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id", ondelete="CASCADE"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("lti_link.id", ondelete="CASCADE"))
    """Limits the list to members who may open this link; None: the whole course."""
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(10), default="waiting", server_default="waiting")
    error: Mapped[Detail]
    members: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    result: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """Numbers of enrolled, withdrawn and skipped members, without the members."""
    fetched_at: Mapped[Moment | None]
    applied_at: Mapped[Moment | None]
    seen_at: Mapped[Moment] = mapped_column(server_default=func.now())

    context: Mapped[Context] = relationship(lazy="joined", innerjoin=True)
    link: Mapped[Link | None] = relationship()
    cohort: Mapped[Cohort] = relationship(lazy="joined", innerjoin=True)
