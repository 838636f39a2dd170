"""What a platform has told of its users (when it called them staff last, their names, changed names); links that nobody has
opened; the group of a whole course.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
TOLD = ("told", "proposed")


STATES = "state IN ('wanted', 'ready', 'refused', %s'unwanted', 'removed')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_lti_line_item_state"), "lti_line_item", type_="check")
    op.create_check_constraint(op.f("ck_lti_line_item_state"), "lti_line_item", STATES % "'gone', ")
    op.add_column("lti_participant", sa.Column("staff_at", sa.DateTime(timezone=True), nullable=True))
    for name in TOLD:
        json = sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False)
        op.add_column("lti_participant", json)
    op.add_column(
        "lti_link", sa.Column("unopened", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("lti_context", sa.Column("cohort_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_lti_context_cohort_id_cohort"), "lti_context", "cohort", ["cohort_id"], ["id"], ondelete="SET NULL"
    )
    op.execute("UPDATE lti_participant SET staff_at = seen_at WHERE standing IN ('instructor', 'administrator')")


def downgrade() -> None:
    op.execute("UPDATE lti_line_item SET state = 'refused' WHERE state = 'gone'")
    op.drop_constraint(op.f("ck_lti_line_item_state"), "lti_line_item", type_="check")
    op.create_check_constraint(op.f("ck_lti_line_item_state"), "lti_line_item", STATES % "")
    op.drop_column("lti_context", "cohort_id")
    op.execute("DELETE FROM lti_link WHERE unopened")
    op.drop_column("lti_link", "unopened")
    for name in (*TOLD, "staff_at"):
        op.drop_column("lti_participant", name)
