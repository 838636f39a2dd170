"""Work for later in this domain, and what happens by the clock."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from assessment.certificates import operations as certificates
from assessment.completing.operations import EVALUATE, NUMBER, evaluate_enrolment
from lms.core.jobs import queues
from lms.core.jobs.kinds import JobKind

KINDS: tuple[JobKind, ...] = (
    JobKind(EVALUATE, queues.DEFAULT, evaluate_enrolment),
    JobKind(NUMBER, queues.DOCUMENTS, certificates.number_one, certificates.number_many, batch=50),
    JobKind(certificates.TYPESET, queues.DOCUMENTS, certificates.typeset_one, certificates.typeset_many, batch=10),
)

PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {}
"""Name → (seconds between, what is done)."""
