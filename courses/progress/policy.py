"""Permissions of courses: to see, study or preview one, to edit its materials, to confirm topics."""

from typing import Any

from courses.models.groups import Enrolment
from courses.programmes.policy import council
from courses.progress.operations import STUDYING
from lms.core.auth.policy import Actor, Predicate, at_site, meaning
from lms.core.auth.roles import AUTHORITY_ROLES, SITE_STAFF

staff = at_site(*SITE_STAFF)


def own(actor: Actor, enrolment: Enrolment) -> bool:
    """The trainee, unless withdrawn."""
    mine = actor.person_id is not None and actor.person_id == enrolment.person_id
    return mine and enrolment.state != "withdrawn" and actor.reaches(enrolment)


def studying(actor: Actor, enrolment: Enrolment) -> bool:
    """The trainee, while progress counts."""
    return own(actor, enrolment) and enrolment.state in STUDYING


def of_others(predicate: Predicate) -> Predicate:
    """Returns the predicate, which no longer holds for the trainee's own enrolment or work."""

    def of_another_person(actor: Actor, subject: Any) -> bool:
        trainee = getattr(getattr(subject, "enrolment", subject), "person_id", None)
        own_subject = actor.person_id is not None and trainee == actor.person_id
        return not own_subject and predicate(actor, subject)

    return meaning(of_another_person, f"{predicate.__doc__}, never for their own")


TABLE: dict[str, tuple[Predicate, ...]] = {
    # subject: an enrolment
    "course.see": (own, staff),
    "course.study": (studying,),
    "progress.mark": (of_others(staff),),
    # subject: a version of a programme; its draft is closed to the authority, as in ``programme.see``
    "course.preview": (staff, council(*AUTHORITY_ROLES)),
    # subject: a programme
    "materials.edit": (staff,),
}
