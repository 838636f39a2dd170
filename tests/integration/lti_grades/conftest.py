"""A group shown in a strict platform's course, with real jobs on a separate database."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from assessment.completion.operations import EVALUATE
from courses.models.groups import Cohort, Enrolment
from lms import composition
from lms.core.clock import utc_now
from lms.core.db import make_sessions
from lms.core.jobs.models import Job
from lms.core.jobs.running import run_pending
from lms.core.settings import Settings
from lms.lti.grades import line_items, sending
from lms.lti.grades.job_names import RECOMPUTE_SCORES, SEND_SCORE, SYNC_LINE_ITEM
from lms.lti.models.launches import Context
from lms.lti.models.services import LineItem, Outage, Score, ScoreTry
from lms.lti.services.tokens import reset_tokens
from tests.factories import make, platforms
from tests.support.platform.course import PlatformLink, Somebody
from tests.support.platform.grades import SCOPES
from tests.support.platform.strict import StrictPlatform, registered


@dataclass
class PlatformCourse:
    """A platform's course with a group; ``work`` runs the jobs."""

    sessions: sessionmaker[Session]
    platform: StrictPlatform
    platform_id: int
    cohort_id: int
    people: dict[int, Somebody] = field(default_factory=dict)
    """Enrolment id → user of the platform."""

    def context(self, session: Session) -> Context:
        return session.scalars(select(Context)).one()

    def trainee(self, person: Somebody | None = None, **values: Any) -> int:
        """Creates a trainee known to the platform and returns the enrolment's id."""
        with self.sessions.begin() as session:
            account = make.account(session)
            values = {"account": account} | values
            enrolment = make.enrolment(session, session.get_one(Cohort, self.cohort_id), **values)
            known = person or self.platform.course.add_person()
            platforms.participant(session, self.context(session), account, subject=known.subject)
            self.people[enrolment.id] = known
            return enrolment.id

    def link(self, *, points: float | None = None, kind: str = "programme", **values: Any) -> tuple[PlatformLink, int]:
        """Creates a link to graded content, opened once; returns (the platform's link, our id)."""
        theirs = self.platform.course.add_link(graded=points)
        with self.sessions.begin() as session:
            at = self.context(session)
            group = session.get_one(Cohort, self.cohort_id)
            shows = platforms.placement(session, at, group, kind=kind, graded=True, **values)
            url = self.platform.line_item_url(theirs.line_item) if theirs.line_item else None
            ours = platforms.link(session, at, shows, resource_link_id=theirs.id, line_item_url=url)
            line_items.ensure_line_item(session, ours, now=utc_now())
            return theirs, ours.id

    def give_hours(self, enrolment_id: int, hours: Any) -> None:
        """Sets the trainee's hours and enqueues the evaluation of the completion rule."""
        from courses.events import ProgressMade
        from lms.core.events import publish

        with self.sessions.begin() as session:
            session.get_one(Enrolment, enrolment_id).hours_done = hours
            publish(session, ProgressMade(enrolment_id, utc_now()))

    def work(self) -> None:
        """Runs the waiting jobs."""
        for kind in (EVALUATE, RECOMPUTE_SCORES, SYNC_LINE_ITEM, RECOMPUTE_SCORES, SEND_SCORE):
            run_pending(self.sessions, kind)

    def later(self) -> None:
        """Ends all pauses."""
        with self.sessions.begin() as session:
            session.execute(update(Job).where(Job.state == "waiting").values(run_after=func.now()))
            session.execute(update(Outage).values(until=utc_now() - timedelta(seconds=1)))

    def item(self, link_id: int) -> LineItem:
        with self.sessions() as session:
            return session.scalars(select(LineItem).where(LineItem.link_id == link_id)).one()

    def score(self) -> Score:
        with self.sessions() as session:
            return session.scalars(select(Score)).one()

    def scores(self) -> list[Score]:
        with self.sessions() as session:
            return list(session.scalars(select(Score).order_by(Score.id)))

    def outcomes(self) -> list[str]:
        with self.sessions() as session:
            return list(session.scalars(select(ScoreTry.outcome).order_by(ScoreTry.id)))

    def change(self, model: type[Any], key: int, **values: Any) -> None:
        with self.sessions.begin() as session:
            session.execute(update(model).where(model.id == key).values(**values))

    def platform_result(self, link: PlatformLink, enrolment_id: int) -> Any:
        """Returns the points shown by the platform, or None."""
        found = self.platform.score_of(link, self.people[enrolment_id])
        return None if found is None else (found.get("scoreGiven"), found.get("scoreMaximum"))

    def waiting(self) -> list[tuple[str, str]]:
        with self.sessions() as session:
            rows = session.execute(select(Job.kind, Job.state).where(Job.state != "done"))
            return [(row.kind, row.state) for row in rows]


@pytest.fixture
def place(own_engine: Engine, settings: Settings, platform: StrictPlatform) -> PlatformCourse:
    composition.wire()
    composition.configure_ports(settings)
    reset_tokens()
    sending.reset_pauses()
    sessions = make_sessions(own_engine)
    with sessions.begin() as session:
        version = make.programme(session)
        group = make.cohort(session, version)
        row = registered(session, platform, site_id=group.site_id)
        at = platforms.context_of(
            session,
            row,
            platform,
            line_items_url=platform.service_url("line_items"),
            scopes=list(SCOPES),
        )
        made = PlatformCourse(sessions, platform, row.id, group.id)
        assert at.id
    return made
