"""Parts removed from open versions of programmes, which their authors can bring back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
KINDS = "kind IN ('column', 'section', 'topic', 'competency', 'task')"


def upgrade() -> None:
    op.create_table(
        "removed_part",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_removed_part_kind")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["programme_version.id"],
            name=op.f("fk_removed_part_version_id_programme_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removed_part")),
        sa.UniqueConstraint("version_id", "lineage", name=op.f("uq_removed_part_version_id_lineage")),
    )


def downgrade() -> None:
    op.drop_table("removed_part")
