"""Generated data: valid, the same for the same seed, and equal to what the product computes from them."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session, sessionmaker

from assessment.attempts.grading import score_of
from assessment.attempts.handed_in import COLUMNS, HandedIn
from assessment.completion.queries import completion_of
from assessment.models.attestation import Result, Submission
from assessment.models.certificates import Certificate, CompletionState, NumberSeries
from assessment.models.self_checks import Attempt
from courses.course_items import CourseItem
from courses.models.groups import Cohort, Enrolment, HourCredit, TopicProgress
from courses.models.programmes import ProgrammeVersion
from courses.programmes.plan_store import load_plan
from courses.programmes.readiness import readiness
from courses.progress.operations import done_topics
from courses.progress.queries import course_items
from lms import composition
from lms.audit_messages.catalogue import SENTENCES
from lms.cli.generate import command
from lms.cli.main import explained
from lms.core.audit import AuditEntry
from lms.core.db import Base, make_engine, make_sessions
from lms.core.files import port
from lms.core.jobs.models import Job
from lms.core.notifications.models import Notice
from lms.core.people.models import Account
from lms.core.people.operations import create_person
from lms.core.settings import Settings
from lms.demo.volume.generate import LOG_INS, DatabaseNotEmpty, generate
from lms.demo.volume.volume import Volume
from lms.devserver.supervisor import Servers
from lms.notices.catalogue import KINDS

SMALL = Volume(sites=2, programmes=5, enrolments=60, seed=7, today=date(2026, 11, 20))
Sessions = sessionmaker[Session]
PASSWORD = "grebenka-9-lugov"
SECRET = {"account": {"password_hash"}, "blob": {"stored_at"}, "content_change": {"created_at"}}
"""Columns that differ between two runs: salted hashes, and moments that the database gives."""
MADE_BY_THE_DATABASE = {"consent_document": {"created_at"}, "stored_file": {"created_at"}}


@contextmanager
def _filled(address: str) -> Iterator[Sessions]:
    engine = make_engine(address)
    try:
        sessions = make_sessions(engine)
        with sessions.begin() as session:
            generate(session, SMALL, password=PASSWORD, reached=lambda _sites: None)
        yield sessions
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def filled(
    make_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sessionmaker[Session]]:
    composition.wire()
    settings = Settings(data=tmp_path_factory.mktemp("volume"), public_url="http://localhost")
    port.configure(port.store_of(settings))
    with _filled(make_database()) as sessions:
        yield sessions


@pytest.fixture
def looking(filled: Sessions) -> Iterator[Session]:
    with filled() as session:
        yield session


def test_numbers_are_those_asked_for(looking: Session):
    assert looking.scalar(select(func.count()).select_from(Enrolment)) == SMALL.enrolments
    states = Counter(looking.scalars(select(ProgrammeVersion.state).where(ProgrammeVersion.number == 1)))
    assert sum(states.values()) == SMALL.programmes


def test_groups_are_finished_running_and_to_come(looking: Session):
    today = SMALL.today
    stages = {
        "finished" if one.ends_on < today else "running" if one.starts_on <= today else "to come"
        for one in looking.scalars(select(Cohort))
    }
    assert stages >= {"finished", "running"}
    assert set(looking.scalars(select(Enrolment.state))) >= {"finished", "enrolled"}
    assert looking.scalar(select(func.count()).select_from(Certificate))
    assert looking.scalar(select(func.count()).select_from(Result).where(Result.decision == "accepted"))
    assert looking.scalar(select(func.count()).select_from(Job)) == 0


def test_hours_are_the_sum_of_the_ledger(looking: Session):
    sums = select(HourCredit.enrolment_id, func.sum(HourCredit.hours)).group_by(HourCredit.enrolment_id)
    ledger = {row[0]: row[1] for row in looking.execute(sums)}
    kept = {row[0]: row[1] for row in looking.execute(select(Enrolment.id, Enrolment.hours_done))}
    assert kept == {key: ledger.get(key, Decimal(0)) for key in kept}
    assert any(kept.values())


def test_topics_are_complete_exactly_when_their_items_are_done(looking: Session):
    for enrolment in looking.scalars(select(Enrolment)):
        items: list[CourseItem] = list(course_items(looking, enrolment))
        own = select(TopicProgress).where(TopicProgress.enrolment_id == enrolment.id)
        noted = {one.topic_lineage for one in looking.scalars(own.where(TopicProgress.marked_by_id.is_(None)))}
        assert noted == done_topics(items), enrolment.id


def test_completion_states_are_those_that_the_rule_gives(looking: Session):
    states = {one.enrolment_id: one for one in looking.scalars(select(CompletionState))}
    assert {one.holds for one in states.values()} == {True, False}
    for key, state in states.items():
        found = completion_of(looking, looking.get_one(Enrolment, key))
        assert (state.holds, state.conditions) == (found.holds, found.as_json()), key
    issued = set(looking.scalars(select(Certificate.enrolment_id)))
    assert issued == {key for key, state in states.items() if state.holds}


def test_attempts_have_the_points_that_grading_gives(looking: Session):
    rows = [HandedIn(*row) for row in looking.execute(select(*COLUMNS).order_by(Attempt.id))]
    assert rows
    for row in rows:
        attempt = looking.get_one(Attempt, row.id)
        score = score_of(looking, row)
        assert (attempt.points, attempt.percent) == (score.points, score.percent)
        assert attempt.state == ("needs_person" if score.needs_person else "graded")


def test_plans_add_up_and_are_ready(looking: Session):
    for version in looking.scalars(select(ProgrammeVersion)):
        assert load_plan(looking, version).total == version.workload
        assert not readiness(looking, version).problems, version.id


def test_accepted_works_reach_their_pass_mark(looking: Session):
    works = looking.scalars(select(Submission).where(Submission.state == "accepted")).all()
    assert works
    for work in works:
        result = work.versions[-1].result
        assert result is not None
        assert result.decision == "accepted"
        assert result.total >= work.task.pass_mark


def test_numbers_of_certificates_have_no_gaps(looking: Session):
    series = {(one.organization_id, one.year): one.last for one in looking.scalars(select(NumberSeries))}
    numbers: dict[tuple[int, int], list[int]] = {}
    for one in looking.scalars(select(Certificate)):
        numbers.setdefault((one.organization_id, one.year), []).append(one.number)
    assert {key: list(range(1, last + 1)) for key, last in series.items()} == {
        key: sorted(found) for key, found in numbers.items()
    }


def test_notices_and_audit_entries_are_known(looking: Session):
    kinds = {kind.name: kind for kind in KINDS}
    for notice in looking.scalars(select(Notice)):
        assert kinds[notice.kind].sentence(notice.detail)
        assert kinds[notice.kind].path(notice.detail)
    assert set(looking.scalars(select(AuditEntry.action).distinct())) <= SENTENCES.keys()


def test_known_accounts_have_a_password_and_no_others(looking: Session):
    named = looking.scalars(select(Account.username).where(Account.password_hash.is_not(None)))
    assert set(named) == {username for _role, username in LOG_INS}


def test_rows_can_be_added_afterwards(looking: Session):
    assert create_person(looking, actor=None, surname="Новикова", given_name="Анна", patronymic="").id
    looking.rollback()


def test_same_seed_gives_the_same_rows(filled: Sessions, make_database: Callable[[], str]):
    with _filled(make_database()) as again:
        for table in Base.metadata.sorted_tables:
            assert _rows(filled, table) == _rows(again, table), table.name


def test_filled_database_is_refused_and_unchanged(filled: Sessions):
    with filled() as session, pytest.raises(DatabaseNotEmpty, match=r"уже|already"):
        generate(session, SMALL, password=PASSWORD, reached=lambda _sites: None)


def test_command_fills_a_database_once(make_database: Callable[[], str], servers: Servers, tmp_path: Path):
    environment = {"LMS_DATA": str(tmp_path), "LMS_DATABASE_URL": make_database(), "LMS_REDIS_URL": servers.redis_url}
    arguments = ["--sites", "1", "--programmes", "1", "--enrolments", "5", "--today", "2026-11-20"]
    run = CliRunner()
    first = run.invoke(command, arguments, env=environment)
    assert first.exit_code == 0, first.output
    assert "1 sites, 1 programmes, 5 enrolments" in first.stdout
    assert all(username in first.stdout for _role, username in LOG_INS)
    second = run.invoke(command, arguments, env=environment)
    assert isinstance(second.exception, DatabaseNotEmpty)
    assert explained(second.exception) == second.exception.message


def _rows(sessions: Sessions, table: Table) -> list[dict[str, Any]]:
    left_out = SECRET.get(table.name, set()) | MADE_BY_THE_DATABASE.get(table.name, set())
    columns = [column for column in table.columns if column.name not in left_out]
    with sessions() as session:
        found = session.execute(select(*columns).order_by(*table.primary_key.columns))
        return [dict(row._mapping) for row in found]
