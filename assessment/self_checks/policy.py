"""Permissions of self-checks: trainees take them; the site's staff edit them, read results and essays."""

from typing import Any

from assessment.attestation.policy import graders
from courses.progress.policy import of_others, own, staff, studying
from lms.core.auth.policy import Actor, Predicate, at_site
from lms.core.auth.roles import GRADERS, LEADERS


def own_draft(actor: Actor, subject: Any) -> bool:
    """True for the uploader of the file of questions while they may edit at that site."""
    mine = actor.account_id is not None and getattr(subject, "account_id", None) == actor.account_id
    return mine and getattr(subject, "kind", None) == "questions" and staff(actor, subject)


def reads_somewhere(actor: Actor, _subject: Any) -> bool:
    """True for graders of any site."""
    return bool(actor.ids("site", *GRADERS))


TABLE: dict[str, tuple[Predicate, ...]] = {
    # subject: an enrolment
    "attempt.see": (own, graders),
    "attempt.do": (studying,),
    "attempt.allow": (of_others(at_site(*LEADERS)),),
    "essay.read": (of_others(graders),),
    "essay.list": (reads_somewhere,),
    # subject: a programme
    "self_check.edit": (staff,),
    "self_check.regrade": (at_site(*LEADERS),),
    # subject: an import draft
    "self_check.import": (own_draft,),
}
