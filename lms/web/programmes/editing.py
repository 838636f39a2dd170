"""What the plan's editor sends: JSON changes from its script, or the whole form from a browser without script."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from courses.programmes.edits import Answer, Change, Outcome, of_form
from courses.programmes.plan import ThematicPlan, from_json, new_lineage, to_json
from lms.core.errors import DomainError, Invalid
from lms.core.i18n import _
from lms.http.request_context import db, now
from lms.web.programmes.sheet import Sheet, agreeing

Apply = Callable[[Sequence[Change]], tuple[list[Answer], ThematicPlan]]


def answer_script(apply: Apply) -> ResponseReturnValue:
    """Applies the changes of a JSON request; answers each, and with the plan as it stands after all of them."""
    try:
        with db().begin_nested():
            answers, plan = apply(sent_changes())
    except DomainError as error:
        if error.status in (403, 404):
            raise
        return {"message": error.message}, error.status
    return {"answers": [answer.to_json() for answer in answers], "plan": to_json(plan), "at": now().isoformat()}


def sent_changes() -> list[Change]:
    """The changes of the request's JSON. Raises ``Invalid`` when it is not what our script sends."""
    data = request.get_json(silent=True)
    wanted = data.get("changes") if isinstance(data, dict) else None
    if not isinstance(wanted, list) or not all(isinstance(change, dict) for change in wanted):
        raise Invalid(_("This could not be read."))
    return wanted


def base_of_form() -> ThematicPlan:
    """The plan that the form was drawn from. Raises ``Invalid`` when the hidden field was tampered with."""
    try:
        return from_json(json.loads(request.form.get("base", "")))
    except (ValueError, KeyError, TypeError, ArithmeticError):
        raise Invalid(_("This could not be read.")) from None


def form_changes() -> list[dict[str, str]]:
    """What was typed into the form's cells."""
    return of_form(base_of_form(), request.form)


def deed_changes(do: str, plan: ThematicPlan) -> list[dict[str, Any]]:
    """The change of structure that a button of the form stands for: ``add_topic:<section>:<lineage>``, ``up:<row>``…"""
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
        return [*agreeing(plan, row)]
    return []


def step(plan: ThematicPlan, lineage: str, *, up: bool) -> list[dict[str, Any]]:
    """One place up or down: a section among sections, a topic also from section to section."""
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


def complain(sheet: Sheet, answers: Sequence[Answer], typed: Mapping[str, str]) -> bool:
    """Shows what could not be taken at its cells, with what was typed. Whether there is anything to show."""
    for answer in answers:
        if answer.outcome in (Outcome.CONFLICT, Outcome.REFUSED, Outcome.GONE):
            sheet.complaints[answer.cell] = answer
            sheet.typed[answer.cell] = typed.get(answer.cell, "")
    return bool(sheet.complaints)


def fresh() -> str:
    """A lineage for a button that adds a row: pressing it twice adds one."""
    return new_lineage()
