"""Results: the decision on a version apart from the graders' reviews; several graders may review one version."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "result",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("decision IN ('accepted', 'returned')", name=op.f("ck_result_decision")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_result_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["submission_version.id"], name=op.f("fk_result_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
        sa.UniqueConstraint("version_id", name=op.f("uq_result_version_id")),
    )
    op.execute("""
        INSERT INTO result (version_id, decision, total, decided_by_id, decided_at, released_at)
        SELECT version_id, decision, coalesce(total, 0), reviewer_id, decided_at, decided_at
        FROM review WHERE decided_at IS NOT NULL ORDER BY id""")
    op.drop_constraint(op.f("ck_review_decision"), "review", type_="check")
    op.drop_column("review", "decision")
    op.drop_column("review", "decided_at")
    op.drop_constraint(op.f("uq_review_version_id"), "review", type_="unique")
    op.create_unique_constraint(op.f("uq_review_version_id_reviewer_id"), "review", ["version_id", "reviewer_id"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_review_version_id_reviewer_id"), "review", type_="unique")
    op.create_unique_constraint(op.f("uq_review_version_id"), "review", ["version_id"])
    op.add_column("review", sa.Column("decision", sa.String(length=10), nullable=True))
    op.add_column("review", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_review_decision"), "review", "decision IS NULL OR decision IN ('accepted', 'returned')"
    )
    op.execute("""
        UPDATE review SET decision = result.decision, decided_at = result.decided_at, total = result.total
        FROM result WHERE result.version_id = review.version_id AND result.decided_by_id = review.reviewer_id""")
    op.drop_table("result")
