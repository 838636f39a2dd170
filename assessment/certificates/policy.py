"""Permissions of certificates: the holder reads, the site's leader withdraws; anyone verifies."""

from typing import Any

from lms.core.auth.policy import Actor, Predicate, administrator, at_site
from lms.core.auth.roles import LEADERS, METHODOLOGIST
from lms.registry.policy import at_authority


def holder(actor: Actor, subject: Any) -> bool:
    """True for the person whose certificate it is."""
    mine = actor.person_id is not None and subject.enrolment.person_id == actor.person_id
    return mine and actor.reaches(subject.enrolment)


def of_its_authority(actor: Actor, subject: Any) -> bool:
    """True for methodologists of the authority to which the certificate's site belongs."""
    return at_authority(METHODOLOGIST)(actor, subject.enrolment.cohort)


leads = at_site(*LEADERS)

TABLE: dict[str, tuple[Predicate, ...]] = {
    "certificate.read": (holder, leads, of_its_authority, administrator),
    "certificate.withdraw": (leads, administrator),
    "cohort.certificates": (leads, at_authority(METHODOLOGIST), administrator),
}
