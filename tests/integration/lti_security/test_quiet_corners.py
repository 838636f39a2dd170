"""Information leaks, redirect loops and waiting for platforms."""

import pytest

from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.lti.models.services import Roster
from lms.lti.rosters.applying import RosterNotReady, Selection, apply
from lms.lti.rosters.requesting import retry_roster
from tests.factories import make, platforms
from tests.support.counting import count_queries
from tests.support.platform_tokens import TokenMaker


@pytest.fixture
def waiting(session) -> Roster:
    """A roster being fetched, whose row is locked until the platform has answered."""
    context = platforms.context(session, roster_url="https://x.example/members")
    roster = Roster(context_id=context.id, cohort_id=make.cohort(session).id, seen_at=utc_now())
    session.add(roster)
    session.flush()
    return roster


def test_pages_do_not_wait_for_fetching_roster(session, engine, waiting):
    with count_queries(engine) as sent:
        with pytest.raises(RosterNotReady):
            apply(session, actor=Actor(None, None), roster=waiting, chosen=Selection(), now=utc_now())
        retry_roster(session, roster=waiting, now=utc_now())
    assert not [statement for statement in sent if "FOR UPDATE" in statement]


@pytest.fixture
def maker(session) -> TokenMaker:
    made = TokenMaker()
    made.register(session)
    return made


@pytest.mark.parametrize("page", ["/enter", "/enter?window=1", "//evil.example/", "/a//b", "/x/../../account"])
def test_target_url_causes_no_redirect_loop(session, maker, page):
    accepted = maker.launch(session, target_link_uri=f"http://localhost{page}")
    assert accepted.destination.path is None


def test_name_without_subject_is_not_stored(session, maker):
    assert maker.launch(session, sub=None).launch.named == {}
    assert maker.launch(session).launch.named["given_name"] == "Ольга"


def test_urls_with_tokens_are_not_logged(client, capsys):
    client.get("/lti/register/made-up-token-of-an-administrator?openid_configuration=https://x.example/?secret=1")
    told = capsys.readouterr().err
    assert "path=/lti/register/…" in told
    assert "made-up-token" not in told
    assert "secret=1" not in told


@pytest.mark.parametrize("text", ["x\nforged line", "x\r\nforged line", "\x1b[2Jforged line", "x\u2028forged line"])
def test_log_injection_is_prevented(client, capsys, text):
    client.post("/lti/launch", data={"iss": text, "client_id": text, "state": "x"})
    client.get("/lti/register/made-up", query_string={"openid_configuration": f"https://a.example/{text}"})
    told = capsys.readouterr().err
    assert not [line for line in told.splitlines() if line.startswith("forged")]
    assert "\x1b[2J" not in told
