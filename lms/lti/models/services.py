"""Grades that go to platforms and rosters that come from them."""

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models.groups import Cohort
from lms.core.db import Base, Json, JsonList, Kept, Line, Moment, Points
from lms.lti.models.launches import Context, Link, Participant
from lms.lti.models.platforms import Address


class LineItem(Kept, Base):
    """The column of a platform's gradebook that belongs to a link."""

    __tablename__ = "lti_line_item"
    __table_args__ = (
        CheckConstraint("state IN ('wanted', 'ready', 'refused', 'unwanted', 'removed')", name="state"),
        UniqueConstraint("link_id"),
    )

    link_id: Mapped[int] = mapped_column(ForeignKey("lti_link.id", ondelete="CASCADE"))
    url: Mapped[str | None] = mapped_column(Address)
    """May carry a query (Moodle: ``…/lineitem?type_id=1``): ``/scores`` goes before it."""
    made_by_us: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    label: Mapped[Line] = mapped_column(default="", server_default="")
    score_maximum: Mapped[Points]
    state: Mapped[str] = mapped_column(String(10), default="wanted", server_default="wanted")
    error: Mapped[str] = mapped_column(Text, default="", server_default="")
    checked_at: Mapped[Moment | None]
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """In a row that the platform did not answer."""
    next_try_at: Mapped[Moment | None]

    link: Mapped[Link] = relationship(lazy="joined", innerjoin=True)


class Score(Kept, Base):
    """What a platform is to know of one participant's result; only the latest counts, so order keeps itself."""

    __tablename__ = "lti_score"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'refused')", name="state"),
        UniqueConstraint("line_item_id", "participant_id"),
    )

    line_item_id: Mapped[int] = mapped_column(ForeignKey("lti_line_item.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("lti_participant.id", ondelete="CASCADE"), index=True)
    wanted: Mapped[Json]
    """``scoreGiven``, ``scoreMaximum``, ``activityProgress``, ``gradingProgress``, ``comment``: as they should
    stand there."""
    wanted_at: Mapped[Moment]
    """The ``timestamp`` of the score: it only grows."""
    sent: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    sent_at: Mapped[Moment | None]
    state: Mapped[str] = mapped_column(String(8), default="waiting", server_default="waiting")
    error: Mapped[str] = mapped_column(Text, default="", server_default="")
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """In a row that the platform did not answer."""
    next_try_at: Mapped[Moment | None]

    line_item: Mapped[LineItem] = relationship(lazy="joined", innerjoin=True)
    participant: Mapped[Participant] = relationship(lazy="joined", innerjoin=True)


class ScoreTry(Kept, Base):
    """One sending: what was sent and what the platform answered; trainee and leader read it."""

    __tablename__ = "lti_score_try"
    __table_args__ = (CheckConstraint("outcome IN ('sent', 'refused', 'unreachable')", name="outcome"),)

    score_id: Mapped[int] = mapped_column(ForeignKey("lti_score.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[str] = mapped_column(String(12))
    status: Mapped[int | None]
    """The answer's HTTP status."""
    detail: Mapped[str] = mapped_column(Text, default="", server_default="")
    sent: Mapped[Json]
    at: Mapped[Moment] = mapped_column(server_default=func.now())


class Outage(Base):
    """A platform that did not answer lately: nothing is asked of it before ``until``. Gone once it answers."""

    __tablename__ = "lti_outage"

    platform_id: Mapped[int] = mapped_column(ForeignKey("lti_platform.id", ondelete="CASCADE"), primary_key=True)
    failures: Mapped[int] = mapped_column(default=1)
    """In a row."""
    since: Mapped[Moment]
    until: Mapped[Moment]
    error: Mapped[str] = mapped_column(Text, default="", server_default="")


class Roster(Kept, Base):
    """A platform's list of a course's members, fetched for one group; its people are forgotten once it was applied."""

    __tablename__ = "lti_roster"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'ready', 'failed', 'applied')", name="state"),)

    context_id: Mapped[int] = mapped_column(ForeignKey("lti_context.id", ondelete="CASCADE"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("lti_link.id", ondelete="CASCADE"))
    """Only members who may open this link; none: the whole course."""
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(10), default="waiting", server_default="waiting")
    error: Mapped[str] = mapped_column(Text, default="", server_default="")
    members: Mapped[JsonList] = mapped_column(default=list, server_default=text("'[]'"))
    result: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    """How many were enrolled, withdrawn and left out; the people themselves are forgotten."""
    fetched_at: Mapped[Moment | None]
    applied_at: Mapped[Moment | None]
    seen_at: Mapped[Moment] = mapped_column(server_default=func.now())

    context: Mapped[Context] = relationship(lazy="joined", innerjoin=True)
    link: Mapped[Link | None] = relationship()
    cohort: Mapped[Cohort] = relationship(lazy="joined", innerjoin=True)
