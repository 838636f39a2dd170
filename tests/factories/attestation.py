"""Tasks and works for tests."""

from decimal import Decimal

from sqlalchemy.orm import Session

from assessment.attestation import works
from assessment.models.attestation import AttestationTask, Submission, TaskCriterion
from courses.models.groups import Enrolment
from courses.models.programmes import ProgrammeVersion
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now


def task(session: Session, version: ProgrammeVersion, **values: object) -> AttestationTask:
    """Creates a final task: three criteria of 5, 5 and 3 points, at least one in each, pass mark nine."""
    defaults = {"kind": "final", "title": "Протокол наблюдения", "pass_mark": Decimal(9)}
    made = AttestationTask(version_id=version.id, **(defaults | values))
    made.criteria = [
        TaskCriterion(position=place, name=name, max_points=Decimal(most), min_points=Decimal(1))
        for place, (name, most) in enumerate((("Полнота", 5), ("Точность", 5), ("Вывод", 3)))
    ]
    session.add(made)
    session.flush()
    return made


def handed_in(session: Session, on: AttestationTask, by: Enrolment, text: str = "Мои наблюдения") -> Submission:
    """Creates a work that waits for its review."""
    made = works.submission_of(session, on, by)
    works.hand_in(session, made, actor=SYSTEM, text=text, now=utc_now())
    return made
