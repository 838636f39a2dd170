"""Job kinds of progress."""

from sqlalchemy.orm import Session

from courses.materials.operations import REEVALUATE
from courses.progress.operations import reevaluate_material
from lms.core.clock import utc_now
from lms.core.jobs.kinds import JobKind
from lms.core.jobs.queues import DEFAULT


def _reevaluate(session: Session, material_id: int) -> None:
    reevaluate_material(session, material_id, utc_now())


KINDS = (JobKind(REEVALUATE, DEFAULT, _reevaluate),)
