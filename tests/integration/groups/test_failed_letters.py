"""A letter that was not delivered is shown beside its trainee, with a card to print, until something replaces it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from courses.groups.invitations import failed_letters, invite
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.mail.models import Message
from lms.core.mail.operations import note_failed, note_sent
from lms.core.notifications.queries import notices_of
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.counting import count_queries

ADDRESS = "gone@school.example"


@pytest.fixture
def group(session):
    return make.cohort(session)


@pytest.fixture
def leader(session, group):
    return make.member(session, "leader", site=group.site)


@pytest.fixture
def trainee(session, group):
    return make.enrolment(session, group, account=make.account(session, email=ADDRESS))


def invited(session, group, leader, trainee) -> Message:
    """Invites the trainee and returns the letter."""
    actor = Actor(leader.id, leader.person_id)
    invite(session, actor=actor, cohort=group, people=[trainee], link_to=lambda token: token, now=utc_now())
    trainee.invited_at -= timedelta(minutes=2)  # so that the next invitation is no double click
    letter = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    letter.created_at = trainee.invited_at
    session.flush()
    return letter


def test_undelivered_invitation_is_shown_with_a_card_to_print(client, session, group, leader, trainee):
    note_failed(session, invited(session, group, leader, trainee), reason="550 no such person")
    session.commit()
    browser = log_in(client, session, leader)
    page = browser.get(f"/groups/{group.id}/trainees").text
    assert f"письмо на {ADDRESS} не доставлено" in page
    assert re.search(rf'<button[^>]*form="one-card" name="who" value="{trainee.id}"', page)
    assert "1 письмо не доставлено" in page
    card = browser.post(f"/groups/{group.id}/cards", data={"which": "failed"}).text
    assert trainee.person.account.username in card
    assert f"письмо на {ADDRESS} не доставлено" not in browser.get(f"/groups/{group.id}/trainees").text


def test_person_who_invited_is_notified(session, group, leader, trainee):
    note_failed(session, invited(session, group, leader, trainee), reason="550 no such person")
    (notice,) = notices_of(session, leader.person_id)
    assert (notice.kind, notice.detail["recipient"]) == ("letter_failed", ADDRESS)


def test_later_letter_that_arrived_ends_it(session, group, leader, trainee):
    note_failed(session, invited(session, group, leader, trainee), reason="550 no such person")
    again = invited(session, group, leader, trainee)
    assert failed_letters(session, group.id) == {trainee.id: ADDRESS}
    note_sent(session, again, now=utc_now())
    assert failed_letters(session, group.id) == {}


def test_another_address_ends_it(session, group, leader, trainee):
    note_failed(session, invited(session, group, leader, trainee), reason="550 no such person")
    trainee.person.account.email = "here@school.example"
    session.flush()
    assert failed_letters(session, group.id) == {}


def test_letter_that_waits_is_not_shown_as_failed(session, group, leader, trainee):
    invited(session, group, leader, trainee)
    assert failed_letters(session, group.id) == {}


def test_list_of_trainees_reads_failed_letters_once(client, session, engine, group, leader, trainee):
    for _number in range(20):
        make.enrolment(session, group)
    session.commit()
    browser = log_in(client, session, leader)
    with count_queries(engine) as sent:
        browser.get(f"/groups/{group.id}/trainees")
    assert len([one for one in sent if "FROM message" in one or "JOIN message" in one]) == 1, "\n".join(sent)
