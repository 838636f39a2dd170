"""Sentences of what was done to programmes, groups and trainees."""

from collections.abc import Callable, Mapping
from typing import Any

from lms.core.i18n import _, ngettext, pgettext


def _state(state: str) -> str:
    words = {
        "enrolled": pgettext("trainee", "enrolled"),
        "finished": pgettext("trainee", "finished"),
        "transferred": pgettext("trainee", "transferred"),
        "withdrawn": pgettext("trainee", "withdrawn"),
    }
    return words.get(state, state)


SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "cohort.cards": lambda detail: ngettext(
        "%(num)s log-in card was printed", "%(num)s log-in cards were printed", detail.get("count", 0)
    ),
    "cohort.close": lambda _detail: _("The group was closed"),
    "cohort.open": lambda _detail: _("The group was opened again"),
    "cohort.create": lambda _detail: _("The group was formed"),
    "cohort.dates": lambda detail: ngettext(
        "The date of %(num)s topic was changed", "The dates of %(num)s topics were changed", detail.get("topics", 0)
    ),
    "cohort.finish": lambda detail: _(
        "The internship of the group was finished by order No. %(order)s", order=detail.get("order", "")
    ),
    "cohort.invite": lambda detail: ngettext(
        "%(num)s invitation was sent", "%(num)s invitations were sent", detail.get("mailed", 0)
    ),
    "cohort.key": lambda detail: (
        _("The enrolment key was switched on") if detail.get("enabled") else _("The enrolment key was switched off")
    ),
    "cohort.order": lambda detail: _("The order of completion was noted: %(order)s", order=detail.get("order", "")),
    "cohort.respread": lambda _detail: _("The dates of topics were spread anew"),
    "cohort.task_dates": lambda detail: ngettext(
        "The date of %(num)s task was changed", "The dates of %(num)s tasks were changed", detail.get("tasks", 0)
    ),
    "cohort.update": lambda _detail: _("The group was changed"),
    "enrolment.change": lambda detail: _(
        "The state of the trainee was changed: %(state)s", state=_state(detail.get("state", ""))
    ),
    "enrolment.enrol": lambda _detail: _("The trainee was enrolled"),
    "enrolment.plan": lambda detail: (
        _("The trainee was given an individual plan")
        if detail.get("individual")
        else _("The trainee goes on in step with the group")
    ),
    "enrolment.remind": lambda _detail: _("The trainee was reminded"),
    "topic.mark": lambda _detail: _("A topic was marked as completed"),
    "topic.unmark": lambda _detail: _("The mark of a topic was taken away"),
    "material.add": lambda _detail: _("The material was added"),
    "material.change": lambda _detail: _("The material was changed"),
    "material.image": lambda detail: _("A picture was added: %(name)s", name=detail.get("name", "")),
    "material.move": lambda _detail: _("The material was moved"),
    "material.remove": lambda _detail: _("The material was removed"),
    "material.restore": lambda _detail: _("The material was restored"),
    "programme.start": lambda _detail: _("The programme was begun"),
    "programme.import": lambda detail: _("The programme was read from the file %(file)s", file=detail.get("file", "")),
    "programme.parts": lambda _detail: _("Parts of the programme were changed"),
    "programme.plan": lambda _detail: _("The thematic plan was changed"),
    "programme.plan_replaced": lambda _detail: _("The thematic plan was replaced"),
    "programme.competency": lambda _detail: _("Competencies were changed"),
    "programme.competency_deleted": lambda _detail: _("A competency was deleted"),
    "programme.competency_restored": lambda _detail: _("A deleted competency was brought back"),
    "programme.criteria": lambda _detail: _("The criteria of attestation were changed"),
    "programme.correction": lambda _detail: _("A technical correction was made"),
    "programme.new_version": lambda _detail: _("A new version was begun"),
    "programme.submitted": lambda _detail: _("The programme was submitted to the council"),
    "programme.draft": lambda _detail: _("The programme was taken back from the council"),
    "programme.considered": lambda _detail: _("The council considered the programme"),
    "programme.approved": lambda _detail: _("The programme was approved"),
    "programme.returned": lambda _detail: _("The programme was returned with remarks"),
    "roster.import": lambda _detail: _("A list of trainees was read from a file"),
    "enrolment.transfer": lambda _detail: _("The trainee was moved to another group"),
}
