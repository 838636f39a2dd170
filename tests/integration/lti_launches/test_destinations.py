"""Destinations of launches, saved contexts and links, and the actor inside a launch."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.groups import Enrolment
from lms.core.auth.policy import RoleAssignment
from lms.core.clock import utc_now
from lms.core.people.models import Account
from lms.lti.errors import Refused
from lms.lti.identity import account_resolution
from lms.lti.launches import acceptance
from lms.lti.launches.actors import scoped_actor
from lms.lti.models.launches import ContentItem, Context, Link, Participant
from lms.registry.models import Membership
from tests.factories import attestation, make, platforms
from tests.support.platform_tokens import INSTRUCTOR, LEARNER, MENTOR, TokenMaker, deep_linking

OUTSIDE = {"context": None}
LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
ADMINISTRATOR = f"{LIS}membership#Administrator"


@pytest.fixture
def maker(session: Session) -> TokenMaker:
    made = TokenMaker()
    made.register(session)
    return made


@pytest.fixture
def course(session: Session, maker: TokenMaker) -> Context:
    """Returns the platform's course ``course-1``."""
    return platforms.context(session, maker.platform, context_id="course-1")


def placed(session: Session, course: Context, **values: Any) -> ContentItem:
    return platforms.placement(session, course, values.pop("group", None) or make.cohort(session), **values)


def shown(maker: TokenMaker, session: Session, placement: ContentItem, **changes: Any) -> acceptance.AcceptedLaunch:
    return maker.launch(session, custom={"placement": str(placement.key)}, **changes)


def known(session: Session, maker: TokenMaker, account: Account, subject: str) -> Account:
    account_resolution.link_identity(session, account=account, platform=maker.platform, subject=subject, now=utc_now())
    return account


def enrolment_of(session: Session, placement: ContentItem) -> Enrolment:
    return session.scalars(select(Enrolment).where(Enrolment.cohort_id == placement.cohort_id)).one()


def where(accepted: acceptance.AcceptedLaunch) -> tuple[str, dict[str, Any]]:
    return accepted.destination.endpoint, dict(accepted.destination.values)


# Learners


def test_learner_opens_programme(session: Session, maker: TokenMaker, course: Context):
    placement = placed(session, course)
    accepted = shown(maker, session, placement)
    enrolment = enrolment_of(session, placement)
    assert where(accepted) == ("course.show", {"enrolment_id": enrolment.id})
    assert accepted.launch.session.account.person_id == enrolment.person_id
    assert accepted.launch.named == {}
    assert where(shown(maker, session, placement)) == ("course.show", {"enrolment_id": enrolment.id})


def test_learner_opens_each_kind_of_content(session: Session, maker: TokenMaker, course: Context):
    group = make.cohort(session)
    task = attestation.task(session, group.version)
    lineage = make.topics(session, group.version)[0].lineage
    parts = {
        "topic": placed(session, course, group=group, kind="topic", topic_lineage=lineage),
        "task": placed(session, course, group=group, kind="task", task_id=task.id),
        "certificate": placed(session, course, group=group, kind="certificate"),
    }
    opened = {name: where(shown(maker, session, part, resource_link={"id": name})) for name, part in parts.items()}
    enrolment = enrolment_of(session, parts["topic"]).id
    assert opened == {
        "topic": ("course.topic", {"enrolment_id": enrolment, "lineage": lineage}),
        "task": ("tasks.show", {"enrolment_id": enrolment, "task_id": task.id}),
        "certificate": ("certificates.index", {}),
    }


def test_target_url_names_content_item(session: Session, maker: TokenMaker, course: Context):
    placement = placed(session, course)
    accepted = maker.launch(session, target_link_uri=f"http://localhost/lti/open/{placement.key}")
    assert where(accepted)[0] == "course.show"


def test_link_keeps_content_item(session: Session, maker: TokenMaker, course: Context):
    placement = placed(session, course)
    shown(maker, session, placement)
    assert where(maker.launch(session))[0] == "course.show"
    assert session.scalars(select(Link)).one().placement is placement


def test_latest_content_item_wins(session: Session, maker: TokenMaker, course: Context):
    first, second = placed(session, course), placed(session, course)
    shown(maker, session, first)
    link = session.scalars(select(Link)).one()
    link.placement = second  # staff chose anew here, the platform's link still names the first
    session.flush()
    session.expire(link)
    assert shown(maker, session, first).launch.link.placement is second
    third = placed(session, course)  # and now the platform's link was made anew
    assert shown(maker, session, third).launch.link.placement is third


def test_content_item_of_another_course_is_ignored(session: Session, maker: TokenMaker, course: Context):
    placement = placed(session, course)
    copied = shown(maker, session, placement, context={"id": "course-2", "title": "Копия"})
    assert where(copied)[0] == "linking.unset"
    assert copied.launch.session is None
    assert session.scalar(select(Enrolment).where(Enrolment.cohort_id == placement.cohort_id)) is None


@pytest.mark.parametrize("key", ["nonsense", "6f1d2a52-3b0c-4e7e-9a51-2f1c7f0d9b11", "x" * 300])
def test_unknown_key_is_ignored(session: Session, maker: TokenMaker, course: Context, key: str):
    assert where(maker.launch(session, custom={"placement": key}))[0] == "linking.unset"


def test_withdrawn_trainee_is_refused(session: Session, maker: TokenMaker, course: Context):
    placement = placed(session, course)
    shown(maker, session, placement)
    enrolment_of(session, placement).state = "withdrawn"
    session.flush()
    with pytest.raises(Refused) as refusal:
        shown(maker, session, placement)
    assert (refusal.value.reason, refusal.value.platform_id) == ("withdrawn", maker.platform.id)
    assert refusal.value.return_url == f"{maker.issuer}/return.php"


# Those who are not known


def test_visitor_continues_after_welcome(session: Session, maker: TokenMaker, course: Context):
    placement = placed(session, course)
    accepted = shown(maker, session, placement, given_name=None, family_name=None, name="Зимина Ольга")
    launch = accepted.launch
    assert (where(accepted)[0], launch.session, launch.named["name"]) == ("linking.welcome", None, "Зимина Ольга")
    account = known(session, maker, make.account(session), "user-17")
    gone_on = acceptance.accept_visitor(
        session, launch=launch, account=account, agent="a", address="192.0.2.1", now=utc_now()
    )
    assert where(gone_on) == ("course.show", {"enrolment_id": enrolment_of(session, placement).id})
    assert (launch.session.account, launch.session.launched, launch.named) == (account, True, {})
    assert gone_on.token != accepted.token


def test_launch_without_subject_is_anonymous(session: Session, maker: TokenMaker, course: Context):
    accepted = shown(maker, session, placed(session, course), sub=None)
    assert (where(accepted)[0], accepted.launch.session) == ("linking.anonymous", None)
    assert session.scalar(select(Participant)) is None


def test_unset_link_shows_message(session: Session, maker: TokenMaker):
    known(session, maker, make.account(session), "user-17")
    assert where(maker.launch(session))[0] == "linking.unset"
    assert where(maker.launch(session, sub="user-18"))[0] == "linking.unset"
    assert where(maker.launch(session, sub="user-18", roles=[INSTRUCTOR]))[0] == "linking.welcome"


def test_mentor_opens_mentees(session: Session, maker: TokenMaker, course: Context):
    accepted = shown(maker, session, placed(session, course), roles=[MENTOR], role_scope_mentor=["user-5"])
    assert where(accepted)[0] == "linking.mentees"
    assert accepted.launch.mentees == ["user-5"]


# Staff


def leader_of(session: Session, maker: TokenMaker, placement: ContentItem, role: str = "leader") -> Account:
    return known(session, maker, make.member(session, role, site=placement.cohort.site), "leader-1")


def test_staff_see_the_group(session: Session, maker: TokenMaker, course: Context):
    group = make.cohort(session)
    lineage = make.topics(session, group.version)[0].lineage
    whole = placed(session, course, group=group)
    topic = placed(session, course, group=group, kind="topic", topic_lineage=lineage)
    papers = placed(session, course, group=group, kind="certificate")
    task = placed(session, course, group=group, kind="task", task_id=attestation.task(session, group.version).id)
    leader_of(session, maker, whole)
    opened = [
        where(shown(maker, session, part, sub="leader-1", roles=[INSTRUCTOR], resource_link={"id": str(part.id)}))
        for part in (whole, topic, papers, task)
    ]
    assert opened == [
        ("groups.show", {"cohort_id": group.id}),
        ("groups.show", {"cohort_id": group.id, "topic": str(lineage)}),
        ("certificates.of_group", {"cohort_id": group.id}),
        ("grading.queue", {}),
    ]


def test_staff_select_content_for_unset_link(session: Session, maker: TokenMaker, course: Context):
    leader_of(session, maker, placed(session, course))
    assert where(maker.launch(session, sub="leader-1", roles=[ADMINISTRATOR]))[0] == "placing.choose"


def test_instructor_without_role_has_no_access(session: Session, maker: TokenMaker, course: Context):
    placement = placed(session, course)
    known(session, maker, make.member(session, "leader", site=make.site(session)), "user-17")
    accepted = shown(maker, session, placement, roles=[INSTRUCTOR])
    assert where(accepted)[0] == "linking.unset"
    enrolled = make.enrolment(session, placement.cohort, account=accepted.launch.session.account)
    again = shown(maker, session, placement, roles=[INSTRUCTOR])
    assert where(again) == ("course.show", {"enrolment_id": enrolled.id})


def test_deep_linking_opens_selection(session: Session, maker: TokenMaker, course: Context):
    leader_of(session, maker, placed(session, course))
    asked = {
        "message_type": "LtiDeepLinkingRequest",
        "resource_link": None,
        "deep_linking_settings": deep_linking(maker.issuer),
    }
    accepted = maker.launch(session, sub="leader-1", roles=[INSTRUCTOR], **asked)
    assert where(accepted)[0] == "placing.choose"
    assert (accepted.launch.link, accepted.launch.deep_linking["data"]) == (None, "csrf:5")
    assert where(maker.launch(session, roles=[INSTRUCTOR], **asked))[0] == "linking.welcome"
    assert where(maker.launch(session, sub=None, roles=[INSTRUCTOR], **asked))[0] == "linking.anonymous"


def test_target_url_opens_another_page(session: Session, maker: TokenMaker):
    known(session, maker, make.account(session), "user-17")
    accepted = maker.launch(session, target_link_uri="http://localhost/course/5?x=1")
    assert accepted.destination.path == "/course/5?x=1"


# Who acts


def places(session: Session, accepted: acceptance.AcceptedLaunch) -> frozenset[RoleAssignment]:
    actor = scoped_actor(session, accepted.launch)
    assert not actor.is_administrator
    return actor.places


def test_roles_count_at_launch_site_only(session: Session, maker: TokenMaker, course: Context):
    placement = placed(session, course)
    account = leader_of(session, maker, placement)
    account.is_administrator = True
    site, other = placement.cohort.site, make.site(session)
    here = {"person_id": account.person_id, "starts_on": utc_now().date()}
    session.add_all(
        [
            Membership(role="methodologist", authority_id=site.authority_id, **here),
            Membership(role="director", organization_id=site.organization_id, **here),
            Membership(role="teacher", site_id=other.id, **here),
        ]
    )
    session.flush()
    accepted = shown(maker, session, placement, sub="leader-1", roles=[INSTRUCTOR])
    assert places(session, accepted) == {RoleAssignment("leader", "site", site.id)}
    nothing = maker.launch(session, sub="leader-1", roles=[INSTRUCTOR], resource_link={"id": "empty"})
    assert places(session, nothing) == {
        RoleAssignment("leader", "site", site.id),
        RoleAssignment("teacher", "site", other.id),
    }


@pytest.mark.parametrize(
    ("teach", "own", "roles", "expected"),
    [
        (True, True, [INSTRUCTOR], True),
        (True, True, [f"{LIS}membership/Instructor#TeachingAssistant"], True),
        (False, True, [INSTRUCTOR], False),
        (True, False, [INSTRUCTOR], False),
        (True, True, [LEARNER], False),
        (True, True, [ADMINISTRATOR], False),
        (True, True, [f"{LIS}membership/Learner#Instructor"], False),
    ],
)
def test_instructor_teaches_at_platform_site(
    session: Session, maker: TokenMaker, course: Context, teach: bool, own: bool, roles: list[str], expected: bool
):
    placement = placed(session, course)
    maker.platform.site_id = placement.cohort.site_id if own else make.site(session).id
    maker.platform.instructors_teach = teach
    known(session, maker, make.account(session), "user-17")
    accepted = shown(maker, session, placement, roles=roles)
    assert (RoleAssignment("teacher", "site", placement.cohort.site_id) in places(session, accepted)) is expected


def test_visitor_has_no_permissions(session: Session, maker: TokenMaker):
    assert scoped_actor(session, maker.launch(session).launch).is_anyone


# What is written down


def test_context_and_link_are_updated(session: Session, maker: TokenMaker):
    told = {
        "grades": {"scope": ["s"], "lineitems": f"{maker.issuer}/items", "lineitem": f"{maker.issuer}/items/1"},
        "roster": {"context_memberships_url": f"{maker.issuer}/members"},
    }
    maker.launch(session, **told)
    maker.launch(session, **told, context={"id": "course-1", "title": "Новое имя"}, resource_link={"id": "link-1"})
    course, link = session.scalars(select(Context)).one(), session.scalars(select(Link)).one()
    assert (course.title, course.label, course.scopes) == ("Новое имя", "", ["s"])
    assert (course.line_items_url, course.roster_url) == (f"{maker.issuer}/items", f"{maker.issuer}/members")
    assert (link.title, link.line_item_url) == ("", f"{maker.issuer}/items/1")
    asked = {"message_type": "LtiDeepLinkingRequest", "deep_linking_settings": deep_linking(maker.issuer)}
    maker.launch(session, resource_link=None, **asked)
    assert course.line_items_url == f"{maker.issuer}/items"
    maker.launch(session)
    assert (course.line_items_url, course.roster_url, link.line_item_url) == (None, None, None)


@pytest.mark.parametrize(
    ("known_as", "code", "expected"),
    [
        ("other", "BlackboardLearn", "blackboard"),
        ("other", "somewhat", "other"),
        ("other", None, "other"),
        ("canvas", "moodle", "canvas"),
    ],
)
def test_launch_records_platform_family(session: Session, maker: TokenMaker, known_as: str, code: str, expected: str):
    maker.platform.family = known_as
    maker.launch(session, tool_platform={"guid": "g", "product_family_code": code})
    assert maker.platform.family == expected


def test_launch_outside_course_has_empty_context(session: Session, maker: TokenMaker):
    first, second = maker.launch(session, **OUTSIDE), maker.launch(session, **OUTSIDE)
    assert first.launch.context_id == second.launch.context_id
    assert first.launch.context.context_id == ""


def test_participant_keeps_account(session: Session, maker: TokenMaker, course: Context):
    maker.launch(session)
    participant = session.scalars(select(Participant)).one()
    assert participant.account_id is None
    account = known(session, maker, make.account(session), "user-17")
    maker.launch(session)
    session.refresh(participant)
    assert participant.account_id == account.id
