"""Dashboard of a leader, in the order of urgency."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask, Submission
from courses.groups.operations import set_deadlines
from courses.models.groups import Cohort
from courses.models.programmes import Consideration
from lms.core.clock import utc_now
from lms.core.people.models import Account
from lms.registry.models import Site, SiteStatus
from tests.factories import make
from tests.support.browsing import log_in

DAY = timedelta(days=1)


@pytest.fixture
def site(session: Session) -> Site:
    return make.site(session, theme="Цифровая среда")


@pytest.fixture
def leader(session: Session, site: Site) -> Account:
    return make.member(session, "leader", site=site)


@pytest.fixture
def home(client: FlaskClient, session: Session, leader: Account):
    """Returns the page's text with ordinary spaces."""

    def get() -> str:
        session.commit()
        return log_in(client, session, leader).get("/").text.replace("\xa0", " ")

    return get


@pytest.fixture
def cohort(session: Session, site: Site) -> Cohort:
    return make.cohort(session, make.programme(session, site), title="Осень")


def hand_in(session: Session, cohort: Cohort, surname: str, *, days: int, kind: str = "current") -> Submission:
    account = make.account(session, person=make.person(session, surname=surname))
    enrolment = make.enrolment(session, cohort, account=account, accepted_at=utc_now())
    first = make.topics(session, cohort.version)[0]
    task = AttestationTask(version_id=cohort.version_id, kind=kind, title="Анализ урока", topic_lineage=first.lineage)
    session.add(task)
    session.flush()
    since = utc_now() - timedelta(days=days)
    work = Submission(task_id=task.id, enrolment_id=enrolment.id, state="handed_in", waiting_since=since)
    session.add(work)
    session.flush()
    return work


def test_works_come_first_by_age(session, cohort, home):
    for place, days in enumerate((1, 6, 3, 2)):
        hand_in(session, cohort, f"Соколов{'абвг'[place]}", days=days, kind="final" if days == 1 else "current")
    page = home()
    assert "Вас ждёт 1 дело" in page
    assert "самая давняя работа ждёт 6 дней" in page
    assert "4 работы на проверке" in page
    assert page.index("Соколовб") < page.index("Соколовв") < page.index("Соколовг")
    assert "и ещё 1, из них итоговых: 1" in page
    assert page.count("btn-primary") == 1
    assert '<span class="count num">4</span>' in page


def test_works_of_other_sites_are_not_shown(session, home, cohort):
    hand_in(session, make.cohort(session), "Чужов", days=5)
    page = home()
    assert "Чужов" not in page
    assert "на проверке" not in page


def test_returned_programme_is_shown_with_remarks(session, site, home):
    version = make.programme(session, site, state="returned", title="Формирующее оценивание")
    said = {"document": "протокол № 4", "remarks": "Уточнить контроль."}
    session.add(Consideration(version_id=version.id, decision="returned", decided_on=make.TODAY, **said))
    page = home()
    assert "«Формирующее оценивание» вернули с замечаниями" in page
    assert "Уточнить контроль." in page


def test_late_trainee_can_be_reminded(session, cohort, home):
    late = make.enrolment(session, cohort, enrolled_on=cohort.starts_on, last_seen_at=utc_now() - 9 * DAY)
    first = make.topics(session, cohort.version)[0]
    set_deadlines(session, cohort, {first.lineage: make.TODAY - 2 * DAY})
    page = home()
    assert f"{late.person.full_name} отстаёт на 4 ч" in page
    assert "9 дней назад" in page
    assert f'action="/groups/trainees/{late.id}/remind"' in page
    assert "1 отстаёт" in page


def test_work_waiting_for_review_is_not_late(session, cohort, home):
    work = hand_in(session, cohort, "Соколов", days=1)
    work.enrolment.enrolled_on = cohort.starts_on
    set_deadlines(session, cohort, {work.task.topic_lineage: make.TODAY - 2 * DAY})
    assert "отстаёт" not in home()


def test_upcoming_group_is_shown_with_trainees_not_started(session, site, home):
    version = make.programme(session, site)
    begins = make.TODAY + 7 * DAY
    cohort = make.cohort(session, version, title="Зима", starts_on=begins, ends_on=begins + 40 * DAY)
    for name, values in {
        "Зуева": {"invited_at": utc_now()},
        "Карпов": {},
        "Ильина": {"accepted_at": utc_now()},
    }.items():
        account = make.account(session, person=make.person(session, surname=name), email="shared@s.example")
        make.enrolment(session, cohort, account=account, **values)
    page = home()
    assert "Группа «Зима» начинает" in page
    assert "Вошли 1 из 3. Ещё нет: Зуева, Карпов." in page
    assert "Напомнить 1 стажёру" in page
    assert "Часы пойдут с" in page


def test_topics_due_soon_are_shown(session, site, home):
    cohort = make.cohort(session, make.programme(session, site), title="Лето", ends_on=make.TODAY + 3 * DAY)
    make.enrolment(session, cohort, accepted_at=utc_now())
    status = session.query(SiteStatus).filter_by(site_id=site.id).one()
    status.ends_on = make.TODAY + 20 * DAY
    page = home()
    assert "Группа «Лето» заканчивает" in page
    assert "Статус площадки действует до" in page


def test_home_without_urgent_items_says_so(session, cohort, home):
    make.enrolment(session, cohort, accepted_at=utc_now())
    page = home()
    assert "Ничего срочного" in page
    assert "Группы идут сами" in page


def test_new_leader_is_shown_first_step(home):
    page = home()
    assert "Создайте группу" in page
    assert page.count("btn-primary") == 1


def test_teacher_sees_works_and_groups_without_actions(client, session, site, cohort):
    hand_in(session, cohort, "Соколов", days=2)
    teacher = make.member(session, "teacher", site=site)
    session.commit()
    page = log_in(client, session, teacher).get("/").text
    assert "Соколов" in page
    assert "Осень" in page
    assert "/groups/new" not in page
