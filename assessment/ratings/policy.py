"""Permissions of competency ratings: trainees fill in their own; the site's staff see the growth."""

from assessment.attestation.policy import graders
from courses.progress.policy import own, studying
from lms.core.auth.policy import Predicate

TABLE: dict[str, tuple[Predicate, ...]] = {
    # subject: an enrolment
    "rating.see": (own, graders),
    "rating.do": (studying,),
    # subject: a group
    "rating.group": (graders,),
}
