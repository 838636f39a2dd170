"""Log each change of what a programme's courses consist of, so that processes can keep outlines of courses."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

PROGRAMMES = {
    "section": "JOIN programme_version v ON v.id = c.version_id",
    "topic": "JOIN programme_version v ON v.id = c.version_id",
    "hour_kind": "JOIN programme_version v ON v.id = c.version_id",
    "competency": "JOIN programme_version v ON v.id = c.version_id",
    "attestation_task": "JOIN programme_version v ON v.id = c.version_id",
    "topic_hours": "JOIN topic t ON t.id = c.topic_id JOIN programme_version v ON v.id = t.version_id",
    "descriptor": "JOIN competency t ON t.id = c.competency_id JOIN programme_version v ON v.id = t.version_id",
    "material": "",
    "self_check": "",
    "self_check_item": "JOIN self_check v ON v.id = c.self_check_id",
}
"""Table → how its rows lead to the programme."""
ROWS = {"INSERT": "NEW TABLE", "UPDATE": "NEW TABLE", "DELETE": "OLD TABLE"}

FUNCTION = """
    CREATE FUNCTION log_content_change_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO content_change (programme_id)
        SELECT DISTINCT {owner}.programme_id FROM changed c {joins}
        WHERE EXISTS (SELECT 1 FROM programme WHERE id = {owner}.programme_id);
        RETURN NULL;
    END $$"""
TRIGGER = """
    CREATE TRIGGER content_change_{deed} AFTER {deed} ON {table}
    REFERENCING {rows} AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_content_change_of_{table}()"""


def upgrade() -> None:
    op.create_table(
        "content_change",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_content_change_programme_id_programme"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_change")),
    )
    op.create_index("ix_content_change_programme", "content_change", ["programme_id", "id"])
    for table, joins in PROGRAMMES.items():
        op.execute(FUNCTION.format(table=table, joins=joins, owner="v" if joins else "c"))
        for deed, rows in ROWS.items():
            op.execute(TRIGGER.format(table=table, deed=deed.lower(), rows=rows))


def downgrade() -> None:
    for table in PROGRAMMES:
        for deed in ROWS:
            op.execute(f"DROP TRIGGER content_change_{deed.lower()} ON {table}")
        op.execute(f"DROP FUNCTION log_content_change_of_{table}()")
    op.drop_table("content_change")
