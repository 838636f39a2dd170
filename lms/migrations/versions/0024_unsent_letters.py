"""Find the letters that were not sent without reading all: Prometheus asks for their number several times a minute."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_index("ix_message_unsent", "message", ["created_at"], postgresql_where=sa.text("sent_at IS NULL"))


def downgrade() -> None:
    op.drop_index("ix_message_unsent", table_name="message", postgresql_where=sa.text("sent_at IS NULL"))
