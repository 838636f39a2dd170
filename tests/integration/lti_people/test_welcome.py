"""Welcome page of a launch: new person, password, card, anonymous."""

import re

import pytest
from sqlalchemy import func, select

from assessment.completion.operations import evaluate_enrolment
from courses.models.groups import Enrolment, MaterialProgress
from lms.core.auth import passwords
from lms.core.auth.identities import ExternalIdentity
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.errors import Invalid, Throttled
from lms.core.people import consent, login, one_time_links
from lms.core.people.models import Account
from lms.lti.identity.account_resolution import account_of, link_identity
from lms.lti.identity.linking import is_unused, link_by_card, link_by_password
from lms.lti.models.launches import Context, Launch, Participant
from lms.registry.models import Membership
from tests.factories import make, platforms
from tests.factories.launches import placed
from tests.support.browsing import log_in
from tests.support.platform.course import INSTRUCTOR, LEARNER, MENTOR, Somebody
from tests.support.platform.strict import registered

PREFIX = re.compile(r"/in/[1-9]\d*/")
SECRET = "Верный-пароль-1"


class ShownGroup:
    """A platform's link that shows a group."""

    def __init__(self, session, platform, **values):
        self.session, self.platform = session, platform
        self.group = make.cohort(session)
        self.row = registered(session, platform, site_id=self.group.site_id, **values)
        self.link = placed(session, self.row, platform, self.group)
        consent.ensure_document(session)
        session.commit()

    def open(self, client, somebody, link=None):
        answer = self.platform.launch(client, somebody, link or self.link)
        assert answer.status_code == 303, answer.text
        return client.get(answer.location, follow_redirects=True)

    def account(self, somebody):
        return account_of(self.session, self.row, somebody.subject)

    def known(self, **values):
        """Creates a person who has studied here before."""
        account = make.account(self.session, password_hash=passwords.hash_password(SECRET), **values)
        self.session.commit()
        return account

    def in_group(self):
        self.session.expire_all()
        rows = select(Account.username, Enrolment.state).join(Enrolment, Enrolment.person_id == Account.person_id)
        return dict(self.session.execute(rows.where(Enrolment.cohort_id == self.group.id)).all())


@pytest.fixture
def place(session, platform):
    return ShownGroup(session, platform)


def post(client, page, way, **values):
    prefix = PREFIX.search(page.request.path).group()
    data = {"way": way} | {f"{way}-{name}": text for name, text in values.items()}
    return client.post(f"{prefix}welcome", data=data, follow_redirects=True)


NAMELESS = Somebody("u-1", email="zimina@school.example")


def test_missing_name_opens_welcome_page(client, place):
    page = place.open(client, NAMELESS)
    assert page.status_code == 200
    assert page.request.path.endswith("/welcome")
    for words in ("Давайте познакомимся", "У меня здесь уже есть", "от вашего имени"):
        assert words in page.text
    assert place.account(NAMELESS) is None


def test_whole_name_is_prefilled(client, place):
    somebody = Somebody("u-2")
    answer = place.platform.launch(client, somebody, place.link, claims={"name": "Зимина Ольга Ивановна"})
    page = client.get(answer.location, follow_redirects=True)
    for value in ("Зимина", "Ольга", "Ивановна"):
        assert f'value="{value}"' in page.text
    assert place.account(somebody) is None
    page = post(client, page, "new", surname="Зимина", given_name="Ольга", patronymic="Игоревна")
    assert "/consent" in page.request.path
    assert place.account(somebody).person.full_name == "Зимина Ольга Игоревна"
    assert place.in_group() == {"zimina.oi": "enrolled"}


def test_invalid_name_shows_error_and_keeps_input(client, place):
    page = place.open(client, NAMELESS)
    page = post(client, page, "new", surname="", given_name="О7")
    assert page.status_code == 422
    assert "Заполните" in page.text or "заполните" in page.text
    assert 'value="О7"' in page.text
    assert place.account(NAMELESS) is None


def test_two_windows_create_one_account(client, place, session):
    page = place.open(client, NAMELESS)
    other = place.open(client, NAMELESS)
    for each in (page, other):
        post(client, each, "new", surname="Зимина", given_name="Ольга")
    assert session.scalar(select(func.count()).where(ExternalIdentity.subject == "u-1")) == 1
    assert len(place.in_group()) == 1


def test_password_links_account(client, place, session):
    known = place.known(username="zimina")
    page = place.open(client, NAMELESS)
    page = post(client, page, "own", login="zimina", password=SECRET)
    assert PREFIX.search(page.request.path)
    assert place.account(NAMELESS) is known
    assert place.in_group() == {"zimina": "enrolled"}
    launch = session.scalars(select(Launch).order_by(Launch.id.desc())).first()
    assert (launch.session.account_id, launch.visitor_hash, launch.named) == (known.id, None, {})
    assert launch.session.launched
    page = place.open(client, NAMELESS)
    assert not page.request.path.endswith("/welcome"), "the next launch knows them"


def test_linking_invalidates_old_cookie(client, place, session):
    place.known(username="zimina")
    page = place.open(client, NAMELESS)
    path = page.request.path
    prefix = PREFIX.search(path).group().rstrip("/")
    old = client.get_cookie("stazhirovka_launch", path=prefix).value
    post(client, page, "own", login="zimina", password=SECRET)
    client.set_cookie("stazhirovka_launch", old, path=prefix)
    assert client.get(path).status_code == 401


def test_wrong_password_shows_error_at_field(client, place):
    place.known(username="zimina")
    page = place.open(client, NAMELESS)
    answer = post(client, page, "own", login="zimina", password="не тот")
    assert answer.status_code == 422
    assert 'id="own-password-err"' in answer.text
    assert place.account(NAMELESS) is None


def test_wrong_passwords_and_codes_are_throttled(place, session):
    known = place.known(username="zimina")
    launch = platforms.launch(session, platforms.context(session, place.row))
    told = {"launch": launch, "user": "zimina", "address": "192.0.2.1", "now": utc_now()}
    for number in range(8):
        with pytest.raises(Invalid):
            if number % 2:
                link_by_card(session, code="ABCD-EFGH-JKLM", **told)
            else:
                link_by_password(session, password="не тот", **told)
    with pytest.raises(Throttled):
        link_by_password(session, password=SECRET, **told)
    with pytest.raises(Throttled):
        login.authenticate(session, login="zimina", password=SECRET, address="192.0.2.1", now=utc_now())
    assert account_of(session, place.row, launch.subject) is not known


def test_card_links_account_once(client, place, session):
    known = make.account(session, username="zimina")
    code = one_time_links.issue(session, account=known, purpose="card", actor=None, now=utc_now())
    session.commit()
    page = place.open(client, NAMELESS)
    assert post(client, page, "card", login="other", code=code).status_code == 422
    post(client, page, "card", login="zimina", code=one_time_links.as_printed(code).lower())
    assert place.account(NAMELESS) is known
    again = place.open(client, Somebody("u-9"))
    assert post(client, again, "card", login="zimina", code=code).status_code == 422
    assert place.account(Somebody("u-9")) is None


def test_withdrawn_trainee_is_not_linked(client, place, session):
    known = place.known(username="zimina")
    make.enrolment(session, place.group, account=known, state="withdrawn")
    session.commit()
    page = place.open(client, NAMELESS)
    answer = post(client, page, "own", login="zimina", password=SECRET)
    assert answer.status_code == 403
    assert "выбыли" in answer.text
    session.expire_all()
    assert place.account(NAMELESS) is None


def test_similar_person_in_group_creates_no_account(client, place, session):
    person = make.person(session, surname="Зимина", given_name="Ольга", patronymic="")
    make.enrolment(session, place.group, account=make.account(session, person=person, username="old"))
    session.commit()
    somebody = Somebody("u-3", "Ольга", "Зимина")
    page = place.open(client, somebody)
    assert page.request.path.endswith("/welcome")
    post(client, page, "new", surname="Зимина", given_name="Ольга")
    assert place.account(somebody).person_id != person.id


# Moving from the account that the first launch made


def first_launch(client, place):
    somebody = Somebody("u-4", "Ольга", "Зимина")
    page = place.open(client, somebody)
    assert "/consent" in page.request.path
    return somebody, page


def test_consent_step_links_to_existing_account(client, place, session):
    known = place.known(username="older")
    somebody, page = first_launch(client, place)
    fresh = place.account(somebody)
    assert "/welcome" in page.text
    page = client.get(PREFIX.search(page.request.path).group() + "welcome")
    assert "создана только что" in page.text
    assert "new-surname" not in page.text
    page = post(client, page, "own", login="older", password=SECRET)
    assert PREFIX.search(page.request.path)
    session.expire_all()
    assert place.account(somebody) is known
    assert not fresh.is_active
    assert place.in_group() == {fresh.username: "withdrawn", "older": "enrolled"}


def test_used_account_is_not_replaced(client, place, session):
    place.known(username="older")
    somebody, page = first_launch(client, place)
    fresh = place.account(somebody)
    enrolment = session.scalars(select(Enrolment).where(Enrolment.person_id == fresh.person_id)).one()
    evaluate_enrolment(session, enrolment.id)  # as the worker does soon after every launch
    assert is_unused(session, fresh, place.row)
    enrolment.hours_done = 2
    session.commit()
    assert not is_unused(session, fresh, place.row)
    answer = post(client, page, "own", login="older", password=SECRET)
    assert not answer.request.path.endswith("/welcome")
    session.expire_all()
    assert place.account(somebody) is fresh
    assert place.in_group() == {fresh.username: "enrolled"}


@pytest.mark.parametrize("what", ["material", "password", "role", "platform"])
def test_activity_makes_account_used(client, place, session, what):
    somebody, _page = first_launch(client, place)
    fresh = place.account(somebody)
    enrolment = session.scalars(select(Enrolment).where(Enrolment.person_id == fresh.person_id)).one()
    if what == "material":
        material = make.material(session, place.group.version)
        session.add(MaterialProgress(enrolment_id=enrolment.id, material_id=material.id))
    elif what == "password":
        fresh.password_hash = "x"
    elif what == "role":
        site = place.group.site
        session.add(Membership(person_id=fresh.person_id, role="teacher", site_id=site.id, starts_on=make.TODAY))
    else:
        session.add(ExternalIdentity(account_id=fresh.id, platform="lti:999999", subject="x"))
    session.flush()
    assert not is_unused(session, fresh, place.row)


# Staff, mentors, nobody


def test_staff_may_not_register_as_new(client, place, session):
    leader = make.member(session, "leader", site=place.group.site)
    leader.password_hash, leader.username = passwords.hash_password(SECRET), "leader.one"
    session.commit()
    teacher = Somebody("u-5", "Пётр", "Лесной", roles=(INSTRUCTOR,))
    page = place.open(client, teacher)
    assert page.request.path.endswith("/welcome")
    assert "new-surname" not in page.text
    assert post(client, page, "new", surname="Лесной", given_name="Пётр").status_code == 422
    post(client, page, "own", login="leader.one", password=SECRET)
    assert place.account(teacher) is leader
    assert place.in_group() == {}


def test_leader_applies_roster_inside_launch(client, place, session):
    leader = make.member(session, "leader", site=place.group.site)
    session.commit()
    teacher = Somebody("u-12", "Пётр", "Лесной", roles=(INSTRUCTOR,))
    link_identity(session, account=leader, platform=place.row, subject=teacher.subject, now=utc_now())
    make.enrolment(session, place.group)
    context = session.scalars(select(Context)).one()
    context.roster_url = place.platform.service_url("members")
    document = consent.current_document(session)
    consent.give(session, actor=make_actor(leader), person_id=leader.person_id, document_id=document.id, now=utc_now())
    session.commit()
    page = place.open(client, teacher)
    prefix = PREFIX.search(page.request.path).group()
    context.roster_url = place.platform.service_url("members")  # the launch told of none
    session.commit()
    trainees = client.get(f"{prefix}groups/{place.group.id}/trainees")
    assert f"{prefix}groups/{place.group.id}/platform-list" in trainees.text
    for closed in ("/import", "/add", "/invite", "/cards"):
        assert f"/groups/{place.group.id}{closed}" not in trainees.text
    asked = client.post(f"{prefix}groups/{place.group.id}/platform-list", data={"context": context.id, "link": ""})
    assert asked.status_code == 303
    assert asked.location.startswith(f"{prefix}groups/platform-lists/")
    assert "data-poll" in client.get(asked.location).text


def test_anonymous_preview_stores_nothing(client, place, session):
    page = place.open(client, Somebody(None, roles=(LEARNER,)))
    assert page.status_code == 200
    assert place.group.version.title in page.text
    assert "Протокол наблюдения" in page.text
    assert "не сообщила, кто вы" in page.text
    prefix = PREFIX.search(page.request.path).group()
    assert client.get(f"{prefix}welcome").status_code == 303
    assert client.get(f"{prefix}course").status_code == 303
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 0


def test_mentor_sees_own_mentees_only(client, place, session):
    mine = Somebody("u-6", "Анна", "Ветрова")
    other = Somebody("u-7", "Олег", "Лесной")
    for one in (mine, other):
        place.open(client, one)
    mentor = Somebody("u-8", roles=(MENTOR,), mentees=("u-6", "nobody"))
    page = place.open(client, mentor)
    assert page.status_code == 200, page.text
    assert "Ветрова Анна" in page.text
    assert "Лесной" not in page.text
    assert "0 из 18" in page.text.replace("\xa0", " ").replace("</b>", "")
    assert "Протокол наблюдения" in page.text
    assert place.account(mentor) is None


def test_mentees_page_requires_mentor(client, place):
    page = place.open(client, NAMELESS)
    prefix = PREFIX.search(page.request.path).group()
    assert client.get(f"{prefix}mentees").status_code == 303


def test_unset_link_shows_message(client, place, session, platform):
    page = place.open(client, Somebody("u-11", "Анна", "Ветрова"), platform.course.add_link())
    assert page.status_code == 200
    assert "не выбрал" in page.text


# The account's own page


def test_account_page_lists_and_unlinks_platforms(client, place, session):
    known = place.known(username="zimina")
    link_identity(session, account=known, platform=place.row, subject="u-1", now=utc_now())
    page = place.open(client, NAMELESS)
    inside = page.request.path
    log_in(client, session, known)
    consent.give(
        session,
        actor=make_actor(known),
        person_id=known.person_id,
        document_id=consent.current_document(session).id,
        now=utc_now(),
    )
    session.commit()
    assert place.row.name in client.get("/account").text
    identity = session.scalars(select(ExternalIdentity).where(ExternalIdentity.account_id == known.id)).one()
    for _click in range(2):
        answer = client.post(f"/account/platforms/{identity.id}/disconnect", follow_redirects=True)
        assert "Отключено" in answer.text
    assert place.row.name not in client.get("/account").text
    assert client.get(inside).status_code == 401, "launches under way end"
    assert place.open(client, NAMELESS).request.path.endswith("/welcome")


def test_identity_of_another_account_is_not_unlinked(client, place, session):
    known = place.known()
    link_identity(session, account=known, platform=place.row, subject="u-1", now=utc_now())
    identity = session.scalars(select(ExternalIdentity).where(ExternalIdentity.account_id == known.id)).one()
    log_in(client, session, make.account(session))
    client.post(f"/account/platforms/{identity.id}/disconnect")
    session.expire_all()
    assert place.account(NAMELESS) is known


def make_actor(account):
    return Actor(account.id, account.person_id)


@pytest.mark.parametrize("path", ["/welcome", "/look", "/not-set", "/mentees"])
def test_pages_are_not_found_outside_launch(client, path):
    assert client.get(path).status_code == 404


def test_launch_enrolment_records_course(client, place, session):
    somebody, _page = first_launch(client, place)
    participant = session.scalars(select(Participant).where(Participant.subject == somebody.subject)).one()
    enrolment = session.scalars(select(Enrolment).where(Enrolment.cohort_id == place.group.id)).one()
    assert participant.enrolment_id == enrolment.id
