"""Permissions of competency ratings: trainees fill in their own; the site's staff see the growth."""

from assessment.attestation.policy import graders
from courses.progress.policy import of_others, own, studying
from lms.core.auth.policy import Predicate, at_site
from lms.core.auth.roles import LEADERS

TABLE: dict[str, tuple[Predicate, ...]] = {
    # subject: an enrolment
    "rating.see": (own, graders),
    "rating.do": (studying,),
    "rating.reopen": (of_others(at_site(*LEADERS)),),
    # subject: a group
    "rating.group": (graders,),
}
