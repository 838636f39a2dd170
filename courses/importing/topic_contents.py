"""Forms of class and of control from «Structure and contents» after the plan, for topics whose table row leaves them
out.
"""

import re

from courses.importing.numbers import split_number
from courses.importing.sections import fold_title
from courses.thematic_plan.document_facts import DocumentFacts
from courses.thematic_plan.model import ThematicPlan, TopicRow

ANY_CASE = re.IGNORECASE
MOST_DESCRIBED = 1_000
"""Most topics whose forms are searched for in the text."""
CONTROL = re.compile(
    r"форм[аы]\s+(?:текущего\s+|промежуточного\s+|итогового\s+)?(?:контроля|аттестации)\s*[:–—-]\s*(?P<text>[^.\n]+)",
    ANY_CASE,
)
CLASS_FORM = re.compile(r"форм[аы]\s+(?:проведения\s+)?(?:занят\w+|проведения)\s*[:–—-]\s*(?P<text>[^.\n]+)", ANY_CASE)


def fill_missing_forms(plan: ThematicPlan, facts: DocumentFacts, contents: tuple[str, ...]) -> None:
    """Fills empty forms of class and control of topics from the text."""
    forms = _forms_by_topic(contents)
    for section in plan.sections:
        if section.lineage not in facts.alone:
            for topic in section.topics:
                _fill_forms(topic, facts.numbers.get(topic.lineage, ""), forms)


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


def _fill_forms(topic: TopicRow, topic_number: str, forms: list[tuple[str, str, str, str]]) -> None:
    if topic.control_form and topic.class_form:
        return
    title = fold_title(topic.title)
    for number, text, control, form in forms:
        if text.startswith(title) and (not topic_number or number == topic_number):
            topic.control_form = topic.control_form or control
            topic.class_form = topic.class_form or form
            return
