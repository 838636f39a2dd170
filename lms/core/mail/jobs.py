"""Kinds of jobs of the mail package."""

from lms.core.jobs.kinds import JobKind
from lms.core.jobs.queues import DEFAULT
from lms.core.mail.delivery import deliver
from lms.core.mail.operations import SEND

KINDS: tuple[JobKind, ...] = (JobKind(SEND, DEFAULT, deliver, tries=8, pause=5.0),)
