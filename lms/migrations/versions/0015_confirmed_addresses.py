"""Confirmed e-mail addresses, the address that a link was mailed to, and requests for a new password."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

CONFIRM = """
    UPDATE account SET email_confirmed_at = now()
    WHERE email IS NOT NULL AND (
        NOT EXISTS (SELECT 1 FROM account AS other WHERE other.email = account.email AND other.id <> account.id)
        OR EXISTS (
            SELECT 1 FROM one_time_link AS link
            WHERE link.account_id = account.id AND link.used_at IS NOT NULL AND link.purpose IN ('invitation', 'reset')
        )
    )
"""
"""An address that only one account has stays usable; of shared ones, those whose letter was answered."""


def upgrade() -> None:
    op.add_column("account", sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("one_time_link", sa.Column("sent_to", sa.String(length=254), nullable=True))
    op.create_table(
        "password_request",
        sa.Column("login", sa.String(length=254), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_request")),
    )
    op.execute(CONFIRM)


def downgrade() -> None:
    op.drop_table("password_request")
    op.drop_column("one_time_link", "sent_to")
    op.drop_column("account", "email_confirmed_at")
