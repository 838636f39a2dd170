"""Long runs with owner, progress, pause, cancellation and a result file."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "job_run",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("parameters", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False),
        sa.Column("request", sa.String(length=10), server_default="run", nullable=False),
        sa.Column("steps_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("steps_total", sa.Integer(), nullable=True),
        sa.Column("position", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("result_file_id", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'paused', 'cancelled', 'done', 'failed')", name=op.f("ck_job_run_state")
        ),
        sa.CheckConstraint("request IN ('run', 'pause', 'cancel')", name=op.f("ck_job_run_request")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_job_run_owner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["result_file_id"], ["stored_file.id"], name=op.f("fk_job_run_result_file_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
    )
    op.create_index(op.f("ix_job_run_owner_id"), "job_run", ["owner_id"])
    op.create_index(op.f("ix_job_run_result_file_id"), "job_run", ["result_file_id"])


def downgrade() -> None:
    op.drop_table("job_run")
