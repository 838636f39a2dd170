"""Indexes for large volumes: what waits at one site, decisions to be released, people by a part of a name or address."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

HANDED_IN = sa.text("state = 'handed_in'")
NEEDS_PERSON = sa.text("state = 'needs_person'")
UNRELEASED = sa.text("released_at IS NULL")
NAMES = (
    ("ix_person_sort_key_part", "person", "sort_key"),
    ("ix_person_email_part", "person", "lower(email)"),
    ("ix_account_username_part", "account", "username"),
    ("ix_account_email_part", "account", "email"),
)


def upgrade() -> None:
    op.create_index("ix_submission_waiting_enrolment", "submission", ["enrolment_id"], postgresql_where=HANDED_IN)
    op.drop_index("ix_attempt_needs_person", table_name="attempt", postgresql_where=NEEDS_PERSON)
    op.create_index("ix_attempt_needs_person", "attempt", ["enrolment_id"], postgresql_where=NEEDS_PERSON)
    op.create_index("ix_result_unreleased", "result", ["decided_by_id"], postgresql_where=UNRELEASED)
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name, table, value in NAMES:
        op.execute(f"CREATE INDEX {name} ON {table} USING gin ({value} gin_trgm_ops)")


def downgrade() -> None:
    for name, table, _value in reversed(NAMES):
        op.drop_index(name, table_name=table)
    op.execute("DROP EXTENSION pg_trgm")
    op.drop_index("ix_result_unreleased", table_name="result", postgresql_where=UNRELEASED)
    op.drop_index("ix_attempt_needs_person", table_name="attempt", postgresql_where=NEEDS_PERSON)
    op.create_index("ix_attempt_needs_person", "attempt", ["id"], postgresql_where=NEEDS_PERSON)
    op.drop_index("ix_submission_waiting_enrolment", table_name="submission", postgresql_where=HANDED_IN)
