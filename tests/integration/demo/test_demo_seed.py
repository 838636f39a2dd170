"""The sample data: made once, by real operations and jobs, with something to see at every stage."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment.models.attestation import Review, Submission
from assessment.models.certificates import Certificate
from assessment.models.self_checks import Attempt, CompetencyRating
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import ProgrammeVersion
from courses.programmes.readiness import readiness
from lms import composition
from lms.core.jobs.models import Job
from lms.core.jobs.queueing import job_notifier
from lms.core.people.models import Account
from lms.core.settings import Settings
from lms.demo.seed import LOG_INS, seed_if_empty
from lms.registry.models import Organization, Site
from lms.web.accounts.presenters import demo_logins


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, make_database: Callable[[], str]) -> Iterator[Settings]:
    """A database of its own with the sample data."""
    before = composition._current[:], job_notifier.send
    folder: Path = tmp_path_factory.mktemp("seeded")
    settings = Settings(data=folder, database_url=make_database(), demo=True, public_url="http://localhost")
    assert seed_if_empty(settings)
    yield settings
    composition._current[:], job_notifier.send = before


@pytest.fixture
def looking(seeded: Settings) -> Iterator[Session]:
    before = composition._current[:], job_notifier.send
    parts = composition.compose(seeded)
    with parts.sessions() as session:
        yield session
    parts.engine.dispose()
    composition._current[:], job_notifier.send = before


def test_second_time_changes_nothing(seeded: Settings, looking: Session):
    count = looking.scalar(select(func.count()).select_from(Account))
    assert not seed_if_empty(seeded)
    assert looking.scalar(select(func.count()).select_from(Account)) == count


def test_places_and_groups(looking: Session):
    counts = [looking.scalar(select(func.count()).select_from(model)) for model in (Organization, Site, Cohort)]
    assert counts == [2, 3, 4]
    states = looking.scalars(select(ProgrammeVersion.state)).all()
    assert Counter(states) == {"approved": 2, "draft": 1, "submitted": 1, "returned": 1}


def test_draft_has_a_problem_and_the_submitted_has_none(looking: Session):
    versions = looking.scalars(select(ProgrammeVersion)).all()
    found = {version.state: readiness(looking, version).holds for version in versions}
    assert found["draft"] is False
    assert found["submitted"] is True


def test_works_wait_and_are_reviewed(looking: Session):
    states = Counter(looking.scalars(select(Submission.state)))
    assert states["handed_in"] >= 6
    assert states["returned"] == 1
    waiting = looking.scalars(select(Submission.waiting_since).where(Submission.state == "handed_in")).all()
    assert len({moment.date() for moment in waiting}) >= 5
    assert all(looking.scalars(select(Review.comment)))
    assert {"graded", "needs_person"} == set(looking.scalars(select(Attempt.state)))
    rows = looking.execute(select(CompetencyRating.moment, CompetencyRating.state))
    sheets = Counter((row.moment, row.state) for row in rows)
    assert sheets[("after", "scored")] == 8
    assert sheets[("before", "scored")] > 20


def test_finished_group_has_certificates_in_order(looking: Session):
    numbers = looking.scalars(
        select(Certificate.number).where(Certificate.file_id.is_not(None)).order_by(Certificate.number)
    ).all()
    finished = looking.scalar(select(func.count()).where(Enrolment.state == "finished"))
    assert numbers == list(range(1, (finished or 0) + 1))
    assert len(numbers) == 8


def test_every_job_is_done_but_digests_of_notices(looking: Session):
    waiting = looking.scalars(select(Job.kind).where(Job.state != "done")).all()
    assert set(waiting) == {"notices.essays"}
    assert looking.scalar(select(func.count()).where(Job.state == "done"))


def test_log_in_page_lists_everybody(looking: Session):
    assert [one.username for one in demo_logins(looking)] == [name for _who, name, _password in LOG_INS]
