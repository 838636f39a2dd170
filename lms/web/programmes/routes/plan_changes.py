"""Reading of what the plan editor sends: JSON from its script, or the whole form from a browser without script."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from courses.programmes.edits import Change, ChangeResult, Outcome, changes_of_form
from courses.thematic_plan.model import ThematicPlan, new_lineage
from courses.thematic_plan.plan_json import from_json, to_json
from lms.core.errors import DomainError, Invalid
from lms.core.i18n import _
from lms.http.input_values import parse_json
from lms.http.request_context import db, now
from lms.web.programmes.presenters import PlanTable

Apply = Callable[[Sequence[Change]], tuple[list[ChangeResult], ThematicPlan]]


def answer_script(apply: Apply) -> ResponseReturnValue:
    """Applies the changes of a JSON request; answers with the result of each and the plan after all of them."""
    try:
        with db().begin_nested():
            answers, plan = apply(sent_changes())
    except DomainError as error:
        if error.status in (403, 404):
            raise
        return {"message": error.message}, error.status
    return {"answers": [answer.to_json() for answer in answers], "plan": to_json(plan), "at": now().isoformat()}


def sent_changes() -> list[Change]:
    """Returns the changes of the request's JSON. Raises ``Invalid`` if it does not have the script's format."""
    data = request.get_json(silent=True)
    wanted = data.get("changes") if isinstance(data, dict) else None
    if not isinstance(wanted, list) or not all(isinstance(change, dict) for change in wanted):
        raise Invalid(_("This could not be read."))
    return wanted


def base_of_form() -> ThematicPlan:
    """Returns the plan that the form was rendered from. Raises ``Invalid`` if the hidden field was changed."""
    try:
        return from_json(parse_json(request.form.get("base", "")))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        raise Invalid(_("This could not be read.")) from None


def form_changes() -> list[dict[str, str]]:
    """Returns the changes typed into the form's cells."""
    return changes_of_form(base_of_form(), request.form)


def structure_changes(do: str, plan: ThematicPlan) -> list[dict[str, Any]]:
    """Returns the structural change of a form button: ``add_topic:<section>:<lineage>``, ``up:<row>``…"""
    deed, _colon, rest = do.partition(":")
    row, _colon, made = rest.partition(":")
    if deed == "add_section":
        return [{"id": do, "do": "add_section", "lineage": row}]
    if deed == "add_topic":
        return [{"id": do, "do": "add_topic", "section": row, "lineage": made}]
    if deed == "delete":
        return [{"id": do, "do": "delete", "lineage": row}]
    if deed in ("up", "down"):
        return step(plan, row, up=deed == "up")
    if deed == "agree":
        return [*matching_changes(plan, row)]
    return []


def step(plan: ThematicPlan, lineage: str, *, up: bool) -> list[dict[str, Any]]:
    """Returns a move of one place up or down: of a section among sections, of a topic also to the next section."""
    if section := plan.section(lineage):
        order = [other.lineage for other in plan.sections]
        return _placed(order, section.lineage, up, {})
    topic = plan.topic(lineage)
    if topic is None:
        return []
    here = plan.section_of(topic)
    order = [other.lineage for other in here.topics]
    at = order.index(lineage)
    if (up and at) or (not up and at + 1 < len(order)):
        return _placed(order, lineage, up, {"section": here.lineage})
    place = plan.sections.index(here) + (-1 if up else 1)
    if not 0 <= place < len(plan.sections):
        return []
    change: dict[str, Any] = {"id": lineage, "do": "move", "lineage": lineage, "section": plan.sections[place].lineage}
    return [change if up else change | {"after": ""}]


def _placed(order: list[str], lineage: str, up: bool, where: dict[str, str]) -> list[dict[str, Any]]:
    at = order.index(lineage)
    target = at - 2 if up else at + 1
    if (up and at == 0) or target >= len(order):
        return []
    after = order[target] if target >= 0 else ""
    return [{"id": lineage, "do": "move", "lineage": lineage, "after": after, **where}]


def show_rejected(sheet: PlanTable, answers: Sequence[ChangeResult], typed: Mapping[str, str]) -> bool:
    """Shows rejected changes at their cells with the typed text; returns whether there are any."""
    for answer in answers:
        if answer.outcome in (Outcome.CONFLICT, Outcome.REFUSED, Outcome.GONE):
            sheet.complaints[answer.cell] = answer
            sheet.typed[answer.cell] = typed.get(answer.cell, "")
    return bool(sheet.complaints)


def new_row_lineage() -> str:
    """Returns a new lineage for a button that adds a row, so that pressing it twice adds one row."""
    return new_lineage()


def matching_changes(plan: ThematicPlan, what: str) -> list[dict[str, str]]:
    """Returns the changes that set a section's stated hours, or the workload, to the sum of its topics."""
    if what == "workload":
        return [set_cell("part:workload", str(plan.workload), str(plan.total))]
    section = plan.section(what)
    if section is None:
        return []
    return [
        set_cell(f"section:{what}:stated:{kind}", str(said), str(section.sum(kind)))
        for kind, said in section.stated.items()
        if said != section.sum(kind)
    ]


def set_cell(cell: str, base: str, value: str) -> dict[str, str]:
    """Returns the change of a cell from its former value."""
    return {"id": cell, "do": "set", "cell": cell, "base": base, "value": value}
