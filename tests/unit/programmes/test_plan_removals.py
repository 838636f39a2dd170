"""Columns and rows that were removed from a plan come back as they were, in whatever order they go and return."""

from copy import deepcopy
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from courses.programmes.edits import Outcome, apply_all, apply_one
from courses.programmes.plan_removals import COLUMN, changes_back, handed_over, removed_from
from courses.thematic_plan.model import TOTAL, Kind, SectionRow, ThematicPlan, TopicRow, new_lineage
from courses.thematic_plan.plan_json import to_json

HOURS = st.sampled_from([Decimal(0), Decimal("0.25"), Decimal(2), Decimal("10.5")])


@st.composite
def plans(draw):
    kinds = [Kind(new_lineage(), f"Вид {number}") for number in range(draw(st.integers(1, 3)))]
    keys = [kind.lineage for kind in kinds]

    def hours(names):
        given_to = draw(st.lists(st.sampled_from(names), unique=True))
        return {key: draw(HOURS) for key in given_to}

    def topic(number):
        given_hours = {key: value for key, value in hours(keys).items() if value}
        return TopicRow(new_lineage(), f"Тема {number}", "лекция", "", given_hours)

    sections = [
        SectionRow(
            new_lineage(), f"Раздел {at}", hours([*keys, TOTAL]), [topic(n) for n in range(draw(st.integers(0, 3)))]
        )
        for at in range(draw(st.integers(1, 3)))
    ]
    return ThematicPlan(Decimal(18), kinds, sections)


class Draft:
    """A plan with its removed parts, as the operations keep them: the latest removal of a part replaces others."""

    def __init__(self, plan: ThematicPlan) -> None:
        self.plan, self.removed = plan, {}

    def remove(self, lineage: str) -> None:
        before = deepcopy(self.plan)
        deed = "delete_kind" if self.plan.kind(lineage) else "delete"
        assert apply_one(self.plan, {"id": "1", "do": deed, "lineage": lineage}).outcome is Outcome.DONE
        self.removed |= {one.lineage: one for one in removed_from(before, self.plan)}

    def bring_back(self, lineage: str) -> bool:
        part = self.removed[lineage]
        answers = apply_all(self.plan, changes_back(part))
        if answers[0].outcome is not Outcome.DONE:
            return False
        del self.removed[lineage]
        self.removed |= {one.lineage: one for one in handed_over(part, self.plan, list(self.removed.values()))}
        return True


def lineages(plan: ThematicPlan) -> list[str]:
    rows = [one.lineage for one in plan.kinds] + [one.lineage for one in plan.sections]
    return rows + [topic.lineage for topic in plan.topics()]


def content_of(plan: ThematicPlan):
    """Returns the plan without the order of its rows, which depends on the order of returning."""
    stored = to_json(plan)
    sections = {one["lineage"]: (one["title"], one["stated"]) for one in stored["sections"]}
    topics = {topic["lineage"]: (topic, one["lineage"]) for one in stored["sections"] for topic in one["topics"]}
    return {kind["lineage"]: kind["name"] for kind in stored["kinds"]}, sections, topics


@given(plans(), st.data())
def test_removed_part_comes_back_to_its_place(plan, data):
    draft, before = Draft(plan), to_json(plan)
    gone = data.draw(st.sampled_from(lineages(plan)))
    draft.remove(gone)
    assert to_json(plan) != before
    assert draft.bring_back(gone)
    assert to_json(plan) == before


@given(plans(), st.data())
def test_parts_come_back_with_their_hours_in_any_order(plan, data):
    draft, before = Draft(plan), content_of(plan)
    for _ in range(data.draw(st.integers(1, 5))):
        if there := lineages(plan):
            draft.remove(data.draw(st.sampled_from(there)))
    waiting = data.draw(st.permutations(list(draft.removed)))
    while waiting:
        left = [lineage for lineage in waiting if not draft.bring_back(lineage)]
        assert len(left) < len(waiting), "a topic waits for its section only"
        waiting = left
    assert content_of(plan) == before


def test_column_with_a_taken_name_says_so_and_stays_removed():
    kind = Kind(new_lineage(), "Лекции")
    plan = ThematicPlan(Decimal(18), [kind], [])
    draft = Draft(plan)
    draft.remove(kind.lineage)
    plan.kinds.append(Kind(new_lineage(), "лекции"))
    [answer] = apply_all(plan, changes_back(draft.removed[kind.lineage]))
    assert (answer.outcome, answer.error.code) == (Outcome.REFUSED, "column_name_taken")
    assert draft.removed[kind.lineage].kind == COLUMN


def test_column_with_hours_that_are_no_number_changes_nothing():
    plan = ThematicPlan(Decimal(18), [], [SectionRow(new_lineage(), "Раздел", {}, [TopicRow(new_lineage(), "Тема")])])
    before, topic = to_json(plan), next(plan.topics()).lineage
    for name, hours in (
        ("hours", {topic: "много"}),
        ("stated", {plan.sections[0].lineage: "-1"}),
        ("hours", {topic: 1e9}),
    ):
        change = {"id": "1", "do": "add_kind", "lineage": new_lineage(), "title": "Лекции", name: hours}
        assert apply_one(plan, change).outcome is Outcome.REFUSED
        assert to_json(plan) == before
