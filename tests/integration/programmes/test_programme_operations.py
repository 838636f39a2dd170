"""Programmes in the database: concurrent tabs, workflow, versions and copies, corrections."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import events
from courses.models.programmes import (
    Competency,
    Descriptor,
    ProgrammeVersion,
    Section,
    TechnicalCorrection,
    Topic,
    TopicHours,
)
from courses.programmes import (
    copying,
    corrections,
    difference,
    operations,
    outcomes,
    queries,
    snapshot,
    text_fields,
    workflow,
)
from courses.programmes.edits import Outcome
from courses.programmes.errors import Frozen, NotReady, Overlapped, WrongState
from courses.programmes.outcomes import CriterionRow
from courses.programmes.plan_store import load_plan
from courses.programmes.workflow import Document
from courses.thematic_plan.model import new_lineage
from lms.core import events as bus
from lms.core.audit import AuditEntry
from lms.core.auth.policy import ANYONE
from lms.core.clock import day_in, utc_now
from lms.core.db import make_sessions
from lms.core.errors import Invalid
from lms.registry.models import Council
from lms.web.programmes.difference_presenters import difference_lines
from tests.factories import make

NOW = utc_now()
PAPER = Document("7", NOW.date())


@pytest.fixture
def draft(session: Session) -> ProgrammeVersion:
    return make.programme(session, state="draft")


@pytest.fixture
def heard() -> list[object]:
    """Events published in the test."""
    published: list[object] = []

    def record(_session: Session, event: object) -> None:
        published.append(event)

    kinds = (events.VersionApproved, events.VersionCopied, events.ProgrammeImported)
    for kind in kinds:
        bus.subscribe(kind, record)
    yield published
    for kind in kinds:
        bus._handlers[kind].remove(record)


def change(session: Session, version: ProgrammeVersion, *wanted: dict) -> list[Outcome]:
    answers, _plan = operations.change_plan(session, actor=ANYONE, version=version, wanted=wanted, now=NOW)
    return [answer.outcome for answer in answers]


def set_cell(cell: str, base: str, value: str) -> dict[str, str]:
    return {"id": "1", "do": "set", "cell": cell, "base": base, "value": value}


def topics(session: Session, version: ProgrammeVersion) -> list[Topic]:
    statement = select(Topic).join(Section).where(Topic.version_id == version.id)
    return list(session.scalars(statement.order_by(Section.position, Topic.position)))


def approve(session: Session, version: ProgrammeVersion) -> None:
    workflow.submit(session, actor=ANYONE, version=version, now=NOW)
    workflow.consider(session, actor=ANYONE, version=version, protocol=PAPER, now=NOW)
    workflow.approve(session, actor=ANYONE, version=version, document=Document("12-п", NOW.date()), now=NOW)


# The plan


def test_new_programme_has_columns_and_no_hours(session: Session):
    version = operations.start_programme(
        session, actor=ANYONE, site=make.site(session), title="  Урок  наблюдения ", workload="36"
    )
    assert (version.title, version.workload, version.state) == ("Урок наблюдения", 36, "draft")
    assert [kind.name for kind in version.kinds] == ["Лекции", "Практика", "Самостоятельная работа"]


@pytest.mark.parametrize(
    ("title", "workload", "field"), [("", "36", "title"), ("Урок", "", "workload"), ("У", "1,3", "workload")]
)
def test_incomplete_new_programme_is_refused_at_its_field(session: Session, title: str, workload: str, field: str):
    with pytest.raises(Invalid) as caught:
        operations.start_programme(session, actor=ANYONE, site=make.site(session), title=title, workload=workload)
    assert caught.value.field == field


def test_changed_cells_keep_row_ids(session: Session, draft: ProgrammeVersion):
    before = [(topic.id, topic.lineage) for topic in topics(session, draft)]
    first = topics(session, draft)[0]
    kind = draft.kinds[0]
    outcomes_ = change(
        session,
        draft,
        set_cell(f"topic:{first.lineage}:title", first.title, "Другое имя"),
        set_cell(f"topic:{first.lineage}:hours:{kind.lineage}", "2", "3,5"),
    )
    assert outcomes_ == [Outcome.DONE, Outcome.DONE]
    after = topics(session, draft)
    assert [(topic.id, topic.lineage) for topic in after] == before
    assert after[0].title == "Другое имя"
    assert load_plan(session, draft).topic(str(first.lineage)).hours[str(kind.lineage)] == Decimal("3.5")
    assert draft.revision == 1


def test_repeated_structure_changes_are_stored_once(session: Session, draft: ProgrammeVersion):
    one, two = draft.sections
    moved, added = str(topics(session, draft)[0].lineage), new_lineage()
    wanted = (
        {"id": "1", "do": "add_topic", "lineage": added, "section": str(two.lineage), "after": ""},
        set_cell(f"topic:{added}:title", "", "Новая тема"),
        {"id": "3", "do": "move", "lineage": moved, "section": str(two.lineage), "after": added},
        {"id": "4", "do": "delete", "lineage": str(one.topics[1].lineage)},
    )
    change(session, draft, *wanted)
    change(session, draft, *wanted)
    plan = load_plan(session, draft)
    assert [[topic.title for topic in section.topics] for section in plan.sections] == [
        [],
        ["Новая тема", "Что видит наблюдатель", "Фрагмент урока", "Защита фрагмента"],
    ]
    assert [section.title for section in draft.sections] == [section.title for section in plan.sections]


def test_deleting_section_keeps_moved_topic(session: Session, draft: ProgrammeVersion):
    one, two = draft.sections
    kept = str(one.topics[0].lineage)
    change(
        session,
        draft,
        {"id": "1", "do": "move", "lineage": kept, "section": str(two.lineage)},
        {"id": "2", "do": "delete", "lineage": str(one.lineage)},
    )
    assert [str(topic.lineage) for topic in topics(session, draft)][-1] == kept
    assert session.scalar(select(func.count()).where(Section.version_id == draft.id)) == 1


def test_deleting_column_deletes_its_hours(session: Session, draft: ProgrammeVersion):
    lineage = str(draft.kinds[0].lineage)
    change(session, draft, {"id": "1", "do": "delete_kind", "lineage": lineage})
    assert [kind.name for kind in draft.kinds] == ["Практика", "Самостоятельная работа"]
    left = select(func.count()).select_from(TopicHours).join(Topic).where(Topic.version_id == draft.id)
    assert session.scalar(left) == 7


def test_concurrent_tabs_lose_no_changes(own_engine: Engine):
    """Uses real transactions: each tab adds topics and sets cells; the lock of the version's row orders them."""
    sessions = make_sessions(own_engine)
    with sessions.begin() as session:
        version_id = make.programme(session, state="draft").id
    barrier = threading.Barrier(2)

    def tab(name: str) -> None:
        with sessions.begin() as own:
            version = own.get_one(ProgrammeVersion, version_id)
            section = str(version.sections[0].lineage)
            barrier.wait()
            for number in range(3):
                lineage = new_lineage()
                change(
                    own,
                    version,
                    {"id": "a", "do": "add_topic", "lineage": lineage, "section": section},
                    set_cell(f"topic:{lineage}:title", "", f"{name} {number}"),
                )

    workers = [threading.Thread(target=tab, args=(name,)) for name in ("Левая", "Правая")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with sessions() as session:
        titles = [topic.title for topic in load_plan(session, session.get_one(ProgrammeVersion, version_id)).topics()]
    assert sorted(titles) == sorted(
        ["Что видит наблюдатель", "Протокол наблюдения", "Фрагмент урока", "Защита фрагмента"]
        + [f"{name} {number}" for name in ("Левая", "Правая") for number in range(3)]
    )


def test_imported_plan_keeps_lineage_of_equal_titles(session: Session, draft: ProgrammeVersion):
    before = {topic.title: topic.lineage for topic in topics(session, draft)}
    plan = load_plan(session, make.programme(session, state="draft"))
    plan.sections[0].topics[0].title = "Совсем новая тема"
    operations.replace_plan(session, actor=ANYONE, version=draft, plan=plan, source="план.xlsx")
    after = {topic.title: topic.lineage for topic in topics(session, draft)}
    assert after.keys() - before.keys() == {"Совсем новая тема"}
    assert all(after[title] == before[title] for title in after.keys() & before.keys())
    assert load_plan(session, draft).total == 18


# The other parts


def test_texts_are_merged_field_by_field(session: Session, draft: ProgrammeVersion):
    base = text_fields.texts_of(draft, ("goal", "key_ideas"))
    text_fields.edit_parts(session, actor=ANYONE, version=draft, typed={"goal": "Цель первой вкладки"}, base=base)
    text_fields.edit_parts(
        session, actor=ANYONE, version=draft, typed={"goal": base["goal"], "key_ideas": "Идея"}, base=base
    )
    assert (draft.goal, draft.key_ideas) == ("Цель первой вкладки", "Идея")
    with pytest.raises(Overlapped) as caught:
        text_fields.edit_parts(session, actor=ANYONE, version=draft, typed={"goal": "Цель второй"}, base=base)
    assert (caught.value.field, caught.value.theirs) == ("goal", "Цель первой вкладки")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("workload", "36,1"),
        ("year", "26"),
        ("self_check_threshold", "101"),
        ("self_check_threshold", ""),
        ("pass_mark", "много"),
        ("document_kind", "diploma"),
        ("document_kind", "advanced_training"),
        ("title", " "),
        ("goal", "ц" * 20_001),
    ],
)
def test_invalid_text_is_refused_at_its_field(session: Session, draft: ProgrammeVersion, name: str, typed: str):
    with pytest.raises(Invalid) as caught:
        text_fields.edit_parts(session, actor=ANYONE, version=draft, typed={name: typed}, base={})
    assert caught.value.field == name


def test_competency_sent_twice_is_added_once_with_descriptors(session: Session, draft: ProgrammeVersion):
    lineage = new_lineage()
    typed = {"title": "ПК-3. Обсуждает", "knows": "приёмы\nправила", "can": "слушать", "practised": ""}
    for _again in range(2):
        made = outcomes.save_competency(
            session, actor=ANYONE, version=draft, competency=None, typed=typed, lineage=lineage
        )
    assert len(outcomes.competencies(session, draft)) == 3
    before = {descriptor.text: descriptor.lineage for descriptor in made.descriptors}
    typed = {**typed, "knows": "правила\nприёмы урока"}
    outcomes.save_competency(session, actor=ANYONE, version=draft, competency=made, typed=typed)
    after = {descriptor.text: descriptor.lineage for descriptor in made.descriptors}
    assert after["правила"] == before["правила"]
    assert after["приёмы урока"] == before["приёмы"]


def test_concurrent_change_of_criteria_is_refused(session: Session, draft: ProgrammeVersion):
    base = [outcomes.criterion_row(row) for row in outcomes.criteria(session, draft)]
    mine = [*base[:1], CriterionRow("Речь", "", "3", "1", new_lineage())]
    outcomes.save_criteria(session, actor=ANYONE, version=draft, rows=mine, base=base)
    assert [(row.name, row.max_points) for row in outcomes.criteria(session, draft)] == [("Критерий 1", 5), ("Речь", 3)]
    outcomes.save_criteria(session, actor=ANYONE, version=draft, rows=mine, base=base)
    with pytest.raises(Overlapped):
        outcomes.save_criteria(session, actor=ANYONE, version=draft, rows=base, base=base)
    with pytest.raises(Invalid) as caught:
        outcomes.save_criteria(session, actor=ANYONE, version=draft, rows=[CriterionRow("Речь", "", "0")])
    assert caught.value.field == "criteria-0-max_points"


# Workflow


def test_submitting_plan_with_problems_is_refused_with_reasons(session: Session, draft: ProgrammeVersion):
    topic = topics(session, draft)[0]
    change(session, draft, set_cell(f"topic:{topic.lineage}:hours:{draft.kinds[0].lineage}", "2", "2,5"))
    with pytest.raises(NotReady) as caught:
        workflow.submit(session, actor=ANYONE, version=draft, now=NOW)
    assert "18,5" in caught.value.problems[0].sentence
    assert draft.state == "draft"


def test_approval_records_consideration_and_documents(session: Session, draft: ProgrammeVersion, heard: list[object]):
    approve(session, draft)
    assert (draft.state, draft.approval_document, draft.approved_on) == ("approved", "12-п", NOW.date())
    facts = [(fact.decision, fact.document) for fact in draft.considerations]
    assert facts == [("considered", "7"), ("approved", "12-п")]
    assert heard == [events.VersionApproved(draft.id, NOW)]
    logged = session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == draft.id).order_by(AuditEntry.id))
    assert list(logged) == ["programme.submitted", "programme.considered", "programme.approved"]


def test_repeated_workflow_step_changes_nothing(session: Session, draft: ProgrammeVersion, heard: list[object]):
    approve(session, draft)
    workflow.approve(session, actor=ANYONE, version=draft, document=PAPER, now=NOW)
    assert len(draft.considerations) == 2
    assert len(heard) == 1


def test_approval_before_consideration_is_refused(session: Session, draft: ProgrammeVersion):
    workflow.submit(session, actor=ANYONE, version=draft, now=NOW)
    with pytest.raises(WrongState):
        workflow.approve(session, actor=ANYONE, version=draft, document=PAPER, now=NOW)


def test_submitted_version_is_frozen_until_returned(session: Session, draft: ProgrammeVersion):
    workflow.submit(session, actor=ANYONE, version=draft, now=NOW)
    cell = set_cell("part:workload", "18", "20")
    with pytest.raises(Frozen):
        change(session, draft, cell)
    with pytest.raises(Invalid):
        workflow.send_back(session, actor=ANYONE, version=draft, document=PAPER, remarks=" ", now=NOW)
    workflow.send_back(session, actor=ANYONE, version=draft, document=PAPER, remarks="Добавьте литературу.", now=NOW)
    assert change(session, draft, cell) == [Outcome.DONE]
    change(session, draft, set_cell("part:workload", "20", "18"))
    workflow.submit(session, actor=ANYONE, version=draft, now=NOW)
    workflow.withdraw(session, actor=ANYONE, version=draft)
    assert draft.state == "draft"


NIGHT = [datetime(2026, 9, 14, hour, minute, tzinfo=UTC) for hour, minute in ((21, 0), (22, 30), (23, 59))]
"""Moments of 14 September in UTC, which is 15 September in Novokuznetsk."""


@pytest.mark.parametrize("night", NIGHT)
def test_protocol_of_the_authoritys_today_is_accepted(session: Session, draft: ProgrammeVersion, night: datetime):
    workflow.submit(session, actor=ANYONE, version=draft, now=night)
    paper = Document("7", date(2026, 9, 15))
    workflow.consider(session, actor=ANYONE, version=draft, protocol=paper, now=night)
    assert draft.state == "considered"


@pytest.mark.parametrize("night", NIGHT)
def test_protocol_of_the_authoritys_tomorrow_is_refused(session: Session, draft: ProgrammeVersion, night: datetime):
    workflow.submit(session, actor=ANYONE, version=draft, now=night)
    with pytest.raises(Invalid, match=r"сегодня 15.сентября.2026") as caught:
        workflow.consider(session, actor=ANYONE, version=draft, protocol=Document("7", date(2026, 9, 16)), now=night)
    assert (caught.value.code, caught.value.field) == ("document_date_in_future", "on")


def test_document_before_2000_has_a_message_of_its_own(session: Session, draft: ProgrammeVersion):
    workflow.submit(session, actor=ANYONE, version=draft, now=NOW)
    with pytest.raises(Invalid, match="проверьте год"):
        workflow.consider(session, actor=ANYONE, version=draft, protocol=Document("7", date(1999, 12, 31)), now=NOW)


@pytest.mark.parametrize("night", NIGHT)
def test_next_meeting_is_shown_until_the_authoritys_day_is_over(session: Session, night: datetime):
    site = make.site(session)
    council = Council(authority_id=site.authority_id, name="Совет", next_meeting_on=date(2026, 9, 15))
    session.add(council)
    session.flush()
    assert queries.next_meeting(session, site, now=night) == date(2026, 9, 15)
    council.next_meeting_on = date(2026, 9, 14)
    session.flush()
    assert queries.next_meeting(session, site, now=night) is None


@pytest.mark.parametrize(("number", "days", "field"), [("", 0, "number"), ("7", 1, "on"), ("7", -40_000, "on")])
def test_invalid_document_is_refused_at_its_field(
    session: Session, draft: ProgrammeVersion, number: str, days: int, field: str
):
    workflow.submit(session, actor=ANYONE, version=draft, now=NOW)
    paper = Document(number, day_in("Asia/Novokuznetsk", NOW) + timedelta(days=days))
    with pytest.raises(Invalid) as caught:
        workflow.consider(session, actor=ANYONE, version=draft, protocol=paper, now=NOW)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE topic SET title = 'иначе' WHERE version_id = :id",
        "DELETE FROM section WHERE version_id = :id",
        "UPDATE topic_hours SET hours = 1 WHERE topic_id IN (SELECT id FROM topic WHERE version_id = :id)",
        "UPDATE rubric_criterion SET max_points = 9 WHERE rubric_id IN (SELECT id FROM rubric WHERE version_id = :id)",
        "DELETE FROM rubric_criterion WHERE rubric_id IN (SELECT id FROM rubric WHERE version_id = :id)",
        "UPDATE rubric SET final = false WHERE version_id = :id",
        """INSERT INTO rubric_level (criterion_id, position, points, text)
            SELECT c.id, 0, 5, 'полно' FROM rubric_criterion c JOIN rubric r ON r.id = c.rubric_id
            WHERE r.version_id = :id""",
        "UPDATE programme_version SET workload = 72 WHERE id = :id",
        "UPDATE programme_version SET pass_mark = 1 WHERE id = :id",
        "UPDATE programme_version SET state = 'draft' WHERE id = :id",
        "DELETE FROM programme_version WHERE id = :id",
    ],
)
def test_trigger_refuses_changes_of_approved_version(session: Session, statement: str):
    version = make.programme(session)
    with pytest.raises(IntegrityError, match="approved version does not change"), session.begin_nested():
        session.execute(text(statement), {"id": version.id})


# The next version


def test_new_version_copies_content_and_lineages(session: Session, heard: list[object]):
    old = make.programme(session)
    group = make.cohort(session, old)
    made = copying.new_version(session, actor=ANYONE, version=old)
    assert (made.number, made.state, made.approved_at, made.workload) == (2, "draft", None, old.workload)
    for model in (Section, Topic, Competency):
        lineages = [
            list(session.scalars(select(model.lineage).where(model.version_id == version.id).order_by(model.lineage)))
            for version in (old, made)
        ]
        assert lineages[0] == lineages[1]
    rubrics = [[row.lineage for row in outcomes.criteria(session, version)] for version in (old, made)]
    assert rubrics[0] == rubrics[1] != []
    assert (
        session.scalar(
            select(func.count()).select_from(Descriptor).join(Competency).where(Competency.version_id == made.id)
        )
        == 6
    )
    assert difference.differences(snapshot.take_snapshot(session, old), snapshot.take_snapshot(session, made)) == []
    assert group.version_id == old.id
    assert heard == [events.VersionCopied(old.id, made.id)]


def test_second_click_returns_same_new_version(session: Session):
    old = make.programme(session)
    first = copying.new_version(session, actor=ANYONE, version=old)
    assert copying.new_version(session, actor=ANYONE, version=old) is first


def test_differences_are_listed_by_cell(session: Session):
    old = make.programme(session)
    made = copying.new_version(session, actor=ANYONE, version=old)
    first, second = topics(session, made)[:2]
    kind = made.kinds[1]
    change(
        session,
        made,
        set_cell(f"topic:{first.lineage}:title", first.title, "Что видит и слышит наблюдатель"),
        set_cell(f"topic:{second.lineage}:hours:{kind.lineage}", "2", ""),
        {"id": "3", "do": "delete", "lineage": str(topics(session, made)[3].lineage)},
    )
    text_fields.edit_parts(session, actor=ANYONE, version=made, typed={"goal": "Новая цель"}, base={})
    found = difference.differences(snapshot.take_snapshot(session, old), snapshot.take_snapshot(session, made))
    assert [(one.where, one.before, one.after) for one in difference_lines(found)] == [
        ("Цель", "–", "Новая цель"),
        ("Тема 2.2", "Защита фрагмента (3\xa0ч)", ""),
        ("Тема 1.1, название", "Что видит наблюдатель", "Что видит и слышит наблюдатель"),
        ("Тема 1.2, Практика", "2", "–"),
    ]


# Technical corrections


def test_misprint_is_corrected_and_logged(session: Session):
    version = make.programme(session)
    topic = topics(session, version)[0]
    corrections.correct(
        session,
        actor=ANYONE,
        version=version,
        address=f"topic:{topic.lineage}",
        seen=topic.title,
        text_after="Что видит наблюдатель?",
    )
    assert topic.title == "Что видит наблюдатель?"
    logged = session.scalars(select(TechnicalCorrection).where(TechnicalCorrection.version_id == version.id)).one()
    assert (logged.before, logged.after) == ("Что видит наблюдатель", "Что видит наблюдатель?")
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE topic SET title = 'x' WHERE id = :id"), {"id": topic.id})


def test_different_text_is_refused_as_correction(session: Session):
    version = make.programme(session)
    topic = topics(session, version)[0]
    with pytest.raises(Invalid) as caught:
        corrections.correct(
            session,
            actor=ANYONE,
            version=version,
            address=f"topic:{topic.lineage}",
            seen=topic.title,
            text_after="Ролевая игра на уроке",
        )
    assert caught.value.field == "text"


def test_hours_cannot_be_corrected(session: Session):
    version = make.programme(session)
    addresses = {place.address.partition(":")[0] for place in corrections.correctable_texts(session, version)}
    assert addresses <= {"part", "kind", "section", *corrections.MODELS}
    with pytest.raises(Invalid):
        corrections.correct(session, actor=ANYONE, version=version, address="part:workload", seen="18", text_after="36")
