"""Fetching rosters from a strict platform: paging, one link's members, failures."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.i18n import use_locale
from lms.core.jobs.models import Job
from lms.lti.models.services import Roster
from lms.lti.rosters import fetching
from lms.lti.rosters.fetching import fetch_roster
from lms.lti.rosters.requesting import forget_old, request_roster, retry_roster, sources
from lms.lti.services.tokens import reset_tokens
from tests.factories import make, platforms
from tests.support.platform.course import INSTRUCTOR
from tests.support.platform.strict import registered


@pytest.fixture(autouse=True)
def _no_tokens():
    reset_tokens()


@pytest.fixture
def course(session, platform):
    """A group shown in the platform's course."""
    row = registered(session, platform)
    return platforms.shown(session, make.cohort(session), platforms.context_of(session, row, platform))


def leader(session, cohort):
    account = make.member(session, "leader", site=cohort.site)
    return Actor(account.id, account.person_id)


def asked(session, course, link=None):
    cohort, context = course.cohort, course.context
    actor = leader(session, cohort)
    key = link.id if link else None
    return request_roster(session, actor=actor, cohort=cohort, context_id=context.id, link_id=key, now=utc_now())


def fetched(session, course, link=None):
    roster = asked(session, course, link)
    fetch_roster(session, roster.id)
    return roster


def test_fetches_all_pages(session, platform, course):
    platform.page_size = 2
    for _person in range(5):
        platform.course.add_person()
    roster = fetched(session, course)
    assert (roster.state, roster.error) == ("ready", None)
    assert {each["subject"] for each in roster.members} == {one.subject for one in platform.course.people}
    assert len(platform.received_at("members")) == -(-len(platform.course.people) // 2)
    assert platform.complaints == []


def test_fetches_members_of_one_link(session, platform, course):
    here = platform.course.learner
    theirs = platform.course.add_link()
    theirs.only = (here.subject,)
    link = platforms.link(session, course.context, course, resource_link_id=theirs.id)
    roster = fetched(session, course, link)
    assert [each["subject"] for each in roster.members] == [here.subject]
    assert platform.received_at("members")[0].query["rlid"] == theirs.id


def test_fetches_roles_and_statuses(session, platform, course):
    platform.course.people.clear()
    platform.course.add_person(subject="1", status="Inactive")
    platform.course.add_person(subject="2", roles=(INSTRUCTOR,))
    told = {each["subject"]: (each["standing"], each["active"]) for each in fetched(session, course).members}
    assert told == {"1": ("learner", False), "2": ("instructor", True)}


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ({"status": 503, "times": 9}, "503"),
        ({"status": 403, "times": 9}, "разреш"),
        ({"status": 200, "body": "не JSON", "times": 9}, "JSON"),
        ({"status": 200, "body": "[]", "times": 9}, "список"),
        ({"status": 302, "location": "https://localhost/elsewhere", "times": 9}, "302"),
    ],
)
def test_failure_is_stored_as_message(session, platform, course, failure, words):
    platform.fail("members", **failure)
    roster = fetched(session, course)
    assert (roster.state, roster.members) == ("failed", [])
    assert words in roster.error.message


def test_missing_token_or_connection_fails(session, platform, course):
    platform.fail("token", status=400, times=9)
    assert fetched(session, course).state == "failed"
    course.context.roster_url = "https://localhost:1/members"
    assert fetched(session, course).state == "failed"


def test_next_page_of_foreign_origin_fails(session, platform, course):
    link = {"Link": '<https://evil.example/more>; rel="next"'}
    platform.fail("members", status=200, body='{"members": []}', headers=link, times=1)
    assert "другому адресу" in fetched(session, course).error.message


def test_endless_roster_fails(session, platform, course, monkeypatch):
    link = {"Link": '<?again=1&type_id=1>; rel="next"'}
    platform.fail("members", status=200, body='{"members": []}', headers=link, times=9)
    assert "конца" in fetched(session, course).error.message
    monkeypatch.setattr(fetching, "LONGEST_SECONDS", -1.0)
    assert "долго" in fetched(session, course).error.message


def test_failed_roster_is_requested_again(session, platform, course):
    platform.fail("members", status=503, times=1)
    roster = fetched(session, course)
    assert roster.state == "failed"
    retry_roster(session, roster=roster, now=utc_now())
    retry_roster(session, roster=roster, now=utc_now())
    assert roster.state == "waiting"
    fetch_roster(session, roster.id)
    fetch_roster(session, roster.id)
    assert roster.state == "ready"
    assert len(platform.received_at("members")) == 2


def test_double_click_makes_one_request(session, course):
    cohort, now = course.cohort, utc_now()
    actor = leader(session, cohort)
    rosters = [
        request_roster(session, actor=actor, cohort=cohort, context_id=course.context.id, link_id=None, now=now)
        for _n in "12"
    ]
    assert rosters[0] is rosters[1]
    waiting = session.scalars(select(Job).where(Job.kind == "platform.roster")).all()
    assert [(job.subject_id, job.state) for job in waiting] == [(rosters[0].id, "waiting")]


def test_sources_show_group(session, platform, course):
    other = platforms.context(session, course.context.deployment.platform, roster_url="https://x.example/")
    cohort = course.cohort
    assert [one.context_id for one in sources(session, cohort)] == [course.context.id]
    for context_id, link_id in ((other.id, None), (course.context.id, 999_999)):
        with pytest.raises(Invalid):
            request_roster(
                session,
                actor=leader(session, cohort),
                cohort=cohort,
                context_id=context_id,
                link_id=link_id,
                now=utc_now(),
            )
    course.context.deployment.platform.removed_at = utc_now()
    session.flush()
    assert sources(session, cohort) == []


def test_members_are_deleted_after_a_day(session, platform, course):
    roster = fetched(session, course)
    forget_old(session, utc_now() + timedelta(hours=23))
    assert roster.members
    forget_old(session, utc_now() + timedelta(hours=25))
    assert (roster.state, roster.members) == ("failed", [])
    assert session.scalars(select(Roster).where(Roster.id == roster.id)).one().error


def test_failure_is_shown_in_each_readers_language(session, platform, course):
    platform.fail("members", status=403, times=9)
    roster = fetched(session, course)
    session.flush()
    session.expire_all()
    with use_locale("ru"):
        russian = roster.error.message
    with use_locale("en"):
        english = roster.error.message
    assert "не разрешает" in russian
    assert english.startswith("The platform does not allow us to see who is in the course")


def test_sentence_stored_by_an_earlier_version_is_shown_as_it_is(session, course):
    roster = asked(session, course)
    session.execute(
        text("UPDATE lti_roster SET state = 'failed', error = 'Нет ответа' WHERE id = :key"), {"key": roster.id}
    )
    session.expire_all()
    with use_locale("en"):
        assert roster.error.message == "Нет ответа"
