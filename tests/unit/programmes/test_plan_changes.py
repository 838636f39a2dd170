"""Changes of a plan as plain data: merged cell by cell, and safe to be sent again."""

import contextlib
import copy
import random
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.programmes import plan_cell
from courses.programmes.edits import Outcome, apply_all, apply_one, changes_of_form
from courses.programmes.errors import Refused
from courses.programmes.plan_cell import Merged, merge
from courses.thematic_plan.arithmetic import check
from courses.thematic_plan.model import Kind, SectionRow, ThematicPlan, TopicRow, new_lineage
from courses.thematic_plan.plan_json import from_json, to_json, topic_json

LECTURES, PRACTICE = new_lineage(), new_lineage()


def small_plan() -> ThematicPlan:
    """Returns a plan of two sections, three topics and six hours."""
    kinds = [Kind(LECTURES, "Лекции"), Kind(PRACTICE, "Практика")]
    one = TopicRow(new_lineage(), "Первая", "лекция", "тест", {LECTURES: Decimal(1), PRACTICE: Decimal(1)})
    two = TopicRow(new_lineage(), "Вторая", "", "", {PRACTICE: Decimal("1.5")})
    three = TopicRow(new_lineage(), "Третья", "", "", {LECTURES: Decimal("2.5")})
    sections = [SectionRow(new_lineage(), "Начало", {}, [one, two]), SectionRow(new_lineage(), "Конец", {}, [three])]
    return ThematicPlan(Decimal(6), kinds, sections, {"title": "Урок"})


def set_cell(cell: str, base: str, value: str) -> dict[str, str]:
    return {"id": "1", "do": "set", "cell": cell, "base": base, "value": value}


@pytest.mark.parametrize(
    ("base", "mine", "current", "expected"),
    [
        ("а", "б", "а", Merged.DONE),
        ("а", "б", "б", Merged.SAME),
        ("а", "а", "а", Merged.SAME),
        ("а", "б", "в", Merged.CONFLICT),
        ("а", "а", "в", Merged.SAME),
    ],
)
def test_cell_is_merged_by_value(base: str, mine: str, current: str, expected: Merged):
    assert merge(base, mine, current) is expected


def test_changes_of_different_cells_are_both_kept():
    plan = small_plan()
    topic = plan.sections[0].topics[0]
    first = apply_one(plan, set_cell(f"topic:{topic.lineage}:title", "Первая", "Новое имя"))
    second = apply_one(plan, set_cell(f"topic:{topic.lineage}:hours:{LECTURES}", "1", "2,5"))
    assert (first.outcome, second.outcome) == (Outcome.DONE, Outcome.DONE)
    assert (topic.title, topic.hours[LECTURES]) == ("Новое имя", Decimal("2.5"))


def test_second_change_of_same_cell_is_conflict():
    plan = small_plan()
    topic = plan.sections[0].topics[0]
    cell = f"topic:{topic.lineage}:hours:{PRACTICE}"
    assert apply_one(plan, set_cell(cell, "1", "2")).outcome is Outcome.DONE
    answer = apply_one(plan, set_cell(cell, "1", "3"))
    assert (answer.outcome, answer.current) == (Outcome.CONFLICT, "2")
    assert topic.hours[PRACTICE] == 2
    assert apply_one(plan, set_cell(cell, "2", "3")).outcome is Outcome.DONE


@pytest.mark.parametrize("typed", ["1,3", "-1", "1001", "много", "1e3", "NaN", "1.1.1", "²"])
def test_hours_not_in_quarters_are_refused(typed: str):
    plan = small_plan()
    cell = f"topic:{plan.sections[0].topics[0].lineage}:hours:{LECTURES}"
    answer = apply_one(plan, set_cell(cell, "1", typed))
    assert answer.outcome is Outcome.REFUSED
    assert "0,25" in answer.message or "0.25" in answer.message
    assert plan.sections[0].topics[0].hours[LECTURES] == 1


@pytest.mark.parametrize(
    ("typed", "kept"), [("1,25", "1.25"), ("", ""), ("–", ""), (" 2 ", "2"), (".5", "0.5"), ("0", "")]
)
def test_typed_hours_are_parsed(typed: str, kept: str):
    assert plan_cell.canonical(plan_cell.Cell("topic", "", "hours", LECTURES), typed) == kept


@given(st.integers(min_value=0, max_value=4000))
def test_quarters_round_trip(quarters: int):
    value = Decimal(quarters) / 4
    text = str(value).replace(".", ",")
    kept = plan_cell.canonical(plan_cell.Cell("topic", "", "hours", LECTURES), text)
    assert Decimal(kept or 0) == value


@given(st.text(max_size=60))
def test_any_text_is_stored_or_refused(text: str):
    cell = plan_cell.Cell("topic", "", "hours", LECTURES)
    try:
        kept = plan_cell.canonical(cell, text)
    except Refused:
        return
    assert plan_cell.canonical(cell, kept) == kept


@given(st.text(max_size=80))
def test_malformed_address_is_refused(text: str):
    with contextlib.suppress(Refused):
        assert str(plan_cell.parse(text)) == text


def test_addresses_round_trip():
    for address in (
        f"topic:{LECTURES}:title",
        f"topic:{LECTURES}:hours:{PRACTICE}",
        f"section:{LECTURES}:stated:total",
        f"kind:{LECTURES}:name",
        "part:workload",
    ):
        assert str(plan_cell.parse(address)) == address


def test_row_added_twice_exists_once():
    plan = small_plan()
    change = {"id": "x", "do": "add_topic", "lineage": new_lineage(), "section": plan.sections[0].lineage}
    outcomes = [answer.outcome for answer in apply_all(plan, [change, change])]
    assert outcomes == [Outcome.DONE, Outcome.SAME]
    assert len(plan.sections[0].topics) == 3


def test_row_deleted_twice_can_be_restored_whole():
    plan = small_plan()
    topic = plan.sections[0].topics[0]
    kept = topic_json(topic)
    change = {"id": "x", "do": "delete", "lineage": topic.lineage}
    assert [answer.outcome for answer in apply_all(plan, [change, change])] == [Outcome.DONE, Outcome.SAME]
    back = {"id": "y", "do": "add_topic", "section": plan.sections[0].lineage, "after": "", **kept}
    assert apply_one(plan, back).outcome is Outcome.DONE
    assert topic_json(plan.sections[0].topics[0]) == kept


def test_row_changed_by_another_is_not_deleted():
    plan = small_plan()
    topic = plan.sections[0].topics[0]
    seen = topic_json(topic)
    topic.title = "Переписанная"
    change = {"id": "x", "do": "delete", "lineage": topic.lineage, "seen": seen}
    assert apply_one(plan, change).outcome is Outcome.CONFLICT
    assert plan.topic(topic.lineage) is topic


def test_section_with_new_topic_is_not_deleted():
    plan = small_plan()
    section = plan.sections[1]
    change = {"id": "x", "do": "delete", "lineage": section.lineage, "seen": []}
    assert apply_one(plan, change).outcome is Outcome.CONFLICT
    seen = [topic.lineage for topic in section.topics]
    assert apply_one(plan, {**change, "seen": seen}).outcome is Outcome.DONE


def test_topic_moves_between_sections():
    plan = small_plan()
    topic = plan.sections[0].topics[0]
    target = plan.sections[1]
    change = {"id": "x", "do": "move", "lineage": topic.lineage, "section": target.lineage, "after": ""}
    assert [answer.outcome for answer in apply_all(plan, [change, change])] == [Outcome.DONE, Outcome.SAME]
    assert target.topics[0] is topic
    assert plan.labels()[topic.lineage] == "2.1"


def test_section_moves_with_topics():
    plan = small_plan()
    last = plan.sections[1]
    assert apply_one(plan, {"id": "x", "do": "move", "lineage": last.lineage, "after": ""}).outcome is Outcome.DONE
    assert plan.sections[0] is last


def test_change_of_deleted_row_is_reported():
    plan = small_plan()
    assert apply_one(plan, set_cell(f"topic:{new_lineage()}:title", "", "а")).outcome is Outcome.GONE


def test_deleting_column_deletes_hours():
    plan = small_plan()
    plan.sections[0].stated = {LECTURES: Decimal(1), "total": Decimal(2)}
    assert apply_one(plan, {"id": "x", "do": "delete_kind", "lineage": LECTURES}).outcome is Outcome.DONE
    assert plan.total == Decimal("2.5")
    assert LECTURES not in plan.sections[0].stated


def test_column_names_are_unique():
    plan = small_plan()
    assert apply_one(plan, set_cell(f"kind:{LECTURES}:name", "Лекции", "практика")).outcome is Outcome.REFUSED
    assert apply_one(plan, set_cell(f"kind:{LECTURES}:name", "Лекции", "")).outcome is Outcome.REFUSED
    assert apply_one(plan, set_cell(f"kind:{LECTURES}:name", "Лекции", "Семинары")).outcome is Outcome.DONE


def test_form_yields_changed_cells_only():
    base = small_plan()
    topic = base.sections[0].topics[0]
    typed = {
        f"topic:{topic.lineage}:title": "Первая",
        f"topic:{topic.lineage}:hours:{LECTURES}": "1,0",
        f"topic:{topic.lineage}:hours:{PRACTICE}": "2,5",
        "csrf_token": "x",
    }
    assert [change["cell"] for change in changes_of_form(base, typed)] == [f"topic:{topic.lineage}:hours:{PRACTICE}"]


def test_json_round_trips():
    plan = small_plan()
    plan.sections[0].stated = {LECTURES: Decimal(1), "total": Decimal("3.5")}
    assert from_json(to_json(plan)) == plan


def test_stated_sum_is_problem_until_sides_match():
    plan = small_plan()
    plan.sections[0].stated = {"total": Decimal(3)}
    found = check(plan).problems
    assert [(problem.key, problem.expected, problem.found) for problem in found] == [
        (plan.sections[0].lineage, Decimal("3.5"), Decimal(3))
    ]
    apply_one(plan, set_cell(f"section:{plan.sections[0].lineage}:stated:total", "3", "3,5"))
    assert check(plan).holds


@given(st.integers(min_value=0, max_value=10_000))
def test_queue_can_be_sent_again_at_any_point(seed: int):
    """A page whose request got no response sends the rest of its queue again."""
    chance = random.Random(seed)
    once = small_plan()
    again = copy.deepcopy(once)
    queue = _queue(chance, copy.deepcopy(once))
    apply_all(once, queue)
    cut = chance.randrange(len(queue) + 1)
    apply_all(again, queue[:cut])
    apply_all(again, queue)
    assert sorted(topic.lineage for topic in again.topics()) == sorted(topic.lineage for topic in once.topics())
    assert {t.lineage: t.title for t in again.topics()} == {t.lineage: t.title for t in once.topics()}


def _queue(chance: random.Random, plan: ThematicPlan) -> list[dict[str, str]]:
    """New topics, each titled once, some of them moved or deleted."""
    queue = []
    for number in range(chance.randrange(1, 5)):
        lineage = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        section = chance.choice(plan.sections).lineage
        queue.append({"id": f"a{number}", "do": "add_topic", "lineage": lineage, "section": section})
        queue.append(set_cell(f"topic:{lineage}:title", "", f"Тема {number}"))
        target = chance.choice(plan.sections).lineage
        queue.append({"id": f"m{number}", "do": "move", "lineage": lineage, "section": target, "after": ""})
    return queue


@given(
    st.dictionaries(
        st.sampled_from(["id", "do", "cell", "value", "lineage", "after", "seen", "hours"]),
        st.none() | st.integers() | st.text(max_size=20) | st.lists(st.integers()),
    )
)
def test_malformed_change_is_refused_without_exception(change: dict):
    plan = small_plan()
    for deed in ("set", "add_section", "add_topic", "move", "delete", "add_kind", "delete_kind", "move_kind"):
        assert isinstance(apply_one(plan, {**change, "do": deed}).outcome, Outcome)
    assert from_json(to_json(plan)) == plan
