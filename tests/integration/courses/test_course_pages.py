"""Pages of a course: without JavaScript, with few queries and elements, for its readers only."""

import re
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from assessment.certificates.operations import number_one
from assessment.completion.operations import evaluate_enrolment
from assessment.models.attestation import AttestationTask, Result, Review, Submission, SubmissionVersion
from assessment.models.self_checks import SelfCheck
from courses import course_items as port
from courses.course_items import CourseItem
from courses.materials.course_items import MATERIALS
from courses.models.groups import Enrolment, MaterialProgress, TopicDeadline
from courses.models.programmes import HourKind, ProgrammeVersion, Section, Topic, TopicHours
from courses.progress.operations import mark_topic, open_material
from lms.core.auth.policy import SYSTEM
from lms.core.clock import day_in, utc_now
from tests.factories import attestation, make
from tests.support.browsing import log_in
from tests.support.counting import count_queries

TODAY = day_in("Asia/Novokuznetsk", utc_now())
MOST_QUERIES = 12
MOST_BYTES = 60 * 1024
MOST_ELEMENTS = 600


class Elements(HTMLParser):
    """Counts the elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.count = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.count += 1


@pytest.fixture
def enrolment(session) -> Enrolment:
    return make.enrolment(session, enrolled_on=TODAY - timedelta(days=5))


@pytest.fixture
def trainee(client, session, enrolment):
    return log_in(client, session, enrolment.person.account)


@pytest.fixture
def leader(app, session, enrolment):
    return log_in(app.test_client(), session, make.member(session, "leader", site=enrolment.cohort.site))


def topic_of(session, enrolment, place=0):
    return make.topics(session, enrolment.cohort.version)[place]


def at(enrolment, rest=""):
    return f"/course/{enrolment.id}{rest}"


def words(page: str) -> str:
    """Returns the text of a page with ordinary spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def due(session, enrolment, place, days):
    session.add(
        TopicDeadline(
            cohort_id=enrolment.cohort_id,
            topic_lineage=topic_of(session, enrolment, place).lineage,
            due_on=TODAY + timedelta(days=days),
        )
    )
    session.commit()


def test_opening_page_completes_it_and_credits_topic(session, trainee, enrolment):
    page = make.material(session, enrolment.cohort.version, title="Глаз и слово")
    session.commit()
    topic = at(enrolment, f"/topics/{page.topic_lineage}")
    before = words(trainee.get(topic).text)
    assert "Чтобы завершить тему, осталось одно Глаз и слово" in before
    assert "Не открыта" in before

    opened = trainee.get(at(enrolment, f"/materials/{page.id}"))
    assert "Что делает <strong>ученик</strong>" in opened.text
    assert "Тема пройдена, зачтено 4 ч" in words(opened.text)
    after = words(trainee.get(topic).text)
    assert "обязательных 1 из 1" in after
    assert "Тема пройдена" in after
    session.refresh(enrolment)
    assert enrolment.hours_done == 4


def test_prefetching_browser_opens_nothing(session, trainee, enrolment):
    page = make.material(session, enrolment.cohort.version)
    session.commit()
    address = at(enrolment, f"/materials/{page.id}")
    trainee.get(address, headers={"Sec-Purpose": "prefetch;prerender"})
    trainee.head(address)
    assert session.scalar(select(MaterialProgress)) is None


def test_link_of_another_site_shows_the_material_and_credits_nothing(session, trainee, enrolment):
    page = make.material(session, enrolment.cohort.version)
    session.commit()
    address = at(enrolment, f"/materials/{page.id}")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Referer": "https://other.example/"}):
        assert trainee.get(address, headers=headers).status_code == 200
        assert session.scalar(select(MaterialProgress)) is None
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        trainee.get(address, headers=headers)
        assert session.scalar(select(MaterialProgress)) is not None


def test_trainee_confirms_material(session, trainee, enrolment):
    film = make.material(
        session, enrolment.cohort.version, kind="video", url="https://example.org/film", completion="confirmed"
    )
    session.commit()
    page = trainee.get(at(enrolment, f"/materials/{film.id}")).text
    assert "Просмотрено" in page
    assert "Ждёт вашей отметки" in words(page)
    answer = trainee.post(at(enrolment, f"/materials/{film.id}/confirm"), follow_redirects=True)
    assert "Отмечено. Тема пройдена, зачтено 4 ч." in words(answer.text)
    again = trainee.post(at(enrolment, f"/materials/{film.id}/confirm"), follow_redirects=True)
    assert again.status_code == 200
    session.refresh(enrolment)
    assert enrolment.hours_done == 4


def test_player_is_shown_after_click_and_framed_by_its_page_only(session, trainee, enrolment):
    address = "https://rutube.ru/video/0123456789abcdef0123456789abcdef/"
    film = make.material(session, enrolment.cohort.version, kind="video", url=address)
    session.commit()
    before = trainee.get(at(enrolment, f"/materials/{film.id}"))
    assert "<iframe" not in before.text
    assert "frame-src" not in before.headers["Content-Security-Policy"]
    after = trainee.get(at(enrolment, f"/materials/{film.id}?play=1"))
    assert 'src="https://rutube.ru/play/embed/0123456789abcdef0123456789abcdef"' in after.text
    assert "frame-src https://rutube.ru;" in after.headers["Content-Security-Policy"] + ";"
    other = trainee.get(at(enrolment))
    assert "rutube" not in other.headers["Content-Security-Policy"]


def test_other_host_is_link_and_uploaded_video_plays(session, trainee, enrolment):
    version = enrolment.cohort.version
    elsewhere = make.material(session, version, kind="video", url="https://vimeo.com/1")
    own = make.material(
        session, version, kind="video", file=make.stored_file(session, b"....ftypisom", media_type="video/mp4")
    )
    session.commit()
    page = trainee.get(at(enrolment, f"/materials/{elsewhere.id}?play=1"))
    assert "<iframe" not in page.text
    assert f"/materials/{elsewhere.id}/follow" in page.text
    assert "<video" in trainee.get(at(enrolment, f"/materials/{own.id}")).text


def test_file_is_sent_with_safe_headers_and_its_name(session, trainee, enrolment):
    file = make.stored_file(session, b"%PDF-1.7 0123456789", name="Бланк анализа «урока».pdf")
    paper = make.material(session, enrolment.cohort.version, kind="file", file=file)
    session.commit()
    answer = trainee.get(at(enrolment, f"/materials/{paper.id}/file"), buffered=True)
    assert answer.data == b"%PDF-1.7 0123456789"
    names = answer.headers["Content-Disposition"]
    assert names.startswith("attachment;")
    assert "filename*=UTF-8''%D0%91%D0%BB%D0%B0%D0%BD%D0%BA%20" in names
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    session.refresh(enrolment)
    assert enrolment.hours_done == 4

    shown = trainee.get(at(enrolment, f"/materials/{paper.id}/file?show=1"), buffered=True)
    assert shown.headers["Content-Disposition"].startswith("inline")
    part = trainee.get(at(enrolment, f"/materials/{paper.id}/file"), buffered=True, headers={"Range": "bytes=9-12"})
    assert (part.status_code, part.data) == (206, b"0123")
    known = trainee.get(
        at(enrolment, f"/materials/{paper.id}/file"), buffered=True, headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert known.status_code == 304


def test_scriptable_file_is_never_shown_inline(session, trainee, enrolment):
    file = make.stored_file(
        session, b"<svg xmlns='http://www.w3.org/2000/svg'/>", name="x.svg", media_type="image/svg+xml"
    )
    picture = make.material(session, enrolment.cohort.version, kind="file", file=file)
    session.commit()
    answer = trainee.get(at(enrolment, f"/materials/{picture.id}/file?show=1"), buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")


def test_link_is_followed_by_redirect(session, trainee, enrolment):
    link = make.material(session, enrolment.cohort.version, kind="link", url="https://example.org/bank")
    session.commit()
    assert f"/materials/{link.id}/follow" in trainee.get(at(enrolment, f"/topics/{link.topic_lineage}")).text
    answer = trainee.get(at(enrolment, f"/materials/{link.id}/follow"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://example.org/bank")
    session.refresh(enrolment)
    assert enrolment.hours_done == 4


def test_material_of_another_course_is_not_found(session, trainee, enrolment):
    other = make.enrolment(session)
    strange = make.material(session, other.cohort.version)
    removed = make.material(session, enrolment.cohort.version, removed_at=utc_now())
    session.commit()
    for address in (
        at(other),
        at(enrolment, f"/materials/{strange.id}"),
        at(enrolment, f"/materials/{removed.id}"),
        at(enrolment, f"/materials/{strange.id}/file"),
        at(enrolment, f"/topics/{strange.topic_lineage}"),
        f"/programmes/{enrolment.cohort.version_id}/course",
    ):
        assert trainee.get(address).status_code == 404, address


def test_withdrawn_trainee_is_refused_and_informed(session, trainee, enrolment):
    enrolment.state = "withdrawn"
    session.commit()
    assert trainee.get(at(enrolment)).status_code == 404
    assert trainee.get("/course").headers["Location"] == "/"
    assert "Вы отчислены" in words(trainee.get("/").text)


# Pages of leaders


def test_leader_views_course_without_recording_progress(session, leader, enrolment):
    page = make.material(session, enrolment.cohort.version)
    session.commit()
    assert "Курс глазами стажёра" in words(leader.get(at(enrolment)).text)
    leader.get(at(enrolment, f"/materials/{page.id}"))
    assert session.scalar(select(MaterialProgress)) is None
    assert leader.post(at(enrolment, f"/materials/{page.id}/confirm")).status_code == 403


def test_leader_confirms_topic_and_takes_mark_back(session, leader, enrolment):
    topic = topic_of(session, enrolment, 3)
    session.commit()
    address = at(enrolment, f"/topics/{topic.lineage}")
    assert "Засчитать тему стажёру" in leader.get(address).text.replace("\xa0", " ")
    answer = leader.post(f"{address}/mark", follow_redirects=True)
    assert "Снять отметку" in words(answer.text)
    session.refresh(enrolment)
    assert enrolment.hours_done == 3
    leader.post(f"{address}/mark", data={"undo": "1", "next": "https://evil.example/"}, follow_redirects=False)
    session.refresh(enrolment)
    assert enrolment.hours_done == 0


def test_preview_shows_course_to_staff(session, leader, enrolment):
    version = enrolment.cohort.version
    page = make.material(session, version, title="Глаз и слово")
    make.material(session, version, kind="file", file=make.stored_file(session))
    session.commit()
    start = f"/programmes/{version.id}/course"
    assert "увидят стажёры" in words(leader.get(start).text)
    topic = leader.get(f"{start}/topics/{page.topic_lineage}").text
    assert f"{start}/materials/{page.id}" in topic
    assert "Что делает" in leader.get(f"{start}/materials/{page.id}").text
    assert session.query(Enrolment).count() == 1


# Home


def test_home_shows_next_step_and_due_date(session, trainee, enrolment):
    make.material(session, enrolment.cohort.version, title="Глаз и слово", minutes=40)
    due(session, enrolment, 0, 4)
    page = words(trainee.get("/").text)
    assert "осталось 4 дня" in page
    assert "Осталось одно: «Глаз и слово». Это займёт около 40 минут." in page
    assert "Начать" in page
    assert "0 из 18 зачтено" in page
    assert "сертификат оформится сам" in page


def test_home_of_late_joiner_shows_missed_topics(session, client):
    enrolment = make.enrolment(session, enrolled_on=TODAY)
    make.material(session, enrolment.cohort.version)
    due(session, enrolment, 0, -2)
    page = words(log_in(client, session, enrolment.person.account).get("/").text)
    assert "группа уже прошла темы 1.1" in page
    assert "Чтобы догнать группу" in page
    assert "отстаёте" not in page


def test_home_shows_completed_course(session, trainee, enrolment):
    for topic in make.topics(session, enrolment.cohort.version):
        mark_topic(session, actor=SYSTEM, enrolment=enrolment, topic_lineage=topic.lineage, now=utc_now())
    session.commit()
    waiting = words(trainee.get("/").text)
    assert "Вы прошли всю программу" in waiting
    assert "сертификат оформится сам" in waiting
    evaluate_enrolment(session, enrolment.id)
    number_one(session, enrolment.id)
    session.commit()
    graduate = words(trainee.get("/").text)
    assert "Сертификат выдан: он в «Документах»" in graduate
    assert "оформится сам" not in graduate


def test_home_shows_several_courses_as_tabs(session, trainee, enrolment):
    second = make.enrolment(session, account=enrolment.person.account)
    session.commit()
    page = trainee.get(f"/?face=course-{second.id}").text
    assert f"<h1>{second.cohort.version.title}</h1>" in page
    assert f"face=course-{enrolment.id}" in page
    assert trainee.get("/?face=course-999999").status_code == 200


def test_home_without_account_or_group_is_shown(session, client):
    assert "/log-in" in client.get("/").text
    page = log_in(client, session, make.account(session)).get("/")
    assert "не состоите" in words(page.text)


def test_home_of_office_shows_links(session, client):
    site = make.site(session)
    page = log_in(client, session, make.member(session, "methodologist", authority=site.authority)).get("/")
    assert page.status_code == 200


# Query counts and page size


def big_course(session, topics: int) -> Enrolment:
    """Returns a version with this number of topics, two materials each, half of them done."""
    version = make.programme(session, state="draft")
    kinds = session.scalars(select(HourKind).where(HourKind.version_id == version.id)).all()
    section = session.scalars(select(Section).where(Section.version_id == version.id)).first()
    for place in range(topics - 4):
        topic = Topic(version_id=version.id, section_id=section.id, position=10 + place, title=f"Тема {place}")
        topic.hours = [TopicHours(kind_id=kind.id, hours=Decimal(1)) for kind in kinds]
        session.add(topic)
    session.flush()
    session.get(ProgrammeVersion, version.id).state = "approved"
    enrolment = make.enrolment(session, make.cohort(session, version), enrolled_on=TODAY - timedelta(days=5))
    for place, topic in enumerate(make.topics(session, version)):
        pages = [make.material(session, version, place) for _ in range(2)]
        session.add(TopicDeadline(cohort_id=enrolment.cohort_id, topic_lineage=topic.lineage, due_on=TODAY))
        for page in pages[: 2 - place % 2]:
            open_material(session, enrolment=enrolment, material=page, now=utc_now())
    session.commit()
    return enrolment


def with_works(session, enrolment: Enrolment) -> Enrolment:
    """Adds self-checks, tasks with criteria, works handed in, and a review that returned one of them."""
    version = enrolment.cohort.version
    topics = make.topics(session, version)
    reviewer = make.member(session, "leader", site=version.programme.site)
    for place, topic in enumerate(topics[:4]):
        session.add(SelfCheck(programme_id=version.programme_id, topic_lineage=topic.lineage, title=f"Вопросы {place}"))
        rubric = attestation.rubric(session, version, *((f"Критерий {spot}", 5, 0) for spot in range(3)))
        task = AttestationTask(
            version_id=version.id, topic_lineage=topic.lineage, kind="current", title=f"Карта {place}", rubric=rubric
        )
        work = Submission(task=task, enrolment=enrolment, state="returned")
        text = SubmissionVersion(submission=work, number=1, text="Работа", handed_in_at=utc_now())
        read = Review(version=text, reviewer_id=reviewer.id, total=Decimal(6), comment="Опишите результат.")
        decided = {"decided_at": utc_now(), "released_at": utc_now(), "decided_by_id": reviewer.id}
        result = Result(version=text, decision="returned", total=Decimal(6), **decided)
        session.add_all([task, work, text, read, result])
    session.commit()
    return enrolment


@pytest.mark.parametrize("evaluated", [False, True])
@pytest.mark.parametrize("topics", [4, 40])
def test_query_count_does_not_grow_with_course(session, client, engine, topics, evaluated):
    enrolment = with_works(session, big_course(session, topics))
    lineage = topic_of(session, enrolment).lineage
    if evaluated:
        evaluate_enrolment(session, enrolment.id)
    log_in(client, session, enrolment.person.account)
    client.get("/")
    assert "Вернули" in client.get("/").text
    for address in ("/", at(enrolment), at(enrolment, f"/topics/{lineage}")):
        session.expunge_all()
        with count_queries(engine) as sent:
            assert client.get(address).status_code == 200
        assert len(sent) <= MOST_QUERIES, f"{address}: {len(sent)}\n" + "\n\n".join(sent)


def test_page_of_twenty_activities_stays_small(session, client, monkeypatch):
    enrolment = big_course(session, 10)
    lineage = topic_of(session, enrolment).lineage
    tasks = [CourseItem(lineage, "task", one, f"Задание {one}", True, False, "open") for one in range(20)]
    of_test = port.ItemProvider(lambda _session, _course: (), (), lambda _outline, _state, _enrolment: tasks)
    monkeypatch.setattr(port, "_providers", [MATERIALS, of_test])
    log_in(client, session, enrolment.person.account)
    for address in ("/", at(enrolment), at(enrolment, f"/topics/{lineage}")):
        page = client.get(address)
        assert len(page.data) <= MOST_BYTES, address
        assert Elements(page.text).count <= MOST_ELEMENTS, address
