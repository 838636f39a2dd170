"""Job kinds of this domain and its periodic work."""

from assessment.attempts import grading
from assessment.attempts.operations import GRADE, OVERDUE, REGRADE, hand_in_overdue
from assessment.attempts.regrading import REGRADE_CHECK, regrade_next
from assessment.attestation.releasing import RELEASE, release
from assessment.certificates import operations as certificates
from assessment.completion.operations import EVALUATE, NUMBER, REEVALUATE, evaluate_enrolment, reevaluate_programme
from assessment.ratings import grading as ratings
from assessment.ratings.operations import SCORE
from assessment.self_checks.importing import QUESTIONS, read_uploaded_questions
from courses.uploads.operations import Read
from lms.core.jobs import queues
from lms.core.jobs.kinds import JobKind
from lms.core.jobs.runs import run_kind
from lms.core.jobs.watching import Watched

KINDS: tuple[JobKind, ...] = (
    JobKind(GRADE, queues.GRADING, grading.grade_one, grading.grade_many, batch=200),
    JobKind(REGRADE, queues.GRADING, grading.regrade_one, grading.regrade_many, batch=200),
    run_kind(REGRADE_CHECK, queues.GRADING, regrade_next),
    JobKind(SCORE, queues.GRADING, ratings.score_one, ratings.score_many, batch=200),
    JobKind(RELEASE, queues.DEFAULT, release),
    JobKind(EVALUATE, queues.DEFAULT, evaluate_enrolment),
    JobKind(REEVALUATE, queues.DEFAULT, reevaluate_programme),
    JobKind(NUMBER, queues.DOCUMENTS, certificates.number_one, certificates.number_many, batch=50),
    JobKind(certificates.TYPESET, queues.DOCUMENTS, certificates.typeset_one, certificates.typeset_many, batch=50),
)

UPLOAD_READERS: dict[str, Read] = {QUESTIONS: read_uploaded_questions}
"""Kind of the import draft → the function that reads an uploaded file into it."""
WATCHED = {"hand_in_overdue": Watched(OVERDUE, hand_in_overdue)}
