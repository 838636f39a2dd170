"""Forms of class and of control from «Structure and contents» after the plan, for topics whose table row leaves them
out.
"""

import re
from dataclasses import replace

from courses.hours import Plan, PlanGroup, PlanTopic
from courses.importing.numbers import split_number
from courses.importing.sections import fold_title

ANY_CASE = re.IGNORECASE
MOST_DESCRIBED = 1_000
"""Most topics whose forms are searched for in the text."""
CONTROL = re.compile(
    r"форм[аы]\s+(?:текущего\s+|промежуточного\s+|итогового\s+)?(?:контроля|аттестации)\s*[:–—-]\s*(?P<text>[^.\n]+)",
    ANY_CASE,
)
CLASS_FORM = re.compile(r"форм[аы]\s+(?:проведения\s+)?(?:занят\w+|проведения)\s*[:–—-]\s*(?P<text>[^.\n]+)", ANY_CASE)


def fill_missing_forms(plan: Plan, contents: tuple[str, ...]) -> Plan:
    """Fills empty forms of class and control of topics from the text."""
    forms = _forms_by_topic(contents)
    rows = tuple(_with_forms(row, forms) if isinstance(row, PlanGroup) else row for row in plan.rows)
    return replace(plan, rows=rows)


def _with_forms(group: PlanGroup, forms: list[tuple[str, str, str, str]]) -> PlanGroup:
    topics = tuple(
        _with_forms(row, forms) if isinstance(row, PlanGroup) else _topic_with_forms(row, forms) for row in group.topics
    )
    return replace(group, topics=topics)


def _forms_by_topic(contents: tuple[str, ...]) -> list[tuple[str, str, str, str]]:
    """Returns (number, folded text, control, form of class) for each line that starts a topic, from it and the lines
    below.
    """
    forms: list[tuple[str, str, str, str]] = []
    for line in contents:
        number, rest = split_number(line)
        if number.parts and len(forms) == MOST_DESCRIBED:
            break
        if number.parts:
            forms.append((number.text, fold_title(rest), "", ""))
        control, form = CONTROL.search(line), CLASS_FORM.search(line)
        if forms and (control or form):
            name, text, old_control, old_form = forms[-1]
            new = (control["text"].strip() if control else old_control, form["text"].strip() if form else old_form)
            forms[-1] = (name, text, *new)
    return forms


def _topic_with_forms(topic: PlanTopic, forms: list[tuple[str, str, str, str]]) -> PlanTopic:
    if topic.control and topic.class_form:
        return topic
    title = fold_title(topic.title)
    for number, text, control, form in forms:
        if text.startswith(title) and (not topic.number or number == topic.number):
            return replace(topic, control=topic.control or control, class_form=topic.class_form or form)
    return topic
