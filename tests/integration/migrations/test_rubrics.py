"""Migration 0008 moves the criteria of part 4 and of tasks into one table, which the database freezes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from lms.core.db import make_engine
from lms.core.migrate import configuration, upgrade
from tests.support.database_dump import load_dump
from tests.support.superuser import as_superuser

COLUMNS = "criterion.position, criterion.name, criterion.indicator, criterion.max_points, criterion.min_points"
PART_FOUR = f"SELECT version_id, lineage, {COLUMNS} FROM criterion ORDER BY version_id, position"
FINAL_RUBRICS = f"""
    SELECT version_id, lineage, {COLUMNS} FROM rubric_criterion AS criterion
    JOIN rubric ON rubric.id = criterion.rubric_id WHERE rubric.final ORDER BY version_id, position
"""
OF_TASKS = f"SELECT task_id, criterion.id, {COLUMNS} FROM task_criterion AS criterion ORDER BY task_id, position"
OF_RUBRICS = f"""
    SELECT task.id, criterion.id, {COLUMNS} FROM rubric_criterion AS criterion
    JOIN attestation_task AS task ON task.rubric_id = criterion.rubric_id ORDER BY task.id, criterion.position
"""
OF_GROUPS = "SELECT version_id FROM cohort"
MARKS = "SELECT review_id, criterion_id, points FROM review_mark ORDER BY review_id, criterion_id"
OPEN_TASK = """
    UPDATE task_criterion SET max_points = 7 WHERE task_id = (
        SELECT task.id FROM attestation_task AS task JOIN programme_version AS version ON version.id = task.version_id
        WHERE version.state <> 'approved' AND kind = 'final' AND EXISTS (
            SELECT 1 FROM criterion WHERE criterion.version_id = version.id) LIMIT 1)
    RETURNING task_id
"""


@pytest.fixture
def filled(make_empty_database: Callable[[], str]) -> Iterator[Engine]:
    """A database at revision 0003, filled by the code of that revision."""
    url = make_empty_database()
    upgrade(url, "0003")
    load_dump(url, "0003")
    engine = make_engine(url)
    yield engine
    engine.dispose()


def rows(connection: Connection, statement: str) -> list[Any]:
    return [tuple(row) for row in connection.execute(text(statement))]


def test_criteria_and_marks_stay_and_are_frozen(filled: Engine):
    with filled.begin() as connection:
        before = [rows(connection, statement) for statement in (PART_FOUR, OF_TASKS, MARKS)]
    assert all(before)
    upgrade(filled.url.render_as_string(hide_password=False))
    with filled.begin() as connection:
        after = [rows(connection, statement) for statement in (FINAL_RUBRICS, OF_RUBRICS, MARKS)]
        shared = rows(connection, "SELECT 1 FROM rubric JOIN attestation_task ON rubric_id = rubric.id WHERE final")
    assert after == before
    assert shared
    for statement in ("UPDATE rubric_criterion SET max_points = 9", "UPDATE attestation_task SET pass_mark = 0"):
        with pytest.raises(IntegrityError, match="approved version does not change"), filled.begin() as connection:
            connection.execute(text(statement))


def test_final_task_of_open_version_takes_changed_criteria_of_part_four(filled: Engine):
    without_triggers = make_engine(as_superuser(filled.url.render_as_string(hide_password=False)))
    with without_triggers.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE programme_version SET state = 'draft' WHERE id NOT IN (SELECT version_id FROM cohort)")
        )
        task_id = connection.execute(text(OPEN_TASK)).scalar()
    without_triggers.dispose()
    assert task_id is not None, "the dump has no such version: choose another way to make one"
    upgrade(filled.url.render_as_string(hide_password=False))
    with filled.begin() as connection:
        final = (
            "SELECT final FROM rubric JOIN attestation_task AS task ON task.rubric_id = rubric.id WHERE task.id = :id"
        )
        assert connection.execute(text(final), {"id": task_id}).scalar()
        assert not rows(connection, "SELECT 1 FROM rubric_criterion WHERE max_points = 7")


def test_downgrade_restores_both_tables(filled: Engine):
    with filled.begin() as connection:
        before = [rows(connection, statement) for statement in (PART_FOUR, OF_TASKS, MARKS)]
    upgrade(filled.url.render_as_string(hide_password=False), "0008")
    with filled.connect() as connection:
        command.downgrade(configuration(connection), "0007")
        connection.commit()
        assert [rows(connection, statement) for statement in (PART_FOUR, OF_TASKS, MARKS)] == before
