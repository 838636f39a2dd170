"""Roles by the lists of platforms, and by people's own word, of those whom a launch calls learners."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "lti_listed_role",
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("platform_role", sa.String(14), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["lti_context.id"], name=op.f("fk_lti_listed_role_context_id_lti_context"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("context_id", "subject", name=op.f("pk_lti_listed_role")),
    )
    op.add_column("lti_participant", sa.Column("said_role", sa.String(8), nullable=True))


def downgrade() -> None:
    op.drop_column("lti_participant", "said_role")
    op.drop_table("lti_listed_role")
