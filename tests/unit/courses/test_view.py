"""States of topics and next steps, from plain values."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from courses.course_items import CourseItem
from courses.progress.course_view import KindHours, TopicView, is_opening, next_steps, state_of

TODAY = date(2026, 11, 24)
LATER, BEFORE = date(2026, 11, 28), date(2026, 11, 20)


def element(state="open", *, required=True, kind="page", **values) -> CourseItem:
    return CourseItem(
        topic_lineage=values.pop("topic_lineage", uuid.UUID(int=1)),
        kind=kind,
        id=1,
        title="Этапы урока",
        required=required,
        done=state == "done",
        state=state,
        **values,
    )


def state(*elements, complete=False, due_on=None, joined_on=None):
    return state_of(elements, complete=complete, due_on=due_on, joined_on=joined_on, today=TODAY)


def topic(number, *elements, due_on=None, **values) -> TopicView:
    kinds = (KindHours(uuid.UUID(int=7), "Лекции", Decimal(0), Decimal(2)),)
    made = TopicView(
        uuid.uuid4(),
        number,
        f"Тема {number}",
        "",
        "",
        kinds,
        due_on,
        "open",
        None,
        False,
        elements,
        Decimal(2),
        Decimal(0),
    )
    return replace(made, state=state_of(elements, complete=False, due_on=due_on, joined_on=None, today=TODAY), **values)


@pytest.mark.parametrize(
    ("elements", "values", "expected"),
    [
        ([], {"complete": True, "due_on": BEFORE}, "done"),
        ([element("returned"), element("waiting")], {"due_on": BEFORE}, "returned"),
        ([element("waiting"), element("done")], {"due_on": BEFORE}, "waiting"),
        ([element(), element("waiting")], {"due_on": BEFORE}, "late"),
        ([element()], {"due_on": BEFORE, "joined_on": TODAY}, "missed"),
        ([element()], {"due_on": BEFORE, "joined_on": BEFORE}, "late"),
        ([element()], {"due_on": TODAY}, "open"),
        ([element("done"), element()], {"due_on": LATER}, "begun"),
        ([element(required=False, state="begun"), element()], {}, "begun"),
        ([element("done", required=False)], {"due_on": BEFORE}, "late"),
        ([], {}, "open"),
    ],
)
def test_topic_state_is_the_most_urgent(elements, values, expected):
    assert state(*elements, **values) == expected


def test_steps_are_ordered_by_date_then_plan():
    first, second, third = topic("1.1", element()), topic("1.2", element(), due_on=LATER), topic("2.1", element())
    final = element(kind="task", topic_lineage=None, due_on=None, position=2000)
    entry = element(kind="self_check", topic_lineage=None)
    steps = next_steps([first, second, third], (final, entry))
    assert [step.topic.number if step.topic else step.element.kind for step in steps] == [
        "1.2",
        "self_check",
        "1.1",
        "2.1",
        "task",
    ]


def test_items_without_topic_open_or_close_programme():
    sheet = element(kind="rating", topic_lineage=None, position=500)
    test = element(kind="self_check", topic_lineage=None, position=1000, required=False)
    last = element(kind="rating", topic_lineage=None, position=3000)
    assert [is_opening(one) for one in (sheet, test, last)] == [True, True, False]


def test_waiting_item_is_no_step():
    handed_in = topic("1.1", element("waiting"))
    attended = topic("1.2")
    optional = topic("1.3", element(required=False))
    assert next_steps([handed_in, attended, optional], (element("waiting", kind="task"),)) == ()


def test_topic_lists_items_left():
    one = topic("1.1", element("done"), element("waiting"), element("returned", minutes=30), element(minutes=10))
    assert len(one.required) == 4
    assert [left.state for left in one.left] == ["returned", "open"]
    assert one.minutes_left == 40
