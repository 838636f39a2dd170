"""Import of a roster: matching of known people, stored data, and saving once."""

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.groups import invitations, roster_import
from courses.groups.errors import RowErrors, SavedAlready
from courses.groups.roster_import import RowDecision
from courses.models.groups import Cohort, Enrolment
from courses.roster.reader import read_roster
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.core.mail.models import Message
from lms.core.people import personal_data
from lms.core.people.models import Account, Person, PersonalData
from lms.core.people.personal_data import check_digits
from tests.factories import make
from tests.support.personal_data import person_with

HEADS = ("№", "Фамилия, имя, отчество", "Должность", "Место работы", "Эл. почта", "СНИЛС", "Дата рождения")
NUMBER = "123456789" + check_digits("123456789")
OTHER_NUMBER = "987654321" + check_digits("987654321")


def sheet(*rows: tuple[object, ...]) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.active.append(HEADS)
    for place, row in enumerate(rows, start=1):
        book.active.append((place, *row))
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def person_row(name: str, email: str | None = None, number: str | None = None, born: object = None) -> tuple:
    return (name, "учитель", "Школа № 2", email, number, born)


def link_to(token: str) -> str:
    return f"http://localhost/link/{token}"


@pytest.fixture
def leader(session: Session, cohort: Cohort) -> Actor:
    account = make.member(session, "leader", site=cohort.site)
    return Actor(account.id, account.person_id)


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return make.cohort(session)


def keep(session: Session, leader: Actor, cohort: Cohort, *rows: tuple[object, ...]):
    roster = read_roster(sheet(*rows), "список.xlsx", today=date(2026, 11, 20))
    return roster_import.keep_roster(session, actor=leader, cohort=cohort, roster=roster, file_name="список.xlsx")


def answers(session: Session, draft, **choices: str) -> dict[int, RowDecision]:
    """Returns the answers of a form that shows every candidate: the proposed choices, replaced by arguments such as
    ``row2="new"``.
    """
    return {
        row.listed.row: RowDecision(
            choices.get(f"row{row.listed.row}", row.choice), frozenset(one.person_id for one in row.known)
        )
        for row in roster_import.preview(session, draft)
    }


def save(session: Session, leader: Actor, draft, cohort: Cohort, given=None, *, send: bool = True):
    return roster_import.save_roster(
        session,
        actor=leader,
        draft=draft,
        cohort=cohort,
        answers=given if given is not None else answers(session, draft),
        send=send,
        link_to=link_to,
        now=utc_now(),
    )


def test_new_people_get_account_enrolment_and_letter(session, leader, cohort):
    draft = keep(session, leader, cohort, person_row("ТИТОВА АННА ЛЬВОВНА", " Titova@School.example "))
    done = save(session, leader, draft, cohort)
    assert (done.enrolled, done.new, done.mailed, done.cards) == (1, 1, 1, 0)
    enrolment = session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id)).one()
    assert enrolment.person.full_name == "Титова Анна Львовна"
    assert enrolment.person.account.username.startswith("titova.al")
    assert enrolment.invited_at is not None
    letter = session.scalars(select(Message).where(Message.recipient == "titova@school.example")).one()
    assert cohort.title in letter.body
    assert "/link/" in letter.body


def test_saving_twice_enrols_once(session, leader, cohort):
    draft = keep(session, leader, cohort, person_row("Титова Анна Львовна", "a@b.example"), person_row("Юдин Пётр"))
    given = answers(session, draft)
    first = save(session, leader, draft, cohort, given)
    again = save(session, leader, draft, cohort, given)
    assert again == first
    assert session.scalar(select(func.count()).where(Enrolment.cohort_id == cohort.id)) == 2
    assert session.scalar(select(func.count()).where(Message.recipient == "a@b.example")) == 1


def test_saving_deletes_the_roster(session, leader, cohort):
    draft = keep(session, leader, cohort, person_row("Титова Анна Львовна", "a@b.example"))
    save(session, leader, draft, cohort)
    assert set(draft.content) == {"result"}
    with pytest.raises(SavedAlready):
        roster_import.roster_of_draft(draft)
    with pytest.raises(SavedAlready):
        roster_import.discard(session, draft=draft)


def test_unsaved_roster_is_deleted_after_a_week(session, leader, cohort):
    draft = keep(session, leader, cohort, person_row("Титова Анна Львовна"))
    key = draft.id
    roster_import.forget_old(session, utc_now())
    session.expunge(draft)
    assert session.get(type(draft), key) is not None
    roster_import.forget_old(session, utc_now() + roster_import.KEPT_FOR * 2)
    session.expire_all()
    assert session.get(type(draft), key) is None


def test_shared_and_missing_addresses_need_cards(session, leader, cohort):
    draft = keep(
        session,
        leader,
        cohort,
        person_row("Зайцева Лидия Петровна", "shkola@school.example"),
        person_row("Ильина Вера Игоревна", "shkola@school.example"),
        person_row("Дёмина Ульяна Игоревна"),
    )
    done = save(session, leader, draft, cohort)
    assert (done.mailed, done.cards) == (0, 3)
    assert session.scalar(select(func.count()).select_from(Message)) == 0
    people = select(Enrolment).where(Enrolment.cohort_id == cohort.id)
    cards = invitations.print_cards(
        session, actor=leader, cohort=cohort, people=session.scalars(people).all(), now=utc_now()
    )
    assert len({card.code for card in cards}) == 3
    assert set(invitations.access_methods(session, cohort.id).values()) == {"card"}


class TestKnownPeople:
    """Known people are offered with the reason; a match by name alone needs a decision."""

    def test_matches_by_identity_number(self, session, leader, cohort):
        known = make.person(session, surname="Белова", given_name="Галина", patronymic="Ивановна")
        personal_data.keep(session, actor=None, person_id=known.id, identity_number=NUMBER, birth_date=None)
        draft = keep(session, leader, cohort, person_row("Белова Галина Михайловна", None, NUMBER))
        row = roster_import.preview(session, draft)[0]
        assert [(one.person_id, one.why) for one in row.known] == [(known.id, "number")]
        assert [one.what for one in row.known[0].differs] == ["name"]
        assert row.choice == f"known:{known.id}"
        save(session, leader, draft, cohort)
        assert session.scalars(select(Enrolment.person_id).where(Enrolment.cohort_id == cohort.id)).all() == [known.id]
        assert known.patronymic == "Ивановна", "what differs stays as it is"

    def test_same_number_with_other_name_needs_a_decision(self, session, leader, cohort):
        known = make.person(session, surname="Кротов", given_name="Олег", patronymic="Ильич")
        personal_data.keep(session, actor=None, person_id=known.id, identity_number=NUMBER, birth_date=None)
        draft = keep(session, leader, cohort, person_row("Белова Галина Михайловна", None, NUMBER))
        assert not roster_import.preview(session, draft)[0].choice

    def test_matches_by_address_and_name(self, session, leader, cohort):
        known = make.account(session, email="belova@school.example").person
        known.surname, known.given_name, known.patronymic = "Белова", "Галина", "Михайловна"
        known.sort_key = "белова галина михайловна"
        session.flush()
        draft = keep(session, leader, cohort, person_row("Белова Галина Михайловна", "belova@school.example"))
        row = roster_import.preview(session, draft)[0]
        assert (row.known[0].why, row.choice) == ("email", f"known:{known.id}")

    def test_address_alone_matches_nobody(self, session, leader, cohort):
        make.account(session, email="shkola@school.example")
        draft = keep(session, leader, cohort, person_row("Белова Галина Михайловна", "shkola@school.example"))
        row = roster_import.preview(session, draft)[0]
        assert (list(row.known), row.choice) == ([], "new")

    def test_same_address_with_other_surname_needs_a_decision(self, session, leader, cohort):
        known = make.person(
            session, surname="Ким", given_name="Галина", patronymic="Михайловна", email="g.m@school.example"
        )
        draft = keep(session, leader, cohort, person_row("Белова Галина Михайловна", "g.m@school.example"))
        row = roster_import.preview(session, draft)[0]
        assert (row.known[0].person_id, row.known[0].why, row.choice) == (known.id, "renamed", "")

    def test_name_alone_finds_nobody_of_another_authority(self, session, leader, cohort):
        named = {"surname": "Фёдорова", "given_name": "Кира", "patronymic": "Игоревна"}
        make.enrolment(session, account=make.account(session, person=make.person(session, **named)))
        here = make.person(session, **named, organization_id=cohort.site.organization_id)
        draft = keep(session, leader, cohort, person_row("Федорова Кира Игоревна", None))
        assert [one.person_id for one in roster_import.preview(session, draft)[0].known] == [here.id]

    def test_match_by_name_alone_needs_a_decision(self, session, leader, cohort):
        known = make.person(
            session, surname="Фёдорова", given_name="Кира", patronymic="Игоревна", email="old@school.example"
        )
        draft = keep(session, leader, cohort, person_row("Федорова Кира Игоревна", "new@school.example"))
        row = roster_import.preview(session, draft)[0]
        assert (row.known[0].person_id, row.known[0].why, row.choice) == (known.id, "name", "")
        email = next(one for one in row.known[0].differs if one.what == "email")
        assert email.known == "o•••@school.example"
        with pytest.raises(RowErrors) as raised:
            save(session, leader, draft, cohort)
        assert set(raised.value.rows) == {2}
        save(session, leader, draft, cohort, answers(session, draft, row2="new"))
        namesakes = session.scalars(select(Person).where(Person.given_name == "Кира", Person.surname.like("Ф%дорова")))
        assert len(namesakes.all()) == 2

    def test_rejects_choice_of_person_not_offered(self, session, leader, cohort):
        stranger = make.account(session, is_administrator=True).person
        draft = keep(session, leader, cohort, person_row("Белова Галина Михайловна"))
        with pytest.raises(RowErrors):
            save(session, leader, draft, cohort, {2: RowDecision(f"known:{stranger.id}")})

    def test_person_added_after_preview_needs_a_decision(self, session, leader, cohort):
        draft = keep(session, leader, cohort, person_row("Белова Галина Михайловна"))
        given = answers(session, draft)
        make.person(session, surname="Белова", given_name="Галина", patronymic="Михайловна")
        with pytest.raises(RowErrors):
            save(session, leader, draft, cohort, given)

    def test_rejects_same_person_for_two_rows(self, session, leader, cohort):
        known = make.person(session, surname="Белова", given_name="Галина", patronymic="Михайловна")
        draft = keep(
            session,
            leader,
            cohort,
            person_row("Белова Галина Михайловна", "one@school.example"),
            person_row("Белова Галина Михайловна", "two@school.example"),
        )
        choice = f"known:{known.id}"
        with pytest.raises(RowErrors) as raised:
            save(session, leader, draft, cohort, answers(session, draft, row2=choice, row3=choice))
        assert set(raised.value.rows) == {3}

    def test_group_member_is_enrolled_once(self, session, leader, cohort):
        here = make.enrolment(session, cohort)
        here.person.surname, here.person.sort_key = "Мельник", "мельник нина олеговна"
        here.person.email = "here@school.example"
        session.flush()
        draft = keep(session, leader, cohort, person_row(here.person.full_name, "here@school.example"))
        assert roster_import.preview(session, draft)[0].known[0].here == "enrolled"
        done = save(session, leader, draft, cohort)
        assert (done.enrolled, done.already) == (0, 1)


class TestWaysIn:
    """A roster gives no access to another person's account."""

    def chosen(self, session, leader, cohort, account: Account) -> str:
        draft = keep(session, leader, cohort, person_row(account.person.full_name))
        save(session, leader, draft, cohort, answers(session, draft, row2=f"known:{account.person_id}"))
        return next(iter(invitations.access_methods(session, cohort.id).values()))

    def person(self, session) -> Person:
        return make.person(session, surname=f"Львова{'абвгд'[next(make.count) % 5]}")

    def test_person_with_password_gets_no_card(self, session, leader, cohort):
        account = make.account(session, person=self.person(session), password_hash="x")
        assert self.chosen(session, leader, cohort, account) == "own"
        people = session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id)).all()
        assert invitations.print_cards(session, actor=leader, cohort=cohort, people=people, now=utc_now()) == []

    def test_administrator_gets_no_card(self, session, leader, cohort):
        account = make.account(session, person=self.person(session), is_administrator=True)
        assert self.chosen(session, leader, cohort, account) == "elsewhere"

    def test_person_with_role_gets_no_card(self, session, leader, cohort):
        account = make.member(session, "methodologist", authority=cohort.site.authority)
        account.person.surname = "Мельник"
        account.person.sort_key = "мельник нина олеговна"
        session.flush()
        assert self.chosen(session, leader, cohort, account) == "elsewhere"

    def test_trainee_of_another_site_gets_no_card(self, session, leader, cohort):
        account = make.account(session, person=self.person(session), email="elsewhere@school.example")
        other = make.site(session, organization=cohort.site.organization)
        make.enrolment(session, make.cohort(session, make.programme(session, other)), account=account)
        assert self.chosen(session, leader, cohort, account) == "elsewhere"
        letter = session.scalars(select(Message).where(Message.recipient == "elsewhere@school.example")).one()
        assert "/link/" not in letter.body


class TestPersonalData:
    """Personal data are stored only if the document needs them, and then encrypted."""

    ROW = person_row("Белова Галина Михайловна", None, NUMBER, "06.06.1980")

    def test_personal_data_are_dropped_for_a_certificate(self, session, leader, cohort):
        draft = keep(session, leader, cohort, self.ROW)
        kept = roster_import.roster_of_draft(draft)
        assert (kept.keeps, kept.dropped) == (False, 1)
        assert NUMBER not in str(draft.content)
        assert "1980" not in str(draft.content)
        save(session, leader, draft, cohort)
        assert session.scalar(select(func.count()).select_from(PersonalData)) == 0

    def test_personal_data_are_encrypted_for_advanced_training(self, session):
        cohort = make.cohort(session, make.programme(session, document_kind="advanced_training"))
        account = make.member(session, "leader", site=cohort.site)
        leader = Actor(account.id, account.person_id)
        draft = keep(session, leader, cohort, self.ROW)
        assert NUMBER not in str(draft.content)
        assert "1980-06-06" not in str(draft.content)
        save(session, leader, draft, cohort)
        person_id = person_with(session, NUMBER)
        assert person_id is not None
        assert personal_data.read(session, actor=None, person_id=person_id, purpose="test") == (
            NUMBER,
            date(1980, 6, 6),
        )

    def test_stored_personal_data_are_not_replaced(self, session):
        cohort = make.cohort(session, make.programme(session, document_kind="advanced_training"))
        account = make.member(session, "leader", site=cohort.site)
        leader = Actor(account.id, account.person_id)
        known = make.person(session, surname="Белова", given_name="Галина", patronymic="Михайловна")
        personal_data.keep(session, actor=None, person_id=known.id, identity_number=OTHER_NUMBER, birth_date=None)
        draft = keep(session, leader, cohort, self.ROW)
        save(session, leader, draft, cohort, answers(session, draft, row2=f"known:{known.id}"))
        assert person_with(session, OTHER_NUMBER) == known.id
        assert person_with(session, NUMBER) is None


class TestCorrections:
    """A row with a problem is skipped, or corrected in the preview."""

    def test_row_without_given_name_is_skipped(self, session, leader, cohort):
        draft = keep(session, leader, cohort, person_row("Белова", "b@school.example"))
        row = roster_import.preview(session, draft)[0]
        assert row.choice == "skip"
        assert row.listed.problems[0].column == HEADS[1]
        assert save(session, leader, draft, cohort).skipped == 1

    def test_row_can_be_corrected(self, session, leader, cohort):
        draft = keep(session, leader, cohort, person_row("Белова", "b@school.example"))
        given = {2: RowDecision("new", frozenset(), {"given_name": "галина", "surname": "Белова"})}
        assert save(session, leader, draft, cohort, given).new == 1
        assert session.scalars(select(Person).where(Person.email == "b@school.example")).one().given_name == "Галина"

    def test_uncorrected_row_is_not_saved(self, session, leader, cohort):
        draft = keep(session, leader, cohort, person_row("Белова", "b@school.example"))
        with pytest.raises(RowErrors):
            save(session, leader, draft, cohort, {2: RowDecision("new")})
        with pytest.raises(RowErrors):
            save(session, leader, draft, cohort, {2: RowDecision("new", frozenset(), {"given_name": "4"})})


def test_unreadable_file_leaves_no_draft(session, leader, cohort):
    roster = read_roster(io.BytesIO(b"no workbook"), "список.xlsx")
    with pytest.raises(Invalid) as raised:
        roster_import.keep_roster(session, actor=leader, cohort=cohort, roster=roster, file_name="список.xlsx")
    assert raised.value.field == "file"


def test_typed_person_is_enrolled_the_same_way(session, leader, cohort):
    roster = roster_import.typed_roster({"surname": "Юдин", "given_name": "Пётр", "email": "YUDIN@school.example"})
    draft = roster_import.keep_roster(session, actor=leader, cohort=cohort, roster=roster, file_name="")
    assert save(session, leader, draft, cohort).mailed == 1
    with pytest.raises(Invalid) as raised:
        roster_import.typed_roster({"surname": "Юдин", "given_name": ""})
    assert raised.value.field == "given_name"
