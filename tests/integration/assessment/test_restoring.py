"""Removed self-checks and questions, and sheets that were handed in, are brought back."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from assessment.completion.operations import REEVALUATE
from assessment.models.self_checks import SelfCheck, SelfCheckItem
from assessment.ratings import operations as ratings
from assessment.ratings.grading import score_many
from assessment.ratings.queries import descriptors_of, sheets_of
from assessment.self_checks.queries import items_of
from courses.actors import actor_of
from lms.core.audit import AuditEntry
from lms.core.clock import utc_now
from lms.core.errors import DomainError
from lms.core.jobs.models import Job
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.checks import make_check

GIFT = "".join(f"::Вопрос {number}::Протокол пишут на уроке. {{TRUE}}\n\n" for number in range(3))
NOW = utc_now()


@pytest.fixture
def version(session):
    return make.programme(session)


@pytest.fixture
def leader(session, version):
    return make.member(session, "leader", site=version.programme.site)


def test_removed_self_check_is_brought_back(client, session, version, leader):
    check = make_check(session, version, GIFT, title="Глаз наблюдателя")
    base = f"/programmes/{version.id}/self-checks"
    log_in(client, session, leader)
    client.post(f"{base}/{check.id}/remove")
    session.expire_all()
    assert check.removed_at is not None
    jobs = select(Job).where(Job.kind == REEVALUATE, Job.subject_id == version.programme_id)
    for job in session.scalars(jobs):
        session.delete(job)
    session.commit()
    assert f'action="{base}/{check.id}/restore"' in client.get(base).text
    assert "«Глаз наблюдателя» снова в курсе" in client.post(f"{base}/{check.id}/restore", follow_redirects=True).text
    session.expire_all()
    assert session.get_one(SelfCheck, check.id).removed_at is None
    assert session.scalars(jobs).one().state == "waiting"
    assert client.post(f"/programmes/{make.programme(session).id}/self-checks/{check.id}/restore").status_code == 404


def test_question_taken_out_is_put_back_to_its_place(client, session, version, leader):
    check = make_check(session, version, GIFT)
    first, middle, last = items_of(session, check)
    middle.mark = Decimal("2.5")
    session.commit()
    log_in(client, session, leader)
    base = f"/programmes/{version.id}/self-checks/{check.id}"
    page = client.post(f"{base}/questions/{middle.id}/remove", follow_redirects=True).text
    assert f'action="{base}/questions/restore"' in page
    data = {"taken": middle.question_id, "mark": "2.5", "at": middle.position}
    for _click in range(2):
        assert client.post(f"{base}/questions/restore", data=data).status_code == 303
    session.expire_all()
    found = [(item.question_id, item.mark) for item in items_of(session, check)]
    assert found == [(first.question_id, 1), (data["taken"], Decimal("2.5")), (last.question_id, 1)]
    foreign = make_check(session, make.programme(session), GIFT)
    other = session.scalars(select(SelfCheckItem.question_id).where(SelfCheckItem.self_check_id == foreign.id)).first()
    assert client.post(f"{base}/questions/restore", data=data | {"taken": other}).status_code == 404


def test_handed_in_sheet_is_returned_with_its_levels(session, version, leader):
    enrolment = make.enrolment(session, make.cohort(session, version))
    levels = {one.key: "1" for one in descriptors_of(session, [version.id])[version.id]}
    for moment in ("before", "after"):
        sheet = ratings.hand_in(session, enrolment, moment, levels, now=NOW)
        score_many(session, [sheet.id])
    values = {"enrolment": enrolment, "moment": "after", "now": NOW}
    with pytest.raises(DomainError) as refused:
        ratings.reopen(session, actor=actor_of(session, enrolment.person.account), **values)
    assert refused.value.code == "own_work_not_graded"
    for _click in range(2):
        ratings.reopen(session, actor=actor_of(session, leader), **values)
    sheets = sheets_of(session, enrolment)
    assert (sheets["after"].state, len(sheets["after"].answers), sheets["after"].scores) == ("draft", len(levels), {})
    assert sheets["before"].state == "handed_in"
    score_many(session, [sheets["before"].id])
    session.expire_all()
    assert sheets["before"].state == "scored"
    entries = select(AuditEntry).where(AuditEntry.action == "rating.reopen")
    assert session.scalars(entries).one().detail == {"moment": "after"}


def test_leader_returns_a_sheet_on_its_page(client, session, version, leader):
    enrolment = make.enrolment(session, make.cohort(session, version))
    levels = {one.key: "1" for one in descriptors_of(session, [version.id])[version.id]}
    ratings.hand_in(session, enrolment, "before", levels, now=NOW)
    session.commit()
    page = f"/course/{enrolment.id}/rating"
    log_in(client, session, enrolment.person.account)
    assert "/reopen" not in client.get(page).text
    log_in(client, session, leader)
    assert f'action="{page}/before/reopen"' in client.get(page).text
    assert "Лист снова у стажёра" in client.post(f"{page}/before/reopen", follow_redirects=True).text
