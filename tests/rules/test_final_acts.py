"""Every act that changes something: the final ones have a question before them and a way back, or a reason for none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

TEMPLATES = Path(__file__).parents[2] / "templates"
DIALOG = "dialog"
"""The form asks in a dialog (``data-confirm``)."""
FOLDERS = {"lti_content": "placing"}
"""Folder of templates → blueprint, where their names differ."""


@dataclass(frozen=True, slots=True)
class FinalAct:
    """The question before the act (``DIALOG``, or what asks in its place), and the endpoint that leads back.

    ``back`` is the endpoint's own name where the same form undoes it, and «None: …» with a reason without a way back.
    ``harmless``: parts of forms that send the endpoint something that needs no question.
    """

    question: str
    back: str
    harmless: tuple[str, ...] = ()


OWN_PAGE = "a page of its own says what happens"
OWN_FORM = "a form of its own asks for the order, the date or the reason"

FINAL = {
    "accounts.disconnect": FinalAct(DIALOG, "linking.welcome"),
    "accounts.end_other_sessions": FinalAct("the browsers log in again", "accounts.log_in"),
    "accounts.end_session": FinalAct("the browser logs in again", "accounts.log_in"),
    "accounts.log_out": FinalAct("the person logs in again", "accounts.log_in"),
    "accounts.withdraw_consent": FinalAct(DIALOG, "accounts.consent_step"),
    "admin.cards": FinalAct("a card is printed anew at any time", "admin.cards"),
    "admin.consent_text": FinalAct("the button asks in a dialog", "admin.consent_text"),
    "admin.end_sessions": FinalAct(DIALOG, "accounts.log_in"),
    "admin.invite": FinalAct("the letter says no more than that there is an account", "None: a letter has left."),
    "admin.set_active": FinalAct(DIALOG, "admin.set_active", ("deed='open'",)),
    "admin.set_administrator": FinalAct(DIALOG, "admin.set_administrator"),
    "admin.turn_off_second_factor": FinalAct(DIALOG, "second_factor.set_up"),
    "certificates.issue_again": FinalAct(DIALOG, "certificates.withdraw"),
    "certificates.withdraw": FinalAct(OWN_PAGE, "certificates.issue_again"),
    "council.approve": FinalAct(DIALOG, "programmes.new_version"),
    "council.consider": FinalAct(DIALOG, "council.send_back"),
    "council.send_back": FinalAct(DIALOG, "programmes.send"),
    "course.mark": FinalAct("taking a mark back asks in a dialog", "course.mark"),
    "grading.decide": FinalAct("an undo is offered until the decision is released", "grading.undo"),
    "grading.take_back": FinalAct(OWN_FORM, "grading.decide"),
    "grading.undo": FinalAct("the work waits as before", "grading.decide"),
    "groups.cards": FinalAct("a card is printed anew at any time", "groups.cards"),
    "groups.change_state": FinalAct(OWN_FORM, "groups.change_state"),
    "groups.close": FinalAct(DIALOG, "groups.close", ("'do': 'open'",)),
    "groups.discard": FinalAct(DIALOG, "groups.upload"),
    "groups.finish": FinalAct(OWN_FORM, "groups.states"),
    "groups.invite": FinalAct("trainees are chosen by hand", "None: a letter has left."),
    "groups.key": FinalAct(DIALOG, "None: a key that became known is to stop working.", ("'do': 'off'", "'do': 'on'")),
    "groups.mark": FinalAct("ticks are set and taken off in one table", "groups.mark"),
    "groups.remind": FinalAct("a trainee is reminded once in a while only", "None: a letter has left."),
    "groups.respread": FinalAct(DIALOG, "groups.dates"),
    "groups.states": FinalAct(OWN_FORM, "groups.states"),
    "groups.transfer": FinalAct(OWN_FORM, "groups.transfer"),
    "materials.remove": FinalAct("the removed material stands below the list", "materials.restore"),
    "notices.unsubscribe": FinalAct(OWN_PAGE, "notices.choose"),
    "linking.only_look": FinalAct("the person is asked whether they study or teach", "linking.study"),
    "linking.study": FinalAct(DIALOG, "groups.change_state", ("I study here: begin",)),
    "placing.put_dead_away": FinalAct("only offered for what the platform has no more", "lti.launch"),
    "placing.remove": FinalAct(DIALOG, "placing.place"),
    "platforms.deployment": FinalAct(DIALOG, "platforms.deployment", ("deed='accept'",)),
    "platforms.remove": FinalAct(OWN_PAGE, "platforms.anew"),
    "platforms.rotate": FinalAct(DIALOG, "None: a key that became known is to stop working.", ("deed='rotate'",)),
    "platforms.take_back": FinalAct(DIALOG, "platforms.make_address"),
    "programmes.columns": FinalAct("the button asks in a dialog", "programmes.restore_to_plan"),
    "programmes.competency_deed": FinalAct(DIALOG, "programmes.restore_competency", ("deed='up'", "deed='down'")),
    "programmes.correction": FinalAct(OWN_FORM, "programmes.correction"),
    "programmes.discard": FinalAct(DIALOG, "programmes.upload"),
    "programmes.plan": FinalAct("a deleted row stands below the plan", "programmes.restore_to_plan"),
    "programmes.plan_changes": FinalAct("a deleted row is put back by «Undo»", "programmes.plan_changes"),
    "programmes.send": FinalAct("the author takes it back until it is decided", "programmes.withdraw"),
    "programmes.withdraw": FinalAct("the programme is an open draft again", "programmes.send"),
    "ratings.hand_in": FinalAct("the button asks in a dialog", "ratings.reopen"),
    "ratings.reopen": FinalAct(DIALOG, "ratings.hand_in"),
    "registry.end_member": FinalAct(DIALOG, "registry.new_member"),
    "registry.end_status": FinalAct(OWN_PAGE, "registry.grant"),
    "registry.grant": FinalAct(OWN_PAGE, "registry.end_status"),
    "rosters.decide_name": FinalAct("a page lists each name beside the former one", "admin.save_person"),
    "rosters.apply": FinalAct("a preview lists every change with a tick", "groups.states"),
    "second_factor.codes": FinalAct("recovery codes are made anew at any time", "second_factor.codes"),
    "second_factor.turn_off": FinalAct(DIALOG, "second_factor.set_up"),
    "self_checks.allow": FinalAct("an unused attempt is taken back", "self_checks.disallow"),
    "self_checks.begin": FinalAct("a page asks before a clock starts", "self_checks.allow"),
    "self_checks.disallow": FinalAct("an attempt is allowed again", "self_checks.allow"),
    "self_checks.essay": FinalAct("points are given anew at any time", "self_checks.essay"),
    "self_checks.hand_in": FinalAct("the page asks if questions are unanswered", "self_checks.allow"),
    "self_checks.remove": FinalAct(DIALOG, "self_checks.restore"),
    "self_checks.remove_question": FinalAct(DIALOG, "self_checks.restore_question"),
    "self_checks.change_regrading": FinalAct("what was done stays", "self_checks.start_regrading"),
    "self_checks.start_regrading": FinalAct(OWN_PAGE, "self_checks.start_regrading"),
    "task_editor.remove": FinalAct(DIALOG, "task_editor.restore"),
    "tasks.send": FinalAct("the author takes it back until it is opened", "tasks.withdraw"),
    "tasks.withdraw": FinalAct("the work is an open draft again", "tasks.send"),
}

ADDS_OR_EDITS = {
    "accounts.card",
    "accounts.card_password",
    "accounts.confirm_email",
    "accounts.consent_step",
    "accounts.forgotten",
    "accounts.link",
    "accounts.log_in",
    "accounts.save_account",
    "accounts.save_password",
    "accounts.send_confirmation",
    "admin.create_account",
    "admin.edit_authority",
    "admin.new_authority",
    "admin.new_person",
    "admin.note_consent",
    "admin.retry_all",
    "admin.retry_job",
    "admin.save_person",
    "course.confirm",
    "grading.autosave",
    "grading.claim",
    "groups.add",
    "groups.dates",
    "groups.join",
    "groups.join_key",
    "groups.new",
    "groups.order",
    "groups.plan",
    "groups.preview",
    "groups.settings",
    "groups.upload",
    "language",
    "linking.own_log_in",
    "linking.welcome",
    "lti.check",
    "lti.launch",
    "lti.login",
    "materials.create",
    "materials.edit",
    "materials.move",
    "materials.preview",
    "materials.restore",
    "notices.choose",
    "notices.read_all",
    "notices.read_one",
    "placing.cancel",
    "placing.place",
    "placing.start",
    "platforms.add_deployment",
    "platforms.anew",
    "platforms.by_hand",
    "platforms.check",
    "platforms.edit",
    "platforms.make_address",
    "platforms.make_address_anew",
    "programmes.competency",
    "programmes.new",
    "programmes.new_competency",
    "programmes.new_version",
    "programmes.part",
    "programmes.preview",
    "programmes.preview_changes",
    "programmes.restore_competency",
    "programmes.restore_to_plan",
    "programmes.upload",
    "programmes.upload_plan",
    "ratings.save",
    "registry.edit_organization",
    "registry.edit_site",
    "registry.new_member",
    "registry.new_organization",
    "registry.new_site",
    "rosters.again",
    "rosters.ask",
    "scores.again",
    "scores.again_all",
    "second_factor.set_up",
    "second_factor.step",
    "self_checks.conditions",
    "self_checks.imported",
    "self_checks.new",
    "self_checks.new_question",
    "self_checks.order",
    "self_checks.question",
    "self_checks.restore",
    "self_checks.restore_question",
    "self_checks.save",
    "self_checks.upload",
    "styleguide.index",
    "task_dates.of_group",
    "task_dates.of_trainee",
    "task_editor.edit",
    "task_editor.new",
    "task_editor.restore",
    "tasks.autosave",
    "tasks.upload",
}
"""Endpoints that only add something, or save a form that can be saved again: they end nothing."""


def posting(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}


def forms_of(endpoint: str) -> Iterator[str]:
    """Yields the text of each form or button in the templates that posts to the endpoint."""
    blueprint, _dot, name = endpoint.partition(".")
    for path in TEMPLATES.rglob("*.html"):
        folder = path.parent.relative_to(TEMPLATES).parts
        own = bool(folder) and FOLDERS.get(folder[0], folder[0]) == blueprint
        text = path.read_text(encoding="utf-8")
        names = [re.escape(endpoint)] + ([rf"\.{name}"] if own else [])
        for hit in re.finditer(rf"url_for\('(?:{'|'.join(names)})'", text):
            if (form := _enclosing(text, hit.start())) is not None:
                yield form


def _enclosing(text: str, at: int) -> str | None:
    """Returns the ``post_button`` call, the ``form_open`` call or the tag around this place; None for a link."""
    begin = max(
        text.rfind(sign, 0, at) for sign in ("post_button(", "form_open(", "<form", "<button", "<a ", "button(")
    )
    if text.startswith(("post_button(", "form_open("), begin):
        return _balanced(text, text.index("(", begin))
    if text.startswith(("<form", "<button"), begin):
        end = re.compile(r'">|" [^<]*?>').search(text, at)
        return text[begin : end.end()] if end else None
    if text.startswith("button(", begin) and text.startswith("post_", begin - 5):
        return _balanced(text, text.index("(", begin))
    return None


def _balanced(text: str, opening: int) -> str:
    depth = 0
    for place in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return text[opening : place + 1]
    return text[opening:]


def test_every_act_is_final_or_adds_or_edits(app: Flask):
    known = set(FINAL) | ADDS_OR_EDITS
    assert not set(FINAL) & ADDS_OR_EDITS
    assert posting(app) - known == set()
    assert set(FINAL) - posting(app) == set()


@pytest.mark.parametrize("endpoint", sorted(FINAL))
def test_final_act_has_a_way_back_or_a_reason(app: Flask, endpoint: str):
    back = FINAL[endpoint].back
    assert back.startswith("None: ") or back in {rule.endpoint for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("endpoint", sorted(name for name, act in FINAL.items() if act.question == DIALOG))
def test_forms_of_a_final_act_ask_first(endpoint: str):
    harmless = FINAL[endpoint].harmless
    forms = [form for form in forms_of(endpoint) if not any(part in form for part in harmless)]
    assert forms
    assert [form[:200] for form in forms if "confirm" not in form] == []
