"""Attempts allowed to one trainee beyond those of a self-check."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "attempt_allowance",
        sa.Column("self_check_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("extra", sa.Integer(), nullable=False),
        sa.CheckConstraint("extra >= 0", name=op.f("ck_attempt_allowance_extra")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_attempt_allowance_enrolment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["self_check_id"], ["self_check.id"], name=op.f("fk_attempt_allowance_self_check_id")
        ),
        sa.PrimaryKeyConstraint("self_check_id", "enrolment_id", name=op.f("pk_attempt_allowance")),
    )


def downgrade() -> None:
    op.drop_table("attempt_allowance")
