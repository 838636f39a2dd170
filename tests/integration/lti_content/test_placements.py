"""Operations on content items: choices, permissions, repetition, contexts."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment.attestation.due_dates import change_dates
from courses.groups import operations
from lms.core.audit import AuditEntry
from lms.core.auth.policy import ANYONE
from lms.core.clock import utc_now
from lms.core.errors import Forbidden, Invalid
from lms.core.sentences import stored_detail
from lms.lti.content.choices import choices_of, groups_to_show
from lms.lti.content.content_items import (
    checked_choices,
    courses_showing,
    create_content_item,
    find_copied_item,
    matching_value,
    remove_content_item,
    set_link_content,
)
from lms.lti.grades.results import maximum_of
from lms.lti.models.launches import ContentItem, Launch
from lms.lti.models.services import LineItem
from tests.factories import attestation, make, platforms
from tests.integration.lti_content.conftest import World
from tests.support.checks import make_check
from tests.support.counting import count_queries


@pytest.fixture
def launch(world: World) -> Launch:
    return platforms.launch(world.session, world.context, platform_role="instructor")


def place(world: World, launch: Launch, value: str = "programme", *, graded: bool = True) -> ContentItem:
    return create_content_item(
        world.session,
        actor=world.actor(),
        launch=launch,
        cohort=world.cohort,
        choice=world.choice(value),
        graded=graded,
    )


class TestGroups:
    def test_groups_are_of_own_sites(self, world: World, session: Session):
        foreign = make.cohort(session)
        for account in (world.leader, world.teacher):
            found = [line.id for line in groups_to_show(session, world.actor(account), utc_now())]
            assert found == [world.cohort.id]
            assert foreign.id not in found

    def test_person_without_site_has_no_groups(self, world: World, session: Session):
        assert groups_to_show(session, world.actor(make.account(session)), utc_now()) == []
        assert groups_to_show(session, ANYONE, utc_now()) == []

    def test_groups_are_open_and_current_first(self, world: World, session: Session):
        today = make.TODAY
        over = make.cohort(
            session, world.version, starts_on=today - timedelta(days=90), ends_on=today - timedelta(days=9)
        )
        future = make.cohort(session, world.version, starts_on=today + timedelta(days=9))
        make.cohort(session, world.version, closed_at=utc_now())
        found = [line.id for line in groups_to_show(session, world.actor(), utc_now())]
        assert found == [world.cohort.id, future.id, over.id]


class TestChoices:
    def test_choices_form_tree(self, world: World):
        choices = choices_of(world.session, world.cohort)
        kinds = [choice.kind for choice in choices.all()]
        assert kinds == ["programme", "task", "topic", "self_check", "topic", "topic", "topic", "certificate"]
        assert choices.sections[0].topics[0].inside[0].title == world.check.title
        assert [choice.value for choice in choices.loose] == [f"task-{world.task.id}"]
        assert len({choice.value for choice in choices.all()}) == len(kinds)

    def test_choices_have_hours_and_points(self, world: World):
        found = {choice.kind: choice for choice in choices_of(world.session, world.cohort).all()}
        assert (found["programme"].hours, found["programme"].maximum) == (Decimal(18), Decimal(18))
        assert found["task"].maximum == 13
        assert found["self_check"].maximum == 100
        assert found["topic"].maximum == 100
        assert found["certificate"].maximum is None

    def test_choices_have_due_dates(self, world: World, session: Session):
        operations.spread_deadlines(session, world.cohort)
        day = world.cohort.ends_on - timedelta(days=2)
        change_dates(session, actor=world.actor(), cohort=world.cohort, due={world.task.id: day})
        choices = choices_of(session, world.cohort)
        assert choices.programme.due_on == world.cohort.ends_on
        first = choices.sections[0].topics[0]
        assert first.topic.due_on is not None
        assert first.inside[0].due_on == first.topic.due_on, "a self-check ends with its topic"
        assert choices.loose[0].due_on == day

    def test_task_without_criteria_has_maximum_hundred(self, world: World, session: Session):
        task = attestation.task(session, world.version, kind="current")
        task.criteria = []
        session.flush()
        assert world.choice(f"task-{task.id}").maximum == 100

    def test_choice_and_result_have_same_maximum(self, world: World, launch: Launch):
        for choice in choices_of(world.session, world.cohort).all():
            if choice.maximum is not None:
                made = place(world, launch, choice.value)
                assert maximum_of(world.session, made) == choice.maximum, choice.kind

    def test_empty_self_check_has_reason(self, world: World, session: Session):
        empty = make_check(session, world.version, gift="", place=1)
        assert world.choice(f"check-{empty.id}").missing.message == "пока без вопросов"
        with pytest.raises(Invalid, match="пока без вопросов") as error:
            checked_choices(choices_of(session, world.cohort), [f"check-{empty.id}"], several=True)
        assert error.value.field == "show"

    def test_self_checks_of_missing_topics_are_left_out(self, world: World, session: Session):
        world.check.topic_lineage = uuid.uuid4()
        session.flush()
        assert f"check-{world.check.id}" not in [choice.value for choice in choices_of(session, world.cohort).all()]

    def test_page_takes_fixed_number_of_queries(self, world: World, session: Session, engine):
        for place_ in range(1, 4):
            make_check(session, world.version, place=place_)
            attestation.task(session, world.version, kind="current")
        session.expire_all()
        cohort = session.get_one(type(world.cohort), world.cohort.id)
        assert cohort.version.programme
        with count_queries(engine) as sent:
            choices_of(session, cohort)
        assert len(sent) <= 6, "\n".join(sent)

    @pytest.mark.parametrize(
        ("values", "several", "words"),
        [
            ([], True, "Выберите"),
            (["nonsense", "task-0", "topic-x"], True, "Выберите"),
            (["programme", "certificate"], False, "одно"),
        ],
    )
    def test_invalid_choices_are_refused(self, world: World, values: list[str], several: bool, words: str):
        with pytest.raises(Invalid, match=words) as error:
            checked_choices(choices_of(world.session, world.cohort), values, several=several)
        assert error.value.field == "show"

    def test_choices_are_unique_in_tree_order(self, world: World):
        found = checked_choices(
            choices_of(world.session, world.cohort), ["certificate", "programme", "programme"], several=True
        )
        assert [choice.kind for choice in found] == ["programme", "certificate"]


class TestMaking:
    @pytest.mark.parametrize("value", ["programme", "certificate", "topic", "check", "task"])
    def test_creates_each_kind(self, world: World, launch: Launch, value: str):
        topic = make.topics(world.session, world.version)[0]
        names = {
            "topic": f"topic-{topic.lineage}",
            "check": f"check-{world.check.id}",
            "task": f"task-{world.task.id}",
        }
        made = place(world, launch, names.get(value, value))
        world.session.refresh(made)
        assert made.context_id == world.context.id
        assert made.cohort_id == world.cohort.id
        assert made.graded == (value != "certificate")
        assert made.made_by_id == world.leader.id
        assert matching_value(made, choices_of(world.session, world.cohort)) == names.get(value, value)

    def test_creating_twice_writes_one_item_and_entry(self, world: World, launch: Launch, session: Session):
        first, second = place(world, launch), place(world, launch, graded=False)
        assert first is second
        assert not second.graded, "the last word counts"
        assert session.scalar(select(func.count()).select_from(ContentItem)) == 1
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "placement.make")).all()
        assert [(entry.object_id, entry.site_id) for entry in entries] == [(first.id, world.site.id)]

    def test_another_launch_creates_own_item(self, world: World, launch: Launch):
        other = platforms.launch(world.session, world.context)
        assert place(world, launch).key != place(world, other).key

    def test_staff_of_another_site_may_not_create(self, world: World, launch: Launch, session: Session):
        stranger = world.actor(make.member(session, "leader", site=make.site(session)))
        choice = world.choice("programme")
        with pytest.raises(Forbidden):
            create_content_item(session, actor=stranger, launch=launch, cohort=world.cohort, choice=choice, graded=True)

    def test_closed_group_creates_no_item(self, world: World, launch: Launch):
        operations.set_closed(world.session, actor=world.actor(), cohort=world.cohort, closed=True, now=utc_now())
        with pytest.raises(Invalid, match="завершена") as error:
            place(world, launch)
        assert error.value.field == "group"


class TestFinding:
    @pytest.mark.parametrize("key", ["", None, "nonsense", "0" * 36, 7, "'; drop table lti_placement"])
    def test_invalid_key_finds_nothing(self, world: World, key: object):
        assert find_copied_item(world.session, key, actor=world.actor()) is None

    def test_copied_item_is_found_by_staff_of_site(self, world: World, launch: Launch, session: Session):
        made = place(world, launch)
        assert find_copied_item(session, made.key, actor=world.actor(world.teacher)) is made
        stranger = world.actor(make.member(session, "leader", site=make.site(session)))
        assert find_copied_item(session, made.key, actor=stranger) is None

    def test_same_task_is_found_in_next_version(self, world: World, launch: Launch, session: Session):
        made = place(world, launch, f"task-{world.task.id}")
        later = make.programme(session, world.site)
        task = attestation.task(session, later, lineage=world.task.lineage)
        attestation.task(session, later)
        assert matching_value(made, choices_of(session, make.cohort(session, later))) == f"task-{task.id}"

    def test_content_missing_in_other_programme_is_not_found(self, world: World, launch: Launch, session: Session):
        other = choices_of(session, make.cohort(session, make.programme(session, world.site)))
        for value in (f"task-{world.task.id}", f"check-{world.check.id}"):
            assert matching_value(place(world, launch, value), other) == ""


class TestShowing:
    def test_link_gets_new_item(self, world: World, launch: Launch, session: Session):
        link = platforms.link(session, world.context)
        for value in ("programme", "certificate"):
            set_link_content(
                session, actor=world.actor(), link=link, placement=place(world, launch, value), now=utc_now()
            )
        set_link_content(
            session, actor=world.actor(), link=link, placement=place(world, launch, "certificate"), now=utc_now()
        )
        assert link.placement is not None
        assert link.placement.kind == "certificate"
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "placement.show")).all()
        assert len(told) == 2

    def test_lists_courses_showing_group(self, world: World, launch: Launch, session: Session):
        made, silent = place(world, launch), place(world, launch, "certificate")
        links = [platforms.link(session, world.context, made, seen_at=utc_now()) for _n in range(2)]
        session.add(
            LineItem(link_id=links[0].id, score_maximum=18, state="refused", error=stored_detail("No column for you"))
        )
        session.flush()
        [course] = courses_showing(session, world.cohort)
        assert course.platform is world.context.deployment.platform
        first, second = course.shown
        assert (first.placement, first.links, first.columns) == (made, 2, ("refused",))
        assert first.opened_at is not None
        assert first.error.message == "No column for you"
        assert (second.placement, second.links, second.columns, second.opened_at) == (silent, 0, (), None)

    def test_removal_empties_links_and_withdraws_line_items(self, world: World, launch: Launch, session: Session):
        made = place(world, launch)
        link = platforms.link(session, world.context, made)
        column = LineItem(link_id=link.id, score_maximum=18, state="ready")
        session.add(column)
        session.flush()
        remove_content_item(session, actor=world.actor(world.teacher), placement=made, now=utc_now())
        session.expire_all()
        assert link.placement_id is None
        assert column.state == "unwanted"
        assert session.scalar(select(ContentItem).where(ContentItem.key == made.key)) is None
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "placement.remove"))
        assert entry.detail["title"] == made.title

    def test_staff_of_another_site_may_not_remove(self, world: World, launch: Launch, session: Session):
        made = place(world, launch)
        stranger = world.actor(make.member(session, "leader", site=make.site(session)))
        with pytest.raises(Forbidden):
            remove_content_item(session, actor=stranger, placement=made, now=utc_now())
