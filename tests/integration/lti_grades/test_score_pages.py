"""Pages of scores and repeated sending, in an ordinary session and inside a launch."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from courses.models.groups import Enrolment
from lms.core.clock import utc_now
from lms.core.jobs.models import Job
from lms.core.sentences import stored_detail
from lms.lti.grades.job_names import SEND_SCORE, SYNC_LINE_ITEM
from lms.lti.models.services import LineItem, Outage, Score, ScoreTry
from tests.factories import make, platforms
from tests.factories.launches import placed
from tests.support.browsing import log_in
from tests.support.counting import count_queries
from tests.support.platform.strict import registered

HOURS = {"scoreGiven": 27, "scoreMaximum": 36, "activityProgress": "InProgress", "gradingProgress": "FullyGraded"}


class Book:
    """A group with a line item in a platform's gradebook."""

    def __init__(self, session):
        self.session = session
        site = make.site(session)
        self.cohort = make.cohort(session, make.programme(session, site))
        self.leader = make.member(session, "leader", site=site)
        self.platform = platforms.platform(session, name="Мудл гимназии", site_id=site.id)
        self.context = platforms.context(session, self.platform, title="Естествознание")
        self.item = self.column()

    def column(self, title="Вся стажировка", **values) -> LineItem:
        shows = platforms.placement(self.session, self.context, self.cohort, graded=True, title=title)
        link = platforms.link(self.session, self.context, shows)
        told = {"label": title, "score_maximum": 36, "state": "ready", "url": "https://moodle.example/item"} | values
        item = LineItem(link_id=link.id, link=link, **told)
        self.session.add(item)
        self.session.flush()
        return item

    def trainee(self, **values) -> tuple[Enrolment, Score | None]:
        enrolment = make.enrolment(self.session, self.cohort)
        who = platforms.participant(self.session, self.context, enrolment.person.account)
        score = Score(line_item=self.item, participant=who, wanted=HOURS, wanted_at=utc_now(), **values)
        self.session.add(score)
        self.session.flush()
        return enrolment, score

    def down(self, until=timedelta(minutes=10)) -> None:
        now = utc_now()
        self.session.add(
            Outage(
                platform_id=self.platform.id,
                failures=1,
                since=now,
                until=now + until,
                error=stored_detail("нет ответа"),
            )
        )
        self.session.flush()


@pytest.fixture
def book(session):
    return Book(session)


def text(answer) -> str:
    assert answer.status_code == 200, answer.status
    return " ".join(answer.text.replace("\xa0", " ").split())


def test_trainee_sees_status_of_each_score(client, session, book):
    enrolment, score = book.trainee(state="sent", sent=HOURS, sent_at=utc_now())
    other = book.column("Протокол", state="refused", url=None, error=stored_detail("Категория закрыта"))
    who = score.participant
    session.add(Score(line_item=other, participant=who, wanted=HOURS, wanted_at=utc_now()))
    book.column("Проверьте себя")
    session.commit()
    log_in(client, session, enrolment.person.account)
    page = text(client.get("/results"))
    assert "Естествознание" in page
    assert "27 из 36" in page
    assert "отправлено" in page
    assert "Категория закрыта" in page
    assert "передавать пока нечего" in page
    course = client.get(f"/course/{enrolment.id}").text
    assert 'href="/results"' in course


def test_trainee_without_platform_sees_no_link(client, session, book):
    enrolment = make.enrolment(session, book.cohort)
    session.commit()
    log_in(client, session, enrolment.person.account)
    assert 'href="/results"' not in client.get(f"/course/{enrolment.id}").text
    assert "не ждёт ваших результатов" in text(client.get("/results"))


@pytest.mark.parametrize(
    ("values", "down", "words"),
    [
        ({"state": "waiting"}, False, ["передаётся"]),
        (
            {"state": "waiting", "error": stored_detail("нет ответа"), "tries": 1},
            True,
            ["платформа не отвечает", "следующая попытка"],
        ),
        ({"state": "refused", "error": stored_detail("Не записан")}, False, ["платформа отказалась", "Не записан"]),
        ({"state": "refused", "error": stored_detail("503"), "tries": 9}, False, ["не отвечала сутки"]),
    ],
)
def test_leader_sees_scores_of_group(client, session, book, values, down, words):
    enrolment, score = book.trainee(**values)
    if down:
        book.down()
    session.commit()
    log_in(client, session, book.leader)
    page = text(client.get(f"/groups/{book.cohort.id}/results"))
    assert enrolment.person.surname in page
    assert "Не передан 1 результат" in page
    for word in words:
        assert word in page
    log = text(client.get(f"/results/{score.id}"))
    for word in words:
        assert word in log


def test_scores_are_filtered_by_state_and_name(client, session, book):
    sent, _ = book.trainee(state="sent", sent=HOURS, sent_at=utc_now())
    late, _ = book.trainee(state="refused", error=stored_detail("нет"))
    session.commit()
    log_in(client, session, book.leader)
    path = f"/groups/{book.cohort.id}/results"
    only = client.get(f"{path}?show=unsent").text
    assert late.person.full_name in only
    assert sent.person.full_name not in only
    named = client.get(path, query_string={"q": sent.person.surname}).text
    assert sent.person.full_name in named
    assert (late.person.full_name in named) == (late.person.surname == sent.person.surname)
    assert client.get(f"{path}?page=99").status_code == 200


def test_log_lists_every_attempt(client, session, book):
    enrolment, score = book.trainee(state="sent", sent=HOURS, sent_at=utc_now())
    session.add_all(
        [
            ScoreTry(
                score_id=score.id,
                outcome="unreachable",
                status=503,
                detail=stored_detail("Закрыто на ремонт"),
                sent=HOURS,
            ),
            ScoreTry(score_id=score.id, outcome="sent", status=200, sent=HOURS),
        ]
    )
    session.commit()
    log_in(client, session, enrolment.person.account)
    page = text(client.get(f"/results/{score.id}"))
    assert "Закрыто на ремонт" in page
    assert "ответ 503" in page
    assert "ответ 200" in page
    assert "again" not in page  # trainees do not send


def test_one_or_all_scores_are_sent_again(client, session, book):
    _, first = book.trainee(state="refused", error=stored_detail("нет"))
    _, second = book.trainee(state="refused", error=stored_detail("нет"), tries=4)
    _, third = book.trainee(state="sent", sent=HOURS, sent_at=utc_now())
    session.commit()
    log_in(client, session, book.leader)
    for _ in range(2):  # a double click
        assert client.post(f"/results/{first.id}/again").status_code == 303
    session.expire_all()
    assert (first.state, second.state) == ("waiting", "refused")
    answer = client.post(f"/groups/{book.cohort.id}/results/again", follow_redirects=True)
    assert "Ещё раз передаются 2 результата" in text(answer)
    session.expire_all()
    assert (first.state, second.state, second.tries, third.state) == ("waiting", "waiting", 0, "sent")
    waiting = session.scalars(select(Job.subject_id).where(Job.kind == SEND_SCORE, Job.state == "waiting")).all()
    assert set(waiting) == {first.id, second.id}


def test_sending_again_retries_refused_line_item(client, session, book):
    book.item.state, book.item.url, book.item.error = "refused", None, stored_detail("Категория закрыта")
    _, score = book.trainee(state="waiting")
    session.commit()
    log_in(client, session, book.leader)
    client.post(f"/groups/{book.cohort.id}/results/again")
    session.expire_all()
    assert book.item.state == "wanted"
    assert session.scalars(select(Job.subject_id).where(Job.kind == SYNC_LINE_ITEM)).all() == [book.item.id]
    assert score.state == "waiting"


def test_query_count_is_independent_of_group_size(client, session, book, engine):
    log_in(client, session, book.leader)
    counts = []
    for size in (2, 60):
        for _ in range(size):
            book.trainee(state="sent", sent=HOURS, sent_at=utc_now())
        session.commit()
        client.get(f"/groups/{book.cohort.id}/results")
        with count_queries(engine) as sent:
            assert client.get(f"/groups/{book.cohort.id}/results").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 12


def test_inside_a_launch(client, session, platform):
    group = make.cohort(session)
    row = registered(session, platform, site_id=group.site_id)
    link = placed(session, row, platform, group, points=36, graded=True)
    session.commit()
    answer = platform.launch(client, platform.course.learner, link)
    course = client.get(answer.location, follow_redirects=True)
    prefix = "/in/" + answer.location.split("/in/")[1].split("/")[0]
    page = client.get(f"{prefix}/results")
    assert "передавать пока нечего" in text(page)
    assert course.status_code == 200
