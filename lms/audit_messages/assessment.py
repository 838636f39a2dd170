"""Sentences of what was done to self-checks, works and certificates."""

from collections.abc import Callable, Mapping
from typing import Any

from lms.core.i18n import _, ngettext

SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "attempt.points": lambda detail: _(
        "Points were given for a free answer: %(points)s", points=detail.get("points", "")
    ),
    "certificate.issue": lambda detail: _("Certificate No. %(number)s was issued", number=detail.get("number", "")),
    "certificate.issue_again": lambda detail: _(
        "The certificate is issued again in place of No. %(number)s", number=detail.get("number", "")
    ),
    "certificate.withdraw": lambda detail: _(
        "The certificate was withdrawn: %(reason)s", reason=detail.get("reason", "")
    ),
    "self_check.create": lambda _detail: _("The self-check was made"),
    "self_check.change": lambda _detail: _("The conditions of the self-check were changed"),
    "self_check.remove": lambda _detail: _("The self-check was removed"),
    "self_check.add_questions": lambda detail: ngettext(
        "%(num)s question was added", "%(num)s questions were added", detail.get("count", 0)
    ),
    "self_check.revise_question": lambda _detail: _("A question was corrected"),
    "self_check.remove_question": lambda _detail: _("A question was removed"),
    "task.save": lambda _detail: _("The task was saved"),
    "task.instructions": lambda _detail: _("The instructions of the task were changed"),
    "task.remove": lambda _detail: _("The task was removed"),
    "task.restore": lambda _detail: _("A removed task was brought back"),
    "work.hand_in": lambda detail: _(
        "Version %(version)s of the work was handed in", version=detail.get("version", "")
    ),
    "work.decide": lambda detail: (
        _("The work was accepted, points: %(total)s", total=detail.get("total", ""))
        if detail.get("decision") == "accepted"
        else _("The work was returned for revision")
    ),
    "rating.reopen": lambda _detail: _("The competency self-assessment was opened again"),
    "self_check.regrade": lambda _detail: _("Attempts were graded anew by corrected keys"),
    "self_check.restore": lambda _detail: _("The self-check was restored"),
    "self_check.restore_question": lambda _detail: _("A question was restored"),
    "work.undo": lambda _detail: _("A decision on the work was undone before the trainee had it"),
    "work.take_back": lambda detail: _(
        "A decision on the work was taken back: %(reason)s", reason=detail.get("reason", "")
    ),
    "work.withdraw": lambda _detail: _("The author took the work back"),
}
