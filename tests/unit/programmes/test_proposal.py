"""The proposal made from an imported document: the editor's plan, and what cannot be stored."""

import json
from decimal import Decimal

from courses.hours import Plan, PlanGroup, PlanTopic
from courses.importing.model import ImportedCriterion, ImportedProgramme
from courses.programmes.plan import TOTAL
from courses.programmes.proposal import propose, restore
from lms.core.i18n import use_locale

HOURS = {"Лекции": Decimal(2), "Практика": Decimal(1)}
TOPIC = PlanTopic("Карта", HOURS, Decimal(3), "лекция", "тест", number="1.1.1")
GROUP = PlanGroup("Группа", (TOPIC,), number="1.1")
SECTION = PlanGroup("Основы", (GROUP,), {**HOURS, None: Decimal(3)}, number="1")
ALONE = PlanTopic("Аттестация", {"Практика": Decimal(2)}, Decimal(2), control="зачёт", number="2")


def imported(**values) -> ImportedProgramme:
    plan = Plan({"Лекции": "Лекции", "Практика": "Практика"}, (SECTION, ALONE))
    return ImportedProgramme(title="Наблюдение урока", plan=plan, **values)


def test_topics_of_groups_become_topics_of_the_section():
    plan = propose(imported()).plan
    lectures, practice = (kind.lineage for kind in plan.kinds)
    section = plan.sections[0]
    assert (section.title, section.stated) == ("Основы", {lectures: 2, practice: 1, TOTAL: 3})
    assert [(topic.title, topic.hours) for topic in section.topics] == [("Карта", {lectures: 2, practice: 1})]


def test_section_with_own_hours_gets_a_topic_with_its_name():
    plan = propose(imported()).plan
    section = plan.sections[1]
    assert (section.title, section.stated) == ("Аттестация", {TOTAL: 2})
    assert [(topic.title, topic.control_form, topic.total) for topic in section.topics] == [("Аттестация", "зачёт", 2)]


def test_workload_is_the_plans_total_if_none_is_stated():
    assert propose(imported()).plan.workload == 5
    assert propose(imported(workload=Decimal(36))).plan.workload == 36


def test_losses_name_groups_and_criteria_without_points():
    found = propose(imported(criteria=(ImportedCriterion("Замысел"),)))
    with use_locale("en"):
        said = [loss.message for loss in found.losses]
    assert len(said) == 2
    assert "1.1 Группа" in said[0]
    assert "Замысел" in said[1]


def test_draft_stores_one_plan():
    proposal = propose(imported(goal="Видеть урок"))
    stored = json.loads(json.dumps(proposal.to_json()))
    assert "plan" not in stored["imported"]
    again = restore(stored)
    assert (again.plan, again.losses) == (proposal.plan, proposal.losses)
    assert again.imported.goal == "Видеть урок"


def test_draft_of_an_older_version_is_restored():
    stored = json.loads(json.dumps(propose(imported()).to_json()))
    stored.pop("losses")
    stored["imported"] |= {"kinds": ["Лекции"], "sections": [{"number": "1", "title": "Основы"}], "has_controls": True}
    assert restore(stored).losses == ()
    assert restore(stored).imported.title == "Наблюдение урока"
