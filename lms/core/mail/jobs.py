"""Kinds of jobs of the mail package."""

from lms.core.jobs.kinds import JobKind
from lms.core.jobs.queues import MAIL
from lms.core.mail.delivery import deliver, give_up
from lms.core.mail.operations import SEND
from lms.core.mail.transport import LONGEST_DIALOGUE

TRIES = 30
"""Attempts over about a day: after 15 s, 1, 4 and 16 minutes, then every hour."""

KINDS: tuple[JobKind, ...] = (
    JobKind(SEND, MAIL, deliver, tries=TRIES, pause=15.0, on_failure=give_up, longest=LONGEST_DIALOGUE),
)
