"""Work for later with grades."""

from lms.core.jobs import queues
from lms.core.jobs.kinds import JobKind
from lms.lti.grades.line_items import settle_one
from lms.lti.grades.names import NOTE, SEND, SETTLE
from lms.lti.grades.operations import note, note_many
from lms.lti.grades.sending import send_many, send_one

KINDS: tuple[JobKind, ...] = (
    JobKind(NOTE, queues.DEFAULT, note, note_many, batch=20),
    JobKind(SETTLE, queues.PLATFORMS, settle_one, pause=5.0),
    JobKind(SEND, queues.PLATFORMS, send_one, send_many, batch=10, pause=5.0),
)
