"""Events of this package. Each is published in the transaction of the change."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ProgressMade:
    """A trainee's progress changed: a material or topic was completed, hours were credited, or the enrolment's state
    changed.
    """

    enrolment_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionApproved:
    """A programme version was approved and may be offered to trainees."""

    version_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionCopied:
    """A new version was made as a copy of this one; higher layers copy what they store per version."""

    from_id: int
    to_id: int


@dataclass(frozen=True, slots=True)
class ProgrammeImported:
    """A draft was saved from a document; the final attestation task is made from its criteria."""

    version_id: int
