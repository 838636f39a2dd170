"""Records of enrolments that moved to another group of the same version."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("moved_to_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_enrolment_moved_to_id"), "enrolment", "enrolment", ["moved_to_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(op.f("ix_enrolment_moved_to_id"), "enrolment", ["moved_to_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_enrolment_moved_to_id"), table_name="enrolment")
    op.drop_constraint(op.f("fk_enrolment_moved_to_id"), "enrolment", type_="foreignkey")
    op.drop_column("enrolment", "moved_to_id")
