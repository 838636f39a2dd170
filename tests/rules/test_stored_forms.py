"""Requests every page and finds no form over stored values without their revisions; saves them in two tabs."""

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient

from lms.registry.models import Direction
from tests.rules.access import ROLES
from tests.rules.access.matrix import MATRIX
from tests.support.page_forms import Control, PageForm, forms_of
from tests.support.walking import Walk

FIRST = ("leader", "trainee", "administrator", "methodologist", "secretary")
OLDER_MECHANISMS = ("base", "revision", "criteria_base", "seen")
"""Hidden fields of forms that compare with a text or a number of their own."""
NEW = "a new object: usual values to begin with"
DEED = "a deed with a usual date, kept in the history beside the earlier ones"
OWN_NAME = "the browser's password manager reads the user name; it is not sent to be saved"
SHOW_NOTHING_STORED = {
    "accounts.link": OWN_NAME,
    "accounts.account username": OWN_NAME,
    "second_factor.set_up": OWN_NAME,
    "admin.new_person": NEW,
    "admin.new_authority": NEW,
    "groups.new": NEW,
    "groups.trainees": DEED,
    "groups.trainee": DEED,
    "groups.preview": "choices of an import that is applied once",
    "groups.settings end-finish": "a deed beside the order that is saved with it",
    "platforms.new": NEW,
    "platforms.by_hand": NEW,
    "registry.new_site": NEW,
    "registry.new_organization": NEW,
    "self_checks.new": NEW,
    "self_checks.new_question": NEW,
    "self_checks.imported": "choices of an import that is applied once",
    "styleguide.index": "a sample that saves nothing",
    "task_editor.new": NEW,
}
"""Endpoint, or endpoint and field → why the values shown there are no stored texts that a save replaces."""


class Found(NamedTuple):
    """A form of a page, with the endpoint that shows it and the role that asked."""

    endpoint: str
    role: str
    path: str
    form: PageForm


@pytest.fixture(scope="module")
def found_forms(walk: Walk) -> list[Found]:
    """The forms that save something, of every page."""
    world = walk.world
    walk.session.add(Direction(authority_id=world.site.authority_id, title="Наблюдение", position=1))
    return list(forms_of_pages(walk))


def forms_of_pages(walk: Walk) -> Iterator[Found]:
    for endpoint, row in MATRIX.items():
        role = next((one for one in (*FIRST, *ROLES) if one in row.allowed and one != "anyone"), None)
        gets = [rule for rule in walk.app.url_map.iter_rules(endpoint) if "GET" in (rule.methods or ())]
        if role is None or not gets:
            continue
        path = walk.address(endpoint)
        with walk.taken_back():
            answer = walk.ask(role, path)
        if answer.mimetype == "text/html":
            for form in forms_of(answer.text):
                if form.method == "post":
                    yield Found(endpoint, role, path, form)


def unseen(form: PageForm) -> list[str]:
    """Returns the names of controls that show a value without its revision."""
    names = {control.name for control in form.controls}
    if names & set(OLDER_MECHANISMS):
        return []
    shown = {control.name for control in form.controls if control.shows_value and control.kind != "submit"}
    whole = {"question", "criteria"} & {name.removeprefix("seen-") for name in names}
    return sorted(name for name in shown if f"seen-{name}" not in names and f"base:{name}" not in names and not whole)


def test_every_form_over_stored_values_sends_their_revisions(found_forms: list[Found]) -> None:
    wrong = []
    for found in found_forms:
        names = [
            name
            for name in unseen(found.form)
            if found.endpoint not in SHOW_NOTHING_STORED and f"{found.endpoint} {name}" not in SHOW_NOTHING_STORED
        ]
        if names:
            wrong.append(f"{found.endpoint} → {found.form.action or found.path}: {names}")
    assert not wrong, "\n".join(wrong)


# Two tabs

LOST = "tests/integration/assessment/test_no_update_is_lost.py"
SAVED_OTHERWISE = {
    "grading.desk": f"{LOST}: points and comments",
    "groups.preview": "an import, which is applied once: the revisions are of the people offered",
    "self_checks.attempt": f"{LOST}: answers",
    "self_checks.question": f"{LOST}: a question is compared as a whole",
    "self_checks.essay": f"{LOST}: points and comments of answers read",
    "ratings.before": f"{LOST}: levels",
    "ratings.after": f"{LOST}: levels",
}
"""Endpoint → where it is saved in two tabs, because its fields are saved by a script, by parts or as a whole."""


NEEDED_TOO = {
    "admin.person": {"surname": "Ветрова"},
    "groups.plan": {"individual": "1"},
    "groups.settings": {"end-order_number": "7", "end-order_date": "2026-12-01"},
    "platforms.anew": {"client_id": "renewed"},
}
"""Endpoint → values without which the form is not saved."""


def candidates(form: PageForm) -> list[Control]:
    """Returns the controls with a revision in which something else can be typed, texts first."""
    names = {control.name for control in form.controls}
    typed = [
        control
        for control in form.controls
        if f"seen-{control.name}" in names and control.kind in ("text", "textarea", "date", "select")
    ]
    typed = [control for control in typed if control.kind != "select" or len(control.options) > 2]
    order = ("textarea", "text", "date", "select")
    return sorted(typed, key=lambda control: (not control.value, order.index(control.kind), control.value.isdigit()))


def typed_anew(control: Control, step: int, usual: date) -> str:
    """Returns another value of the control's own kind."""
    if control.kind == "select":
        return [value for value in control.options if value != control.value][step - 1]
    if control.kind == "date" and not control.value:
        return (usual + timedelta(days=step)).isoformat()
    if re.fullmatch(r"\d{4}-\d\d-\d\d", control.value):
        return (date.fromisoformat(control.value) + timedelta(days=step)).isoformat()
    return (
        str(int(control.value) + step)
        if control.value.isdigit()
        else control.value.strip() + ("a" if control.value.isascii() else "и") * step
    )


def refusal_of_older_tab(walk: Walk, found: Found) -> str:
    """Saves the form in one tab and then another value in a tab that was opened before; returns what went wrong."""
    browser, action = walk.browser(found.role), found.form.action or found.path
    wrong = "no control could be saved"
    for control in candidates(found.form):
        first, second = (typed_anew(control, step, walk.world.cohort.starts_on) for step in (1, 2))
        sent = {**found.form.values, **NEEDED_TOO.get(found.endpoint, {})}
        if browser.post(action, data={**sent, control.name: first}).status_code >= 400:
            continue
        if stored_value(browser, found, control) != first:
            continue
        answer = browser.post(action, data={**sent, control.name: second})
        if answer.status_code < 400:
            return f"{control.name}: an older tab replaced «{first}»"
        if second not in html.unescape(answer.text) or not (control.kind == "select" or shows(answer.text, first)):
            return f"{control.name}: the answer does not show both values"
        kept = stored_value(browser, found, control)
        return "" if kept == first else f"{control.name}: «{kept}» instead of «{first}»"
    return wrong


def stored_value(browser: FlaskClient, found: Found, control: Control) -> str | None:
    """Returns the value of the control when the page is opened anew."""
    for form in forms_of(browser.get(found.path).get_data(as_text=True)):
        for same in form.controls:
            if (form.action, same.name, same.sent) == (found.form.action, control.name, True):
                return same.value.strip()
    return None


def shows(page: str, value: str) -> bool:
    """Returns whether the page shows the value; a date also with the name of its month."""
    plain = html.unescape(page).replace("\xa0", " ")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = date.fromisoformat(value)
        return re.search(rf"\b{day.day} \w+ {day.year}", plain) is not None or f"{day:%d.%m.%Y}" in plain
    return value in plain


def test_older_tab_of_every_form_replaces_nothing(walk: Walk, found_forms: list[Found]) -> None:
    wrong = []
    for found in found_forms:
        if not any(control.name.startswith("seen-") for control in found.form.controls):
            continue
        with walk.taken_back():
            fault = refusal_of_older_tab(walk, found)
        if fault and found.endpoint not in SAVED_OTHERWISE:
            wrong.append(f"{found.endpoint} {found.form.action}: {fault}")
    assert not wrong, "\n".join(wrong)
