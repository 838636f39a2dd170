"""Tasks and works for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from assessment.attestation import works
from assessment.models.attestation import AttestationTask, Submission
from courses.models.groups import Enrolment
from courses.models.programmes import ProgrammeVersion, Rubric, RubricCriterion
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now


def task(session: Session, version: ProgrammeVersion, **values: object) -> AttestationTask:
    """Creates a final task: three criteria of 5, 5 and 3 points, at least one in each, pass mark nine."""
    defaults = {"kind": "final", "title": "Протокол наблюдения", "pass_mark": Decimal(9)}
    criteria = (("Полнота", 5, 1), ("Точность", 5, 1), ("Вывод", 3, 1))
    made = AttestationTask(version_id=version.id, rubric=rubric(session, version, *criteria), **(defaults | values))
    session.add(made)
    session.flush()
    return made


def rubric(session: Session, version: ProgrammeVersion, *criteria: tuple[str, int, int]) -> Rubric:
    """Creates a task's own rubric from names, most and least points, in an approved version too."""
    made = Rubric(version_id=version.id)
    made.criteria = [
        RubricCriterion(position=place, name=name, max_points=Decimal(most), min_points=Decimal(least))
        for place, (name, most, least) in enumerate(criteria)
    ]
    with unfrozen(session):
        session.add(made)
    return made


@contextmanager
def unfrozen(session: Session) -> Iterator[None]:
    """Lets the block change what is frozen in an approved version."""
    session.execute(text("SET LOCAL lms.correction = 'on'"))
    yield
    session.flush()
    session.execute(text("SET LOCAL lms.correction = 'off'"))


def handed_in(session: Session, on: AttestationTask, by: Enrolment, content: str = "Мои наблюдения") -> Submission:
    """Creates a work that waits for its review."""
    made = works.submission_of(session, on, by)
    works.hand_in(session, made, actor=SYSTEM, text=content, now=utc_now())
    return made
