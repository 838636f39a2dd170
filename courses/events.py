"""What happens in this domain that others may want to know, in the same transaction."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ProgressMade:
    """A fact of a trainee's progress changed: a material or topic completed, hours credited, the enrolment's state."""

    enrolment_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionApproved:
    """A programme version was approved: it may be offered from now on."""

    version_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionCopied:
    """A new version started as the copy of this one: the layers above copy what they keep per version."""

    from_id: int
    to_id: int


@dataclass(frozen=True, slots=True)
class ProgrammeImported:
    """A draft was saved from a document: the final attestation task is made from its criteria."""

    version_id: int
