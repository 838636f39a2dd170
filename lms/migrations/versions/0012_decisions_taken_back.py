"""Decisions that can be taken back: a reason and a moment of each; versions note when a grader opened them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("result", sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("result", sa.Column("taken_back_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_result_taken_back_with_reason"), "result", "(taken_back_at IS NULL) = (taken_back_reason IS NULL)"
    )
    op.drop_constraint(op.f("uq_result_version_id"), "result", type_="unique")
    op.create_index(op.f("ix_result_version_id"), "result", ["version_id"], unique=False)
    op.create_index(
        "uq_result_in_force",
        "result",
        ["version_id"],
        unique=True,
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    op.add_column("submission_version", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("""
        UPDATE submission_version AS version SET opened_at = coalesce(submission.claimed_at, version.handed_in_at)
        FROM submission WHERE submission.id = version.submission_id AND (
            submission.claimed_at IS NOT NULL OR EXISTS (SELECT FROM review WHERE review.version_id = version.id)
        )""")


def downgrade() -> None:
    op.drop_column("submission_version", "opened_at")
    op.execute("DELETE FROM result WHERE taken_back_at IS NOT NULL")
    op.drop_index("uq_result_in_force", table_name="result")
    op.drop_index(op.f("ix_result_version_id"), table_name="result")
    op.create_unique_constraint(op.f("uq_result_version_id"), "result", ["version_id"])
    op.drop_constraint(op.f("ck_result_taken_back_with_reason"), "result", type_="check")
    op.drop_column("result", "taken_back_reason")
    op.drop_column("result", "taken_back_at")
