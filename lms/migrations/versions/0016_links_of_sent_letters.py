"""Letters that were sent lose the secrets of their links."""

from alembic import op

revision = "0016"
down_revision = "0015"

REMOVE = r"""
    UPDATE message SET body = regexp_replace(body, '(/(link|account/email|join)/)[^\s/?#]+', '\1…', 'g')
    WHERE sent_at IS NOT NULL OR error IS NOT NULL
"""


def upgrade() -> None:
    op.execute(REMOVE)


def downgrade() -> None:
    """Keeps the letters as they are: the secrets are gone."""
