"""Letters about notices: at once, in the morning's digest or never, one a notice; links that end them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from lms.core.clock import utc_now
from lms.core.mail.delivery import compose
from lms.core.mail.models import Message
from lms.core.notifications.letters import latest_morning, send_digests, send_new
from lms.core.notifications.models import Notice
from lms.core.notifications.operations import NewNotice, choose_letters, mark_read, notify, notify_all
from lms.core.notifications.queries import letter_choices
from tests.factories import make
from tests.support.counting import count_queries

ZONE = "Asia/Novokuznetsk"
RETURNED = {"enrolment_id": 1, "task_id": 2, "task": "Карта урока"}
MORNING = datetime(2026, 12, 1, 1, 5, tzinfo=UTC)
"""Five past eight in the morning in Novokuznetsk."""


@pytest.fixture
def reader(session):
    return make.account(session, email="nina@school.example")


def notified(session, reader, kind="work_returned", detail=RETURNED, at=None):
    notify(session, person_id=reader.person_id, kind=kind, detail=detail)
    if at is not None:
        session.execute(update(Notice).where(Notice.mail == "new").values(created_at=at))


def letters(session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def test_letter_at_once_is_written_once(session, reader):
    notified(session, reader)
    for _time in range(2):
        send_new(session, utc_now())
    (letter,) = letters(session)
    assert letter.recipient == "nina@school.example"
    assert letter.subject == "Работа «Карта урока» возвращена на доработку"
    assert "http://localhost/course/1/tasks/2" in letter.body
    assert letter.body.startswith("Здравствуйте, Нина Олеговна!")


def test_letter_is_in_the_language_of_the_account(session, reader):
    reader.locale = "en"
    notified(session, reader)
    send_new(session, utc_now())
    assert letters(session)[0].subject == "The work «Карта урока» is returned for revision"


@pytest.mark.parametrize(
    "changes",
    [{"email": None}, {"is_active": False}, {"email_confirmed_at": None, "password_hash": "chosen"}],
    ids=["without an address", "with a closed account", "with an unconfirmed address"],
)
def test_person_who_cannot_be_written_to_gets_no_letter(session, reader, changes):
    for name, value in changes.items():
        setattr(reader, name, value)
    notified(session, reader)
    choose_letters(session, person_id=reader.person_id, choices={"work_accepted": "digest"})
    notified(session, reader, kind="work_accepted")
    send_new(session, utc_now())
    send_digests(session, utc_now() + timedelta(days=2), zone=ZONE)
    assert letters(session) == []
    assert set(session.scalars(select(Notice.mail))) == {"done"}


def test_notice_that_was_read_already_causes_no_letter(session, reader):
    notified(session, reader)
    mark_read(session, person_id=reader.person_id, now=utc_now())
    send_new(session, utc_now())
    assert letters(session) == []


def test_chosen_channel_replaces_the_default(session, reader):
    choose_letters(session, person_id=reader.person_id, choices={"work_returned": "never", "work_accepted": "digest"})
    notified(session, reader)
    notified(session, reader, kind="work_accepted")
    send_new(session, utc_now())
    assert letters(session) == []
    assert list(session.scalars(select(Notice.mail).order_by(Notice.id))) == ["done", "digest"]


@pytest.mark.parametrize(
    ("moment", "zone", "morning"),
    [
        (datetime(2026, 12, 1, 0, 59, tzinfo=UTC), ZONE, datetime(2026, 11, 30, 1, 0, tzinfo=UTC)),
        (datetime(2026, 12, 1, 1, 0, tzinfo=UTC), ZONE, datetime(2026, 12, 1, 1, 0, tzinfo=UTC)),
        (datetime(2026, 12, 1, 4, 0, tzinfo=UTC), "Europe/Moscow", datetime(2026, 11, 30, 5, 0, tzinfo=UTC)),
    ],
)
def test_latest_morning_is_that_of_the_zone(moment, zone, morning):
    assert latest_morning(moment, zone) == morning


def digested(session, reader, count: int, at: datetime) -> None:
    choose_letters(session, person_id=reader.person_id, choices={"work_returned": "digest"})
    for number in range(count):
        notified(session, reader, detail=RETURNED | {"task": f"Работа {number}"}, at=at)
        send_new(session, at)


def test_digest_is_one_letter_a_morning(session, reader):
    digested(session, reader, 2, MORNING - timedelta(hours=10))
    send_digests(session, MORNING - timedelta(minutes=10), zone=ZONE)
    assert letters(session) == []
    for minutes in (0, 10, 300):
        send_digests(session, MORNING + timedelta(minutes=minutes), zone=ZONE)
    (letter,) = letters(session)
    assert letter.subject == "Для вас 2 уведомления"
    assert letter.body.index("Работа 1") < letter.body.index("Работа 0")


def test_notice_of_the_day_waits_for_the_next_morning(session, reader):
    digested(session, reader, 1, MORNING + timedelta(hours=2))
    send_digests(session, MORNING + timedelta(hours=3), zone=ZONE)
    assert letters(session) == []
    send_digests(session, MORNING + timedelta(days=1), zone=ZONE)
    assert len(letters(session)) == 1


def test_digest_comes_by_the_clock_of_the_person(session, reader):
    reader.time_zone = "Europe/Moscow"
    digested(session, reader, 1, MORNING - timedelta(hours=10))
    send_digests(session, MORNING, zone=ZONE)
    assert letters(session) == []
    send_digests(session, MORNING + timedelta(hours=4), zone=ZONE)
    assert len(letters(session)) == 1


def test_digest_leaves_out_what_was_read(session, reader):
    digested(session, reader, 3, MORNING - timedelta(hours=10))
    mark_read(session, person_id=reader.person_id, now=MORNING)
    send_digests(session, MORNING, zone=ZONE)
    assert letters(session) == []
    assert set(session.scalars(select(Notice.mail))) == {"done"}


def test_digest_of_ten_thousand_notices_is_short(session, engine, reader):
    choose_letters(session, person_id=reader.person_id, choices={"work_returned": "digest"})
    notify_all(session, [NewNotice(reader.person_id, "work_returned", RETURNED) for _number in range(10_000)])
    session.execute(update(Notice).values(mail="digest", created_at=MORNING - timedelta(hours=10)))
    with count_queries(engine) as sent:
        send_digests(session, MORNING, zone=ZONE)
    assert len(sent) <= 6, "\n".join(sent)
    (letter,) = letters(session)
    assert "и ещё 9980 уведомлений" in letter.body
    assert len(letter.body) < 6000
    assert session.scalar(select(func.count()).where(Notice.mail == "done")) == 10_000


def test_letters_of_many_people_cost_a_fixed_number_of_statements(session, engine):
    people = [make.account(session, email=f"p{number}@school.example") for number in range(60)]
    notify_all(session, [NewNotice(one.person_id, "work_returned", RETURNED) for one in people])
    session.expire_all()
    with count_queries(engine) as sent:
        send_new(session, utc_now())
    assert len(sent) <= 5, "\n".join(sent)
    assert len(letters(session)) == 60


def ending(letter: Message) -> str:
    return re.search(r"http://localhost(/notices/unsubscribe/\S+)", letter.body).group(1)


def test_letter_has_html_part_and_headers_that_end_such_letters(session, reader):
    notified(session, reader)
    send_new(session, utc_now())
    (letter,) = letters(session)
    mail = compose(letter, "Стажировка <no-reply@lms.example.org>")
    assert mail["List-Unsubscribe"] == f"<http://localhost{ending(letter)}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = mail.get_body(("html",)).get_content()
    assert '<a href="http://localhost/course/1/tasks/2">' in html
    assert mail.get_body(("plain",)).get_content().splitlines() == letter.body.splitlines()


def test_invitation_has_no_way_to_end_it(session):
    letter = Message(id=1, recipient="a@b.example", subject="Приглашение", body="Ссылка", created_at=utc_now())
    assert compose(letter, "no-reply@lms.example.org")["List-Unsubscribe"] is None


def test_link_of_letter_ends_letters_of_its_kind_by_post_alone(session, client, reader):
    notified(session, reader)
    send_new(session, utc_now())
    session.commit()
    path = ending(letters(session)[0])
    page = client.get(path)
    assert page.status_code == 200
    assert "Моя работа возвращена на доработку" in page.text
    assert letter_choices(session, reader.person_id) == {}
    for _time in range(2):
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    session.expire_all()
    assert letter_choices(session, reader.person_id) == {"work_returned": "never"}


def test_link_of_digest_ends_everything_that_comes_in_it(session, client, reader):
    digested(session, reader, 1, MORNING - timedelta(hours=10))
    send_digests(session, MORNING, zone=ZONE)
    session.commit()
    client.post(ending(letters(session)[0]))
    session.expire_all()
    chosen = letter_choices(session, reader.person_id)
    assert chosen["work_returned"] == chosen["work_handed_in"] == "never"
    assert "work_accepted" not in chosen


def test_altered_link_is_not_found(client):
    assert client.get("/notices/unsubscribe/WzEsIiJd.aaaa").status_code == 404
    assert client.post("/notices/unsubscribe/WzEsIiJd.aaaa").status_code == 404
