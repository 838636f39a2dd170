"""Job kinds of grade passback."""

from lms.core.jobs import queues
from lms.core.jobs.kinds import JobKind
from lms.lti.grades.job_names import RECOMPUTE_SCORES, SEND_SCORE, SYNC_LINE_ITEM
from lms.lti.grades.line_items import sync_line_item
from lms.lti.grades.operations import recompute, recompute_many
from lms.lti.grades.sending import send_score, send_scores

KINDS: tuple[JobKind, ...] = (
    JobKind(RECOMPUTE_SCORES, queues.DEFAULT, recompute, recompute_many, batch=20),
    JobKind(SYNC_LINE_ITEM, queues.PLATFORMS, sync_line_item, pause=5.0),
    JobKind(SEND_SCORE, queues.PLATFORMS, send_score, send_scores, batch=10, pause=5.0),
)
