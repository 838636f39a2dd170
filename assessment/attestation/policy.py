"""Permissions of works: trainees hand in their own; the site's staff read and grade them."""

from typing import Any

from courses.progress.policy import of_others
from lms.core.auth.policy import Actor, Predicate, at_site
from lms.core.auth.roles import GRADERS


def own_work(actor: Actor, subject: Any) -> bool:
    """True for the trainee whose enrolment or submission it is."""
    enrolment = getattr(subject, "enrolment", subject)
    return actor.person_id is not None and enrolment.person_id == actor.person_id and actor.reaches(enrolment)


def own_and_studying(actor: Actor, subject: Any) -> bool:
    """True for the trainee while the enrolment lasts."""
    enrolment = getattr(subject, "enrolment", subject)
    return own_work(actor, subject) and enrolment.state == "enrolled"


graders = at_site(*GRADERS)

TABLE: dict[str, tuple[Predicate, ...]] = {
    # subject: an enrolment or a submission
    "work.see": (own_work, graders),
    "work.do": (own_and_studying,),
    "work.grade": (of_others(graders),),
}
