"""Rubrics: one table of criteria for the programme's part 4 and for tasks, frozen with an approved version.

Before, part 4 had ``criterion`` and each task ``task_criterion``, copied from part 4 for the first final task; the copy,
by which works are graded, was not frozen. The first final task now uses part 4's rubric. Criteria of tasks keep their
ids, because marks refer to them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

FROZEN = {"rubric": "version_id", "rubric_criterion": "rubric", "rubric_level": "criterion"}
"""Table → how the trigger finds its version."""

REFUSE_CHANGE = """
    CREATE OR REPLACE FUNCTION refuse_change_of_approved() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE version_state text; changed record;
    BEGIN
        IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
        IF TG_ARGV[0] = 'version_id' THEN
            SELECT state INTO version_state FROM programme_version WHERE id = changed.version_id;
        ELSIF TG_ARGV[0] = 'topic' THEN
            SELECT v.state INTO version_state FROM programme_version v JOIN topic t ON t.version_id = v.id
            WHERE t.id = changed.topic_id;
        {rubric}
        ELSE
            SELECT v.state INTO version_state FROM programme_version v JOIN competency c ON c.version_id = v.id
            WHERE c.id = changed.competency_id;
        END IF;
        IF version_state = 'approved' AND coalesce(current_setting('lms.correction', true), '') <> 'on' THEN
            RAISE EXCEPTION 'an approved version does not change'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_version_frozen';
        END IF;
        RETURN changed;
    END $$"""
OF_RUBRIC = """
        ELSIF TG_ARGV[0] = 'rubric' THEN
            SELECT v.state INTO version_state FROM programme_version v JOIN rubric r ON r.version_id = v.id
            WHERE r.id = changed.rubric_id;
        ELSIF TG_ARGV[0] = 'criterion' THEN
            SELECT v.state INTO version_state FROM programme_version v JOIN rubric r ON r.version_id = v.id
            JOIN rubric_criterion c ON c.rubric_id = r.id WHERE c.id = changed.criterion_id;"""

FINAL_TASKS = """
    CREATE TEMPORARY TABLE final_task ON COMMIT DROP AS
    WITH first AS (
        SELECT DISTINCT ON (version_id) id, version_id FROM attestation_task WHERE kind = 'final'
        ORDER BY version_id, position, id
    ), bounds_of_part AS (
        SELECT version_id, array_agg(ARRAY[max_points, min_points] ORDER BY position, id) AS bounds
        FROM criterion WHERE task_lineage IS NULL GROUP BY version_id
    ), bounds_of_task AS (
        SELECT task_id, array_agg(ARRAY[max_points, min_points] ORDER BY position, id) AS bounds
        FROM task_criterion GROUP BY task_id
    )
    SELECT first.id AS task_id, first.version_id, coalesce(task.bounds = part.bounds, false) AS same
    FROM first
    JOIN programme_version AS version ON version.id = first.version_id
    JOIN bounds_of_part AS part ON part.version_id = first.version_id
    LEFT JOIN bounds_of_task AS task ON task.task_id = first.id
    WHERE task.bounds = part.bounds
        OR (version.state <> 'approved' AND NOT EXISTS (
            SELECT 1 FROM review_mark AS mark JOIN task_criterion AS own ON own.id = mark.criterion_id
            WHERE own.task_id = first.id))"""
"""Final tasks that use part 4's rubric: those whose criteria are its copy, and those whose version is still open."""

COPIED = (
    # The rubric of part 4, and a rubric of its own for each further task with criteria
    "INSERT INTO rubric (version_id, final) SELECT DISTINCT version_id, true FROM criterion WHERE task_lineage IS NULL",
    """INSERT INTO rubric (version_id, final, task_id)
        SELECT version_id, false, id FROM attestation_task AS task
        WHERE id NOT IN (SELECT task_id FROM final_task)
            AND EXISTS (SELECT 1 FROM task_criterion WHERE task_id = task.id) ORDER BY id""",
    # Part 4 and its final task have the same criteria: texts (corrected later) and lineages are part 4's, ids the task's
    """INSERT INTO rubric_criterion
            (id, rubric_id, lineage, position, name, indicator, max_points, min_points, created_at)
        SELECT own.id, rubric.id, part.lineage, part.place - 1, part.name, part.indicator, part.max_points,
            part.min_points, part.created_at
        FROM final_task
        JOIN rubric ON rubric.version_id = final_task.version_id AND rubric.final
        JOIN (SELECT *, row_number() OVER (PARTITION BY task_id ORDER BY position, id) AS place FROM task_criterion)
            AS own ON own.task_id = final_task.task_id
        JOIN (SELECT *, row_number() OVER (PARTITION BY version_id ORDER BY position, id) AS place FROM criterion
            WHERE task_lineage IS NULL) AS part ON part.version_id = final_task.version_id AND part.place = own.place
        WHERE final_task.same""",
    """INSERT INTO rubric_criterion
            (id, rubric_id, lineage, position, name, indicator, max_points, min_points, created_at)
        SELECT own.id, rubric.id, gen_random_uuid(), own.position, own.name, own.indicator, own.max_points,
            own.min_points, own.created_at
        FROM task_criterion AS own JOIN rubric ON rubric.task_id = own.task_id""",
    """SELECT setval(pg_get_serial_sequence('rubric_criterion', 'id'),
        (SELECT coalesce(max(id), 0) + 1 FROM task_criterion), false)""",
    """INSERT INTO rubric_criterion
            (rubric_id, lineage, position, name, indicator, max_points, min_points, created_at)
        SELECT rubric.id, part.lineage, part.position, part.name, part.indicator, part.max_points, part.min_points,
            part.created_at
        FROM criterion AS part JOIN rubric ON rubric.version_id = part.version_id AND rubric.final
        WHERE part.task_lineage IS NULL
            AND part.version_id NOT IN (SELECT version_id FROM final_task WHERE same)
        ORDER BY part.id""",
    "UPDATE attestation_task AS task SET rubric_id = rubric.id FROM rubric WHERE rubric.task_id = task.id",
    """UPDATE attestation_task AS task SET rubric_id = rubric.id FROM rubric, final_task
        WHERE task.id = final_task.task_id AND rubric.version_id = final_task.version_id AND rubric.final""",
)


def _key() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def _criterion() -> tuple[sa.Column, ...]:
    return (
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("indicator", sa.Text(), server_default="", nullable=False),
        sa.Column("max_points", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("min_points", sa.Numeric(precision=9, scale=4), server_default="0", nullable=False),
    )


def upgrade() -> None:
    _create_tables()
    op.execute(FINAL_TASKS)
    for statement in COPIED:
        op.execute(statement)
    op.drop_column("rubric", "task_id")
    op.drop_constraint(op.f("fk_review_mark_criterion_id"), "review_mark", type_="foreignkey")
    op.create_foreign_key(
        op.f("fk_review_mark_criterion_id"), "review_mark", "rubric_criterion", ["criterion_id"], ["id"]
    )
    op.drop_table("task_criterion")
    op.drop_table("criterion")
    _freeze()


def _create_tables() -> None:
    op.create_table(
        "rubric",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("final", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        *_key(),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_rubric_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric")),
    )
    op.create_index(op.f("ix_rubric_version_id"), "rubric", ["version_id"], unique=False)
    op.create_index("uq_rubric_final", "rubric", ["version_id"], unique=True, postgresql_where=sa.text("final"))
    op.create_table(
        "rubric_criterion",
        sa.Column("rubric_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        *_criterion(),
        *_key(),
        sa.CheckConstraint(
            "max_points > 0 AND min_points BETWEEN 0 AND max_points", name=op.f("ck_rubric_criterion_points")
        ),
        sa.ForeignKeyConstraint(
            ["rubric_id"], ["rubric.id"], name=op.f("fk_rubric_criterion_rubric_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_criterion")),
        sa.UniqueConstraint("rubric_id", "lineage", name=op.f("uq_rubric_criterion_rubric_id_lineage")),
    )
    op.create_table(
        "rubric_level",
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_key(),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["rubric_criterion.id"], name=op.f("fk_rubric_level_criterion_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_level")),
        sa.UniqueConstraint("criterion_id", "position", name=op.f("uq_rubric_level_criterion_id_position")),
    )
    op.add_column("attestation_task", sa.Column("rubric_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_attestation_task_rubric_id"), "attestation_task", "rubric", ["rubric_id"], ["id"])
    op.create_index(op.f("ix_attestation_task_rubric_id"), "attestation_task", ["rubric_id"], unique=False)


def _freeze() -> None:
    op.execute(REFUSE_CHANGE.format(rubric=OF_RUBRIC))
    for table, finds in FROZEN.items():
        op.execute(f"""CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change_of_approved('{finds}')""")
    op.execute("""CREATE TRIGGER attestation_task_frozen
        BEFORE DELETE OR UPDATE OF version_id, lineage, kind, rubric_id, pass_mark, required ON attestation_task
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_approved('version_id')""")


def downgrade() -> None:
    op.execute("DROP TRIGGER attestation_task_frozen ON attestation_task")
    for table in FROZEN:
        op.execute(f"DROP TRIGGER {table}_frozen ON {table}")
    op.execute(REFUSE_CHANGE.format(rubric=""))
    _create_old_tables()
    op.execute("""
        INSERT INTO criterion (version_id, lineage, position, name, indicator, max_points, min_points, created_at)
        SELECT rubric.version_id, lineage, position, name, indicator, max_points, min_points, own.created_at
        FROM rubric_criterion AS own JOIN rubric ON rubric.id = own.rubric_id WHERE rubric.final ORDER BY own.id""")
    op.execute("""
        INSERT INTO task_criterion (id, task_id, position, name, indicator, max_points, min_points, created_at)
        SELECT own.id, task.id, own.position, name, indicator, max_points, min_points, own.created_at
        FROM rubric_criterion AS own JOIN attestation_task AS task ON task.rubric_id = own.rubric_id""")
    op.execute("""SELECT setval(pg_get_serial_sequence('task_criterion', 'id'),
        (SELECT coalesce(max(id), 0) + 1 FROM task_criterion), false)""")
    op.drop_constraint(op.f("fk_review_mark_criterion_id"), "review_mark", type_="foreignkey")
    op.create_foreign_key(
        op.f("fk_review_mark_criterion_id"), "review_mark", "task_criterion", ["criterion_id"], ["id"]
    )
    op.drop_column("attestation_task", "rubric_id")
    for table in ("rubric_level", "rubric_criterion", "rubric"):
        op.drop_table(table)
    op.execute("""CREATE TRIGGER criterion_frozen BEFORE INSERT OR UPDATE OR DELETE ON criterion
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_approved('version_id')""")


def _create_old_tables() -> None:
    op.create_table(
        "criterion",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("task_lineage", sa.Uuid(), nullable=True),
        *_criterion(),
        *_key(),
        sa.CheckConstraint("max_points > 0 AND min_points BETWEEN 0 AND max_points", name=op.f("ck_criterion_points")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_criterion_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
    )
    op.create_index(op.f("ix_criterion_version_id"), "criterion", ["version_id"], unique=False)
    op.create_table(
        "task_criterion",
        sa.Column("task_id", sa.Integer(), nullable=False),
        *_criterion(),
        *_key(),
        sa.CheckConstraint(
            "max_points > 0 AND min_points BETWEEN 0 AND max_points", name=op.f("ck_task_criterion_points")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["attestation_task.id"], name=op.f("fk_task_criterion_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_criterion")),
    )
    op.create_index(op.f("ix_task_criterion_task_id"), "task_criterion", ["task_id"], unique=False)
