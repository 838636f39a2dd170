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
class EnrolmentsChanged:
    """Trainees of one group were enrolled, or the state of their enrolments changed."""

    cohort_id: int
    enrolment_ids: tuple[int, ...]
    state: str
    """State of the enrolments now: ``enrolled``, ``transferred``, ``finished`` or ``withdrawn``."""


@dataclass(frozen=True, slots=True)
class EnrolmentMoved:
    """An enrolment moved to another group of the same version with its progress; higher layers move what they store
    per group and trainee.
    """

    enrolment_id: int
    to_cohort_id: int


@dataclass(frozen=True, slots=True)
class CohortChanged:
    """A group was created, closed or reopened, or its order of completion was recorded."""

    cohort_id: int
    change: str
    """``created``, ``closed``, ``reopened`` or ``completed``."""


@dataclass(frozen=True, slots=True)
class MaterialChanged:
    """A material was added to a topic, changed, removed or restored."""

    material_id: int
    change: str
    """``added``, ``changed``, ``removed`` or ``restored``."""


@dataclass(frozen=True, slots=True)
class RequirementsChanged:
    """Something that is asked of the trainees of this programme changed: a material or a self-check was added, removed
    or restored, became obligatory or optional, moved to another topic, or got or lost its questions.
    """

    programme_id: int


@dataclass(frozen=True, slots=True)
class VersionSubmitted:
    """A programme version was submitted to the council."""

    version_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionConsidered:
    """The council considered a programme version, which waits for its approval now."""

    version_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionReturned:
    """The council returned a programme version to its author with remarks."""

    version_id: int
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
