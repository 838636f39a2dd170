import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.crypto import keyed_hash
from lms.core.errors import Invalid
from lms.core.jobs.models import Job
from lms.core.mail.models import Message
from lms.core.people import invitations, jobs, one_time_links, operations
from lms.core.people.models import OneTimeLink
from lms.registry.appointments import Appointee, appoint_somebody
from tests.factories import make

NOW = utc_now()


def link_to(token):
    return f"https://lms.example.org/link/{token}"


def issue(session, account, purpose="invitation", now=NOW):
    return one_time_links.issue(session, account=account, purpose=purpose, actor=SYSTEM, now=now)


def test_link_is_usable_once(session):
    account = make.account(session)
    token = issue(session, account)
    assert one_time_links.look_up(session, token, now=NOW).account is account
    assert one_time_links.look_up(session, token, now=NOW).used_at is None
    assert one_time_links.used_by(session, token, now=NOW) is None
    one_time_links.consume(session, token, now=NOW)
    with pytest.raises(one_time_links.LinkGone) as caught:
        one_time_links.consume(session, token, now=NOW)
    assert caught.value.reason == "used"
    assert one_time_links.used_by(session, token, now=NOW) is account


@pytest.mark.parametrize(("purpose", "hours"), [("reset", 2), ("invitation", 14 * 24), ("card", 60 * 24)])
def test_link_ends_after_its_term(session, purpose, hours):
    token, of_it = issue(session, make.account(session), purpose), {"purposes": {purpose}}
    one_time_links.look_up(session, token, now=NOW + timedelta(hours=hours, seconds=-1), **of_it)
    with pytest.raises(one_time_links.LinkGone) as caught:
        one_time_links.look_up(session, token, now=NOW + timedelta(hours=hours), **of_it)
    assert caught.value.reason == "ended"


def test_new_link_ends_earlier_one(session):
    account = make.account(session)
    first, other = issue(session, account), issue(session, account, "reset")
    second = issue(session, account)
    with pytest.raises(one_time_links.LinkGone, match="другую"):
        one_time_links.look_up(session, first, now=NOW)
    one_time_links.look_up(session, second, now=NOW)
    one_time_links.look_up(session, other, now=NOW)


def test_database_stores_hash_only(session):
    token = issue(session, make.account(session))
    kept = session.scalars(select(OneTimeLink)).all()[-1]
    assert token not in repr(vars(kept))
    assert kept.token_hash == one_time_links.hash_of(token)


def test_rejects_link_of_closed_account_and_unknown_token(session):
    account = make.account(session)
    token = issue(session, account)
    account.is_active = False
    session.flush()
    for wrong in (token, "nothing", ""):
        with pytest.raises(one_time_links.LinkGone) as caught:
            one_time_links.look_up(session, wrong, now=NOW)
        assert caught.value.reason == "unknown"


def test_card_code_is_accepted_in_any_spelling(session):
    account = make.account(session, username="nina")
    code = issue(session, account, "card")
    printed = one_time_links.as_printed(code)
    assert len(printed) == 19
    cyrillic = printed.lower().translate(str.maketrans("aceopxkmth", "асеорхкмтн"))
    for typed in (code, printed, printed.lower(), printed.replace("-", " "), cyrillic):
        assert one_time_links.check_card(session, username=" NINA ", code=typed, now=NOW).account is account


def test_code_of_card_cannot_be_computed_from_database(session):
    code = issue(session, make.account(session), "card")
    (kept,) = session.scalars(select(OneTimeLink).where(OneTimeLink.purpose == "card"))
    assert len(code) == 16
    assert kept.token_hash != hashlib.sha256(code.encode()).hexdigest()
    before = keyed_hash._key[:]
    keyed_hash.configure("another secret")
    assert one_time_links.hash_of(code) != kept.token_hash
    keyed_hash._key[:] = before
    assert one_time_links.hash_of(code) == kept.token_hash


def test_card_printed_by_earlier_release_is_valid_until_it_ends(session):
    account = make.account(session, username="nina")
    issue(session, account, "card")
    (kept,) = session.scalars(select(OneTimeLink).where(OneTimeLink.purpose == "card"))
    kept.token_hash = hashlib.sha256(b"ABCDEFGHJKLM").hexdigest()
    session.flush()
    assert one_time_links.check_card(session, username="nina", code="abcd-efgh-jklm", now=NOW).account is account
    with pytest.raises(Invalid):
        one_time_links.check_card(session, username="nina", code="abcd-efgh-jklm", now=NOW + timedelta(days=60))


def test_card_is_no_link(session):
    code = issue(session, make.account(session), "card")
    with pytest.raises(one_time_links.LinkGone):
        one_time_links.look_up(session, code, now=NOW)
    with pytest.raises(one_time_links.LinkGone):
        one_time_links.consume(session, code, now=NOW)


def test_rejects_card_of_another_user_name(session):
    account = make.account(session, username="nina")
    make.account(session, username="vera")
    code = issue(session, account, "card")
    invitation = issue(session, account)
    for name, typed in (("vera", code), ("nina", "AAAA-AAAA-AAAA-AAAA"), ("nina", invitation), ("nina", "")):
        with pytest.raises(Invalid) as caught:
            one_time_links.check_card(session, username=name, code=typed, now=NOW)
        assert caught.value.field == "code"
    one_time_links.consume(session, code, now=NOW, purposes=one_time_links.CARDS)
    with pytest.raises(Invalid, match="воспользовались"):
        one_time_links.check_card(session, username="nina", code=code, now=NOW)


def test_invitation_is_in_language_of_recipient(session):
    account = make.account(session, email="nina@school.ru", locale="en")
    assert invitations.invite(session, actor=SYSTEM, account=account, link_to=link_to, now=NOW)
    letter = session.scalars(select(Message)).one()
    assert letter.subject == "Your invitation"
    assert account.username in letter.body
    line = next(line for line in letter.body.splitlines() if line.startswith("https://"))
    assert one_time_links.look_up(session, line.rpartition("/")[2], now=NOW).account is account
    assert session.scalars(select(Job.kind)).all() == ["mail.send"]


def test_invite_sends_nothing_without_address(session):
    account = make.account(session)
    assert not invitations.invite(session, actor=SYSTEM, account=account, link_to=link_to, now=NOW)
    invitations.send_reset(session, login=account.username, link_to=link_to, now=NOW)
    assert session.scalars(select(Message)).all() == []


def test_reset_is_sent_to_every_account_of_shared_address(session):
    for name in ("nina", "vera"):
        make.account(session, username=name, email="school@example.org")
    invitations.send_reset(session, login=" School@example.org", link_to=link_to, now=NOW)
    invitations.send_reset(session, login="stranger@example.org", link_to=link_to, now=NOW)
    letters = session.scalars(select(Message).order_by(Message.id)).all()
    assert ["nina" in letters[0].body, "vera" in letters[1].body] == [True, True]


def test_new_cards_end_earlier_ones(session):
    accounts = [make.account(session) for _ in range(3)]
    first = invitations.print_cards(session, actor=SYSTEM, accounts=accounts, now=NOW)
    again = invitations.print_cards(session, actor=SYSTEM, accounts=accounts[:1], now=NOW)
    assert len({card.code for card in first + again}) == 4
    with pytest.raises(one_time_links.LinkGone):
        one_time_links.look_up(session, first[0].code, now=NOW, purposes=one_time_links.CARDS)
    path, _hash, behind = again[0].address.partition("#")
    username, code = behind.split("/")
    assert path == "http://localhost/log-in/card"
    assert one_time_links.check_card(session, username=username, code=code, now=NOW).account is accounts[0]


def test_periodic_work_deletes_old_links(session):
    issue(session, make.account(session), "reset", now=NOW - timedelta(days=40))
    issue(session, make.account(session), "reset")
    _, tidy = jobs.PERIODIC["tidy_people"]
    tidy(session, NOW)
    assert len(session.scalars(select(OneTimeLink)).all()) == 1


PURPOSES = ("invitation", "reset", "card")


def usable(session, tokens):
    found = []
    for token in tokens:
        try:
            found.append(one_time_links.look_up(session, token, now=NOW, purposes=one_time_links.TERMS).purpose)
        except one_time_links.LinkGone:
            continue
    return found


def test_set_password_ends_every_other_link(session):
    account, other = make.account(session), make.account(session)
    tokens, others = ([issue(session, each, purpose) for purpose in PURPOSES] for each in (account, other))
    assert usable(session, tokens) == list(PURPOSES)
    operations.set_password(session, actor=None, account=account, password="три зелёных кота", now=NOW)
    assert usable(session, tokens) == []
    assert usable(session, others) == list(PURPOSES)


def test_closed_account_keeps_no_link_for_the_day_it_opens_again(session):
    account = make.account(session)
    token = issue(session, account, "card")
    for active in (False, True):
        operations.set_active(session, actor=SYSTEM, account=account, active=active, now=NOW)
    assert usable(session, [token]) == []


def test_new_administrator_keeps_no_card_of_a_leader(session):
    account = make.account(session)
    token = issue(session, account, "card")
    operations.set_administrator(session, actor=SYSTEM, account=account, administrator=True, now=NOW)
    assert usable(session, [token]) == []


def test_appointment_ends_cards_issued_before(session):
    account, site = make.account(session, email="nina@school.ru"), make.site(session)
    tokens = [issue(session, account, purpose) for purpose in PURPOSES]
    appoint_somebody(
        session,
        actor=SYSTEM,
        who=Appointee(person=account.person),
        role="methodologist",
        at="authority",
        place_id=site.authority_id,
        starts_on=NOW.date(),
        order_number=None,
        order_date=None,
        qualification=None,
        link_to=link_to,
        now=NOW,
    )
    assert usable(session, tokens) == []
    letter = session.scalars(select(Message)).one().body
    invited = next(line for line in letter.splitlines() if line.startswith("https://")).rpartition("/")[2]
    assert usable(session, [invited]) == ["invitation"]


def test_used_link_answers_for_ten_minutes_only(session):
    account = make.account(session)
    token = issue(session, account)
    one_time_links.consume(session, token, now=NOW)
    assert one_time_links.used_by(session, token, now=NOW + timedelta(minutes=9)) is account
    assert one_time_links.used_by(session, token, now=NOW + timedelta(minutes=10)) is None


def letters_of_reset(session, login):
    invitations.send_reset(session, login=login, link_to=link_to, now=NOW)
    return [letter.recipient for letter in session.scalars(select(Message))]


def test_reset_is_not_sent_to_unconfirmed_address(session):
    account = make.account(session, username="nina", email="nina@school.ru", email_confirmed_at=None)
    account.password_hash = "x"
    session.flush()
    assert letters_of_reset(session, "nina@school.ru") == []
    assert letters_of_reset(session, "nina") == []
    account.email_confirmed_at = NOW
    session.flush()
    assert letters_of_reset(session, "nina") == ["nina@school.ru"]


def test_repeated_reset_keeps_the_first_link(session):
    make.account(session, username="nina", email="nina@school.ru")
    assert letters_of_reset(session, "nina") == ["nina@school.ru"]
    assert letters_of_reset(session, "nina") == ["nina@school.ru"]
    invitations.send_reset(session, login="nina", link_to=link_to, now=NOW + invitations.REPEATED_WITHIN)
    assert len(session.scalars(select(Message)).all()) == 2


def test_used_invitation_confirms_the_address_it_was_mailed_to(session):
    accounts = [make.account(session, email=f"{name}@school.ru", email_confirmed_at=None) for name in ("a", "b", "c")]
    tokens = []
    for account in accounts:
        invitations.invite(
            session, actor=SYSTEM, account=account, link_to=lambda token: tokens.append(token) or "", now=NOW
        )
    accounts[1].email = "other@school.ru"
    tokens[2] = issue(session, accounts[2], "card")
    for token in tokens:
        one_time_links.consume(session, token, now=NOW, purposes=one_time_links.LINKS | one_time_links.CARDS)
    assert [account.email_confirmed_at for account in accounts] == [NOW, None, None]
