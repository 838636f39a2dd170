"""Events of this domain, published in the same transaction."""

from dataclasses import dataclass
from datetime import datetime

from assessment.graded_attempt import GradedAttempt


@dataclass(frozen=True, slots=True)
class ResultChanged:
    """A result or the progress of these trainees changed: an attempt, a work or the completion rule."""

    enrolment_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkHandedIn:
    """A trainee handed in a version of a work, which waits for its graders."""

    submission_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AttemptsGraded:
    """Attempts were graded, or graded again."""

    attempts: tuple[GradedAttempt, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ResultReleased:
    """A work was accepted or returned, and its trainee sees the result from now on."""

    result_id: int
    enrolment_id: int
    decision: str
    """``accepted`` or ``returned``."""
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionTakenBack:
    """A released decision was taken back with a reason, and the work waits for its graders again."""

    result_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RatingHandedIn:
    """A trainee handed in a sheet of the competency self-assessment."""

    rating_id: int
    enrolment_id: int
    moment: str
    """``before`` or ``after`` the internship."""
    at: datetime


@dataclass(frozen=True, slots=True)
class CertificatesIssued:
    """The files of these certificates were stored, and their holders may download them."""

    certificate_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class CertificateWithdrawn:
    """A certificate was withdrawn; its verification page shows the reason."""

    certificate_id: int
    at: datetime
