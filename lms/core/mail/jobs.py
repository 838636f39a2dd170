"""Work for later in this domain."""

from lms.core.jobs.kinds import JobKind

KINDS: tuple[JobKind, ...] = ()
