"""The proposal made from an imported document: the editor's plan, and what cannot be stored."""

import copy
import json
from decimal import Decimal

from courses.importing.model import ImportedCriterion, ImportedProgramme
from courses.programmes.proposal import propose, restore
from courses.thematic_plan.document_facts import DocumentFacts, TopicGroup
from courses.thematic_plan.model import (
    KINDS_AT_MOST,
    SECTIONS_AT_MOST,
    TITLE_AT_MOST,
    TOPICS_AT_MOST,
    TOTAL,
    Kind,
    SectionRow,
    ThematicPlan,
    TopicRow,
    new_lineage,
)
from lms.core.i18n import use_locale

LECTURES, PRACTICE = Kind(new_lineage(), "Лекции"), Kind(new_lineage(), "Практика")
L, P = LECTURES.lineage, PRACTICE.lineage


def imported(**values) -> ImportedProgramme:
    """A section with a group, and one without topics in the document."""
    topic = TopicRow(new_lineage(), "Карта", "лекция", "тест", {L: Decimal(2), P: Decimal(1)})
    own = TopicRow(new_lineage(), "Аттестация", "", "зачёт", {P: Decimal(2)})
    section = SectionRow(new_lineage(), "Основы", {L: Decimal(2), P: Decimal(1), TOTAL: Decimal(3)}, [topic])
    alone = SectionRow(new_lineage(), "Аттестация", {TOTAL: Decimal(2)}, [own])
    facts = DocumentFacts(groups={section.lineage: [TopicGroup("1.1 Группа", {}, [topic])]}, alone={alone.lineage})
    plan = ThematicPlan(kinds=[LECTURES, PRACTICE], sections=[section, alone])
    return ImportedProgramme(title="Наблюдение урока", plan=plan, facts=facts, **values)


def test_proposed_plan_is_the_documents():
    document = imported()
    plan = propose(document).plan
    assert (plan.kinds, plan.sections) == (document.plan.kinds, document.plan.sections)


def test_corrections_do_not_change_the_imported_plan():
    document = imported()
    before = copy.deepcopy(document.plan)
    plan = propose(document).plan
    plan.sections[0].topics[0].title = "Другая"
    plan.sections[0].topics[0].hours.clear()
    plan.sections[0].stated.clear()
    plan.kinds[0].name = "Вебинары"
    assert document.plan == before


def test_plan_is_cut_to_what_a_programme_stores():
    document = imported()
    document.plan.kinds += [Kind(new_lineage(), f"Вид {place}") for place in range(KINDS_AT_MOST)]
    cut = document.plan.kinds[-1].lineage
    document.plan.sections[0].stated[cut] = document.plan.sections[0].topics[0].hours[cut] = Decimal(1)
    document.plan.sections[0].topics[0].title = "Т" * (TITLE_AT_MOST + 1)
    document.plan.sections += [SectionRow(new_lineage()) for _place in range(SECTIONS_AT_MOST)]
    found = propose(document)
    assert (len(found.plan.kinds), len(found.plan.sections)) == (KINDS_AT_MOST, SECTIONS_AT_MOST)
    section = found.plan.sections[0]
    assert (set(section.stated), set(section.topics[0].hours)) == ({L, P, TOTAL}, {L, P})
    assert len(section.topics[0].title) == TITLE_AT_MOST
    codes = {"import_groups_left_out", "import_kinds_cut", "import_sections_cut"}
    assert {loss.code for loss in found.losses} == codes


def test_topics_beyond_the_limit_are_left_out_with_a_message():
    document = imported()
    before = sum(1 for _topic in document.plan.topics())
    more = [TopicRow(new_lineage(), f"Тема {place}") for place in range(TOPICS_AT_MOST)]
    document.plan.sections.append(SectionRow(new_lineage(), topics=more))
    document.plan.sections.append(SectionRow(new_lineage(), "Последний", topics=[TopicRow(new_lineage(), "Поздняя")]))
    found = propose(document)
    kept = list(found.plan.topics())
    assert (len(kept), kept[-1].title) == (TOPICS_AT_MOST, f"Тема {TOPICS_AT_MOST - before - 1}")
    assert found.plan.sections[-1].title == "Последний"
    assert "import_topics_cut" in {loss.code for loss in found.losses}


def test_topics_up_to_the_limit_are_kept():
    document = imported()
    room = TOPICS_AT_MOST - sum(1 for _topic in document.plan.topics())
    document.plan.sections[0].topics += [TopicRow(new_lineage()) for _place in range(room)]
    found = propose(document)
    assert sum(1 for _topic in found.plan.topics()) == TOPICS_AT_MOST
    assert "import_topics_cut" not in {loss.code for loss in found.losses}


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
    stored["imported"]["warnings"] = [{"where": "1 Основы", "message": "Нет формы контроля."}]
    assert restore(stored).losses == ()
    found = restore(stored).imported
    assert found.title == "Наблюдение урока"
    assert [(note.where.message, note.message) for note in found.warnings] == [("1 Основы", "Нет формы контроля.")]
