"""All tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text  # noqa: F401
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "authority",
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("locality", sa.String(length=120), server_default="", nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "consent_document",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text_ru", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_document")),
        sa.UniqueConstraint("number", name=op.f("uq_consent_document_number")),
    )
    op.create_table(
        "job",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("unique_key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'dead')", name=op.f("ck_job_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_dead", "job", ["id"], unique=False, postgresql_where=sa.text("state = 'dead'"))
    op.create_index(
        "ix_job_waiting",
        "job",
        ["kind", "run_after", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_job_unique_key", "job", ["unique_key"], unique=True, postgresql_where=sa.text("state <> 'done'")
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "council",
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("next_meeting_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_council_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council")),
        sa.UniqueConstraint("authority_id", name=op.f("uq_council_authority_id")),
    )
    op.create_table(
        "direction",
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_direction_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_direction")),
        sa.UniqueConstraint("authority_id", "title", name=op.f("uq_direction_authority_id_title")),
    )
    op.create_table(
        "job_start",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_start_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_start")),
    )
    op.create_index(op.f("ix_job_start_job_id"), "job_start", ["job_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=500), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_orders_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint(
            "authority_id", "number", "issued_on", name=op.f("uq_orders_authority_id_number_issued_on")
        ),
    )
    op.create_table(
        "organization",
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("short_name", sa.String(length=500), nullable=False),
        sa.Column("locality", sa.String(length=120), server_default="", nullable=False),
        sa.Column("director", sa.String(length=500), server_default="", nullable=False),
        sa.Column("director_position", sa.String(length=500), server_default="", nullable=False),
        sa.Column("licensed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("time_zone", sa.String(length=60), server_default="Asia/Novokuznetsk", nullable=False),
        sa.Column("number_pattern", sa.String(length=120), server_default="{year}-{number:04d}", nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_organization_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
    )
    op.create_index(op.f("ix_organization_authority_id"), "organization", ["authority_id"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_number_series_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "kind", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "person",
        sa.Column("surname", sa.String(length=120), nullable=False),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("patronymic", sa.String(length=120), server_default="", nullable=False),
        sa.Column("sort_key", sa.String(length=400), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("position", sa.String(length=500), nullable=True),
        sa.Column("workplace", sa.String(length=500), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_person_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_organization_id"), "person", ["organization_id"], unique=False)
    op.create_index(op.f("ix_person_sort_key"), "person", ["sort_key"], unique=False)
    op.create_table(
        "site",
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("direction_id", sa.Integer(), nullable=True),
        sa.Column("theme", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_site_authority_id")),
        sa.ForeignKeyConstraint(["direction_id"], ["direction.id"], name=op.f("fk_site_direction_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_site_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_index(op.f("ix_site_authority_id"), "site", ["authority_id"], unique=False)
    op.create_index(op.f("ix_site_organization_id"), "site", ["organization_id"], unique=False)
    op.create_table(
        "account",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_administrator", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("locale", sa.String(length=5), server_default="ru", nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_account_email_lower")),
        sa.CheckConstraint("username = lower(username)", name=op.f("ck_account_username_lower")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_index("ix_account_email", "account", ["email"], unique=False)
    op.create_table(
        "membership",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("authority_id", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("order_number", sa.String(length=120), nullable=True),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("qualification", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(site_id IS NOT NULL AND role IN ('leader', 'acting_leader', 'teacher', 'expert')) OR (authority_id IS NOT NULL AND role IN ('methodologist', 'council_member', 'council_secretary')) OR (organization_id IS NOT NULL AND role IN ('director', 'coordinator'))",
            name=op.f("ck_membership_role_fits_place"),
        ),
        sa.CheckConstraint(
            "role <> 'acting_leader' OR order_number IS NOT NULL", name=op.f("ck_membership_acting_by_order")
        ),
        sa.CheckConstraint(
            "num_nonnulls(site_id, authority_id, organization_id) = 1", name=op.f("ck_membership_one_place")
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_membership_authority_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_membership_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_membership_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_authority_id"), "membership", ["authority_id"], unique=False)
    op.create_index(op.f("ix_membership_organization_id"), "membership", ["organization_id"], unique=False)
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index(op.f("ix_membership_site_id"), "membership", ["site_id"], unique=False)
    op.create_index(
        "uq_membership_current",
        "membership",
        [
            "person_id",
            "role",
            sa.literal_column("coalesce(site_id, 0)"),
            sa.literal_column("coalesce(authority_id, 0)"),
            sa.literal_column("coalesce(organization_id, 0)"),
        ],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "message",
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_person_id"), "message", ["person_id"], unique=False)
    op.create_index(op.f("ix_message_recipient"), "message", ["recipient"], unique=False)
    op.create_table(
        "notice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_person_id"), "notice", ["person_id"], unique=False)
    op.create_table(
        "person_name",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("surname", sa.String(length=120), nullable=False),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("patronymic", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_name_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_name")),
    )
    op.create_index(op.f("ix_person_name_person_id"), "person_name", ["person_id"], unique=False)
    op.create_table(
        "personal_data",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("identity_number", sa.LargeBinary(), nullable=True),
        sa.Column("identity_hmac", sa.String(length=64), nullable=True),
        sa.Column("birth_date", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_personal_data_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_personal_data")),
    )
    op.create_index(op.f("ix_personal_data_identity_hmac"), "personal_data", ["identity_hmac"], unique=False)
    op.create_table(
        "programme",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), server_default="ru", nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_programme_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
    )
    op.create_index(op.f("ix_programme_site_id"), "programme", ["site_id"], unique=False)
    op.create_table(
        "site_status",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_site_status_term")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_site_status_order_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_status_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_status")),
    )
    op.create_index(op.f("ix_site_status_site_id"), "site_status", ["site_id"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("object_type", sa.String(length=60), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_audit_entry_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_object", "audit_entry", ["object_type", "object_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_site_id"), "audit_entry", ["site_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_paper", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("paper_date", sa.Date(), nullable=True),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["consent_document.id"], name=op.f("fk_consent_document_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["account.id"], name=op.f("fk_consent_noted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"], unique=False)
    op.create_index(
        "uq_consent_current",
        "consent",
        ["person_id", "document_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "external_identity",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_external_identity_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_identity")),
        sa.UniqueConstraint("platform", "subject", name=op.f("uq_external_identity_platform_subject")),
    )
    op.create_index(op.f("ix_external_identity_account_id"), "external_identity", ["account_id"], unique=False)
    op.create_table(
        "import_draft",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=500), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_import_draft_account_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_import_draft_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
    )
    op.create_index(op.f("ix_import_draft_site_id"), "import_draft", ["site_id"], unique=False)
    op.create_table(
        "one_time_link",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_one_time_link_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    op.create_index(op.f("ix_one_time_link_account_id"), "one_time_link", ["account_id"], unique=False)
    op.create_table(
        "programme_version",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="draft", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("workload", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("audience", sa.Text(), server_default="", nullable=False),
        sa.Column("form", sa.Text(), server_default="", nullable=False),
        sa.Column("key_ideas", sa.Text(), server_default="", nullable=False),
        sa.Column("goal", sa.Text(), server_default="", nullable=False),
        sa.Column("tasks", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column(
            "conditions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "literature", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column(
            "other_parts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("pass_mark", sa.Numeric(precision=9, scale=4), nullable=True),
        sa.Column("self_check_threshold", sa.Integer(), server_default="70", nullable=False),
        sa.Column("hours_needed", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("asks_rating", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("document_kind", sa.String(length=20), server_default="certificate", nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approval_document", sa.String(length=500), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'considered', 'approved', 'returned')",
            name=op.f("ck_programme_version_state"),
        ),
        sa.CheckConstraint(
            "workload >= 0 AND workload * 4 = trunc(workload * 4)", name=op.f("ck_programme_version_workload_quarters")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_programme_version_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_version")),
        sa.UniqueConstraint("programme_id", "number", name=op.f("uq_programme_version_programme_id_number")),
    )
    op.create_index(op.f("ix_programme_version_programme_id"), "programme_version", ["programme_id"], unique=False)
    op.create_index(
        "uq_programme_version_open",
        "programme_version",
        ["programme_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'approved'"),
    )
    op.create_table(
        "question",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_question_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("lineage", "number", name=op.f("uq_question_lineage_number")),
    )
    op.create_index(op.f("ix_question_programme_id"), "question", ["programme_id"], unique=False)
    op.create_table(
        "self_check",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("topic_lineage", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(length=10), server_default="topic", nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("instructions", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        sa.Column("time_limit_seconds", sa.Integer(), nullable=True),
        sa.Column("shuffle", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("purpose IN ('entry', 'topic')", name=op.f("ck_self_check_purpose")),
        sa.CheckConstraint("attempts_allowed IS NULL OR attempts_allowed > 0", name=op.f("ck_self_check_attempts")),
        sa.CheckConstraint(
            "time_limit_seconds IS NULL OR time_limit_seconds >= 60", name=op.f("ck_self_check_time_limit")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_self_check_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_check")),
    )
    op.create_index(op.f("ix_self_check_programme_id"), "self_check", ["programme_id"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_stored_file_sha256")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["account.id"], name=op.f("fk_stored_file_uploaded_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_index(op.f("ix_stored_file_sha256"), "stored_file", ["sha256"], unique=False)
    op.create_index(op.f("ix_stored_file_site_id"), "stored_file", ["site_id"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_agent", sa.String(length=500), server_default="", nullable=False),
        sa.Column("ip_address", sa.String(length=45), server_default="", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_user_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index(op.f("ix_user_session_account_id"), "user_session", ["account_id"], unique=False)
    op.create_table(
        "attestation_task",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("topic_lineage", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("instructions", sa.Text(), server_default="", nullable=False),
        sa.Column("instructions_html", sa.Text(), server_default="", nullable=False),
        sa.Column("pass_mark", sa.Numeric(precision=9, scale=4), server_default="0", nullable=False),
        sa.Column("required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('current', 'final')", name=op.f("ck_attestation_task_kind")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_attestation_task_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation_task")),
        sa.UniqueConstraint("version_id", "lineage", name=op.f("uq_attestation_task_version_id_lineage")),
    )
    op.create_index(op.f("ix_attestation_task_version_id"), "attestation_task", ["version_id"], unique=False)
    op.create_table(
        "cohort",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("enrolment_key", sa.String(length=40), nullable=True),
        sa.Column("key_enabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("order_number", sa.String(length=120), nullable=True),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("completion_order_number", sa.String(length=120), nullable=True),
        sa.Column("completion_order_date", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_cohort_dates")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_cohort_site_id")),
        sa.ForeignKeyConstraint(["version_id"], ["programme_version.id"], name=op.f("fk_cohort_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("enrolment_key", name=op.f("uq_cohort_enrolment_key")),
    )
    op.create_index(op.f("ix_cohort_site_id"), "cohort", ["site_id"], unique=False)
    op.create_index(op.f("ix_cohort_version_id"), "cohort", ["version_id"], unique=False)
    op.create_table(
        "competency",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_competency_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competency")),
        sa.UniqueConstraint("version_id", "lineage", name=op.f("uq_competency_version_id_lineage")),
    )
    op.create_index(op.f("ix_competency_version_id"), "competency", ["version_id"], unique=False)
    op.create_table(
        "consideration",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("document", sa.String(length=500), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("remarks", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "decision IN ('considered', 'approved', 'returned')", name=op.f("ck_consideration_decision")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_consideration_decided_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["programme_version.id"], name=op.f("fk_consideration_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consideration")),
    )
    op.create_index(op.f("ix_consideration_version_id"), "consideration", ["version_id"], unique=False)
    op.create_table(
        "criterion",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("task_lineage", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("indicator", sa.Text(), server_default="", nullable=False),
        sa.Column("max_points", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("min_points", sa.Numeric(precision=9, scale=4), server_default="0", nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("max_points > 0 AND min_points BETWEEN 0 AND max_points", name=op.f("ck_criterion_points")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_criterion_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
    )
    op.create_index(op.f("ix_criterion_version_id"), "criterion", ["version_id"], unique=False)
    op.create_table(
        "hour_kind",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_hour_kind_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_kind")),
        sa.UniqueConstraint("version_id", "lineage", name=op.f("uq_hour_kind_version_id_lineage")),
    )
    op.create_index(op.f("ix_hour_kind_version_id"), "hour_kind", ["version_id"], unique=False)
    op.create_table(
        "material",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("topic_lineage", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("body_html", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("required", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("completion", sa.String(length=10), server_default="opened", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("completion IN ('opened', 'confirmed')", name=op.f("ck_material_completion")),
        sa.CheckConstraint("kind IN ('page', 'file', 'link', 'video')", name=op.f("ck_material_kind")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_material_file_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_material_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
    )
    op.create_index("ix_material_topic", "material", ["programme_id", "topic_lineage", "position"], unique=False)
    op.create_table(
        "page_image",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_page_image_file_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_page_image_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_image")),
    )
    op.create_index(op.f("ix_page_image_programme_id"), "page_image", ["programme_id"], unique=False)
    op.create_table(
        "section",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("stated_hours", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_section_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("version_id", "lineage", name=op.f("uq_section_version_id_lineage")),
    )
    op.create_index(op.f("ix_section_version_id"), "section", ["version_id"], unique=False)
    op.create_table(
        "self_check_item",
        sa.Column("self_check_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Numeric(precision=9, scale=4), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_self_check_item_question_id")),
        sa.ForeignKeyConstraint(
            ["self_check_id"], ["self_check.id"], name=op.f("fk_self_check_item_self_check_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_check_item")),
    )
    op.create_index(op.f("ix_self_check_item_self_check_id"), "self_check_item", ["self_check_id"], unique=False)
    op.create_table(
        "technical_correction",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_technical_correction_made_by_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_technical_correction_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technical_correction")),
    )
    op.create_index(op.f("ix_technical_correction_version_id"), "technical_correction", ["version_id"], unique=False)
    op.create_table(
        "descriptor",
        sa.Column("competency_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('knows', 'can', 'practised')", name=op.f("ck_descriptor_kind")),
        sa.ForeignKeyConstraint(
            ["competency_id"], ["competency.id"], name=op.f("fk_descriptor_competency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_descriptor")),
    )
    op.create_index(op.f("ix_descriptor_competency_id"), "descriptor", ["competency_id"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="enrolled", nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.Column("state_since", sa.Date(), nullable=False),
        sa.Column("order_number", sa.String(length=120), nullable=True),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("individual", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hours_done", sa.Numeric(precision=7, scale=2), server_default="0", nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('enrolled', 'transferred', 'finished', 'withdrawn')", name=op.f("ck_enrolment_state")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_enrolment_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("cohort_id", "person_id", name=op.f("uq_enrolment_cohort_id_person_id")),
    )
    op.create_index(op.f("ix_enrolment_person_id"), "enrolment", ["person_id"], unique=False)
    op.create_table(
        "material_revision",
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["account.id"], name=op.f("fk_material_revision_changed_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_material_revision_file_id")),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_material_revision_material_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_revision")),
        sa.UniqueConstraint("material_id", "number", name=op.f("uq_material_revision_material_id_number")),
    )
    op.create_table(
        "task_criterion",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("indicator", sa.Text(), server_default="", nullable=False),
        sa.Column("max_points", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("min_points", sa.Numeric(precision=9, scale=4), server_default="0", nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "max_points > 0 AND min_points BETWEEN 0 AND max_points", name=op.f("ck_task_criterion_points")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["attestation_task.id"], name=op.f("fk_task_criterion_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_criterion")),
    )
    op.create_index(op.f("ix_task_criterion_task_id"), "task_criterion", ["task_id"], unique=False)
    op.create_table(
        "topic",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("class_form", sa.String(length=500), server_default="", nullable=False),
        sa.Column("control_form", sa.String(length=500), server_default="", nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_topic_section_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_topic_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("version_id", "lineage", name=op.f("uq_topic_version_id_lineage")),
    )
    op.create_index(op.f("ix_topic_lineage"), "topic", ["lineage"], unique=False)
    op.create_index(op.f("ix_topic_section_id"), "topic", ["section_id"], unique=False)
    op.create_index(op.f("ix_topic_version_id"), "topic", ["version_id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("self_check_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="in_progress", nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("saved_revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("points", sa.Numeric(precision=9, scale=4), nullable=True),
        sa.Column("max_points", sa.Numeric(precision=9, scale=4), nullable=True),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('in_progress', 'handed_in', 'graded', 'needs_person')", name=op.f("ck_attempt_state")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_attempt_enrolment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["self_check_id"], ["self_check.id"], name=op.f("fk_attempt_self_check_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint(
            "self_check_id", "enrolment_id", "number", name=op.f("uq_attempt_self_check_id_enrolment_id_number")
        ),
    )
    op.create_index(
        "ix_attempt_deadline",
        "attempt",
        ["deadline_at"],
        unique=False,
        postgresql_where=sa.text("state = 'in_progress'"),
    )
    op.create_index(op.f("ix_attempt_enrolment_id"), "attempt", ["enrolment_id"], unique=False)
    op.create_index(
        "ix_attempt_needs_person", "attempt", ["id"], unique=False, postgresql_where=sa.text("state = 'needs_person'")
    )
    op.create_index(
        "uq_attempt_open",
        "attempt",
        ["self_check_id", "enrolment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'in_progress'"),
    )
    op.create_table(
        "certificate",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("number_text", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("person_name", sa.String(length=500), nullable=False),
        sa.Column("programme_title", sa.String(length=500), nullable=False),
        sa.Column("hours", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(file_id IS NULL) = (sha256 IS NULL)", name=op.f("ck_certificate_stored_with_hash")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_certificate_enrolment_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_certificate_file_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_certificate_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint(
            "organization_id", "kind", "year", "number", name=op.f("uq_certificate_organization_id_kind_year_number")
        ),
    )
    op.create_index(op.f("ix_certificate_enrolment_id"), "certificate", ["enrolment_id"], unique=False)
    op.create_index(
        "uq_certificate_current",
        "certificate",
        ["enrolment_id", "kind"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "competency_rating",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("moment IN ('before', 'after')", name=op.f("ck_competency_rating_moment")),
        sa.CheckConstraint("state IN ('draft', 'handed_in', 'scored')", name=op.f("ck_competency_rating_state")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_competency_rating_enrolment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competency_rating")),
        sa.UniqueConstraint("enrolment_id", "moment", name=op.f("uq_competency_rating_enrolment_id_moment")),
    )
    op.create_table(
        "completion_state",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_completion_state_enrolment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_completion_state")),
    )
    op.create_table(
        "enrolment_change",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("order_number", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("to_cohort_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_enrolment_change_enrolment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_enrolment_change_made_by_id")),
        sa.ForeignKeyConstraint(["to_cohort_id"], ["cohort.id"], name=op.f("fk_enrolment_change_to_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_change")),
    )
    op.create_index(op.f("ix_enrolment_change_enrolment_id"), "enrolment_change", ["enrolment_id"], unique=False)
    op.create_table(
        "hour_credit",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("topic_lineage", sa.Uuid(), nullable=False),
        sa.Column("kind_lineage", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("hours", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("hours >= 0 AND hours * 4 = trunc(hours * 4)", name=op.f("ck_hour_credit_quarters")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_hour_credit_enrolment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_credit")),
        sa.UniqueConstraint(
            "enrolment_id",
            "topic_lineage",
            "kind_lineage",
            "source",
            name=op.f("uq_hour_credit_enrolment_id_topic_lineage_kind_lineage_source"),
        ),
    )
    op.create_table(
        "material_progress",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_material_progress_enrolment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_material_progress_material_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "material_id", name=op.f("pk_material_progress")),
    )
    op.create_table(
        "submission",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("draft_text", sa.Text(), server_default="", nullable=False),
        sa.Column("draft_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'handed_in', 'returned', 'accepted')", name=op.f("ck_submission_state")),
        sa.ForeignKeyConstraint(
            ["claimed_by_id"], ["account.id"], name=op.f("fk_submission_claimed_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_submission_enrolment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["task_id"], ["attestation_task.id"], name=op.f("fk_submission_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("task_id", "enrolment_id", name=op.f("uq_submission_task_id_enrolment_id")),
    )
    op.create_index(op.f("ix_submission_enrolment_id"), "submission", ["enrolment_id"], unique=False)
    op.create_index(
        "ix_submission_waiting",
        "submission",
        ["waiting_since"],
        unique=False,
        postgresql_where=sa.text("state = 'handed_in'"),
    )
    op.create_table(
        "task_due",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_task_due_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_task_due_enrolment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["attestation_task.id"], name=op.f("fk_task_due_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_due")),
    )
    op.create_index(op.f("ix_task_due_cohort_id"), "task_due", ["cohort_id"], unique=False)
    op.create_index(
        "uq_task_due", "task_due", ["task_id", "cohort_id", sa.literal_column("coalesce(enrolment_id, 0)")], unique=True
    )
    op.create_table(
        "topic_deadline",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("topic_lineage", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_topic_deadline_cohort_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_topic_deadline_enrolment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_deadline")),
    )
    op.create_index(op.f("ix_topic_deadline_enrolment_id"), "topic_deadline", ["enrolment_id"], unique=False)
    op.create_index(
        "uq_topic_deadline",
        "topic_deadline",
        ["cohort_id", "topic_lineage", sa.literal_column("coalesce(enrolment_id, 0)")],
        unique=True,
    )
    op.create_table(
        "topic_hours",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.CheckConstraint(
            "hours >= 0 AND hours <= 1000 AND hours * 4 = trunc(hours * 4)", name=op.f("ck_topic_hours_quarters")
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["hour_kind.id"], name=op.f("fk_topic_hours_kind_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_hours_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", "kind_id", name=op.f("pk_topic_hours")),
    )
    op.create_table(
        "topic_progress",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("topic_lineage", sa.Uuid(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_topic_progress_enrolment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["marked_by_id"], ["account.id"], name=op.f("fk_topic_progress_marked_by_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "topic_lineage", name=op.f("pk_topic_progress")),
    )
    op.create_table(
        "submission_version",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_version_submission_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_version")),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_submission_version_submission_id_number")),
    )
    op.create_table(
        "review",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("total", sa.Numeric(precision=9, scale=4), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("decision IS NULL OR decision IN ('accepted', 'returned')", name=op.f("ck_review_decision")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_review_reviewer_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["submission_version.id"], name=op.f("fk_review_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("version_id", name=op.f("uq_review_version_id")),
    )
    op.create_table(
        "submission_file",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_submission_file_file_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_file_submission_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["submission_version.id"], name=op.f("fk_submission_file_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_file")),
    )
    op.create_index(op.f("ix_submission_file_submission_id"), "submission_file", ["submission_id"], unique=False)
    op.create_index(op.f("ix_submission_file_version_id"), "submission_file", ["version_id"], unique=False)
    op.create_table(
        "review_mark",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=9, scale=4), nullable=True),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["criterion_id"], ["task_criterion.id"], name=op.f("fk_review_mark_criterion_id")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_mark_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "criterion_id", name=op.f("pk_review_mark")),
    )


def downgrade() -> None:
    op.drop_table("review_mark")
    op.drop_index(op.f("ix_submission_file_version_id"), table_name="submission_file")
    op.drop_index(op.f("ix_submission_file_submission_id"), table_name="submission_file")
    op.drop_table("submission_file")
    op.drop_table("review")
    op.drop_table("submission_version")
    op.drop_table("topic_progress")
    op.drop_table("topic_hours")
    op.drop_index("uq_topic_deadline", table_name="topic_deadline")
    op.drop_index(op.f("ix_topic_deadline_enrolment_id"), table_name="topic_deadline")
    op.drop_table("topic_deadline")
    op.drop_index("uq_task_due", table_name="task_due")
    op.drop_index(op.f("ix_task_due_cohort_id"), table_name="task_due")
    op.drop_table("task_due")
    op.drop_index("ix_submission_waiting", table_name="submission", postgresql_where=sa.text("state = 'handed_in'"))
    op.drop_index(op.f("ix_submission_enrolment_id"), table_name="submission")
    op.drop_table("submission")
    op.drop_table("material_progress")
    op.drop_table("hour_credit")
    op.drop_index(op.f("ix_enrolment_change_enrolment_id"), table_name="enrolment_change")
    op.drop_table("enrolment_change")
    op.drop_table("completion_state")
    op.drop_table("competency_rating")
    op.drop_index("uq_certificate_current", table_name="certificate", postgresql_where=sa.text("withdrawn_at IS NULL"))
    op.drop_index(op.f("ix_certificate_enrolment_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_index("uq_attempt_open", table_name="attempt", postgresql_where=sa.text("state = 'in_progress'"))
    op.drop_index("ix_attempt_needs_person", table_name="attempt", postgresql_where=sa.text("state = 'needs_person'"))
    op.drop_index(op.f("ix_attempt_enrolment_id"), table_name="attempt")
    op.drop_index("ix_attempt_deadline", table_name="attempt", postgresql_where=sa.text("state = 'in_progress'"))
    op.drop_table("attempt")
    op.drop_index(op.f("ix_topic_version_id"), table_name="topic")
    op.drop_index(op.f("ix_topic_section_id"), table_name="topic")
    op.drop_index(op.f("ix_topic_lineage"), table_name="topic")
    op.drop_table("topic")
    op.drop_index(op.f("ix_task_criterion_task_id"), table_name="task_criterion")
    op.drop_table("task_criterion")
    op.drop_table("material_revision")
    op.drop_index(op.f("ix_enrolment_person_id"), table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_index(op.f("ix_descriptor_competency_id"), table_name="descriptor")
    op.drop_table("descriptor")
    op.drop_index(op.f("ix_technical_correction_version_id"), table_name="technical_correction")
    op.drop_table("technical_correction")
    op.drop_index(op.f("ix_self_check_item_self_check_id"), table_name="self_check_item")
    op.drop_table("self_check_item")
    op.drop_index(op.f("ix_section_version_id"), table_name="section")
    op.drop_table("section")
    op.drop_index(op.f("ix_page_image_programme_id"), table_name="page_image")
    op.drop_table("page_image")
    op.drop_index("ix_material_topic", table_name="material")
    op.drop_table("material")
    op.drop_index(op.f("ix_hour_kind_version_id"), table_name="hour_kind")
    op.drop_table("hour_kind")
    op.drop_index(op.f("ix_criterion_version_id"), table_name="criterion")
    op.drop_table("criterion")
    op.drop_index(op.f("ix_consideration_version_id"), table_name="consideration")
    op.drop_table("consideration")
    op.drop_index(op.f("ix_competency_version_id"), table_name="competency")
    op.drop_table("competency")
    op.drop_index(op.f("ix_cohort_version_id"), table_name="cohort")
    op.drop_index(op.f("ix_cohort_site_id"), table_name="cohort")
    op.drop_table("cohort")
    op.drop_index(op.f("ix_attestation_task_version_id"), table_name="attestation_task")
    op.drop_table("attestation_task")
    op.drop_index(op.f("ix_user_session_account_id"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(op.f("ix_stored_file_site_id"), table_name="stored_file")
    op.drop_index(op.f("ix_stored_file_sha256"), table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_index(op.f("ix_self_check_programme_id"), table_name="self_check")
    op.drop_table("self_check")
    op.drop_index(op.f("ix_question_programme_id"), table_name="question")
    op.drop_table("question")
    op.drop_index(
        "uq_programme_version_open", table_name="programme_version", postgresql_where=sa.text("state <> 'approved'")
    )
    op.drop_index(op.f("ix_programme_version_programme_id"), table_name="programme_version")
    op.drop_table("programme_version")
    op.drop_index(op.f("ix_one_time_link_account_id"), table_name="one_time_link")
    op.drop_table("one_time_link")
    op.drop_index(op.f("ix_import_draft_site_id"), table_name="import_draft")
    op.drop_table("import_draft")
    op.drop_index(op.f("ix_external_identity_account_id"), table_name="external_identity")
    op.drop_table("external_identity")
    op.drop_index("uq_consent_current", table_name="consent", postgresql_where=sa.text("withdrawn_at IS NULL"))
    op.drop_index(op.f("ix_consent_person_id"), table_name="consent")
    op.drop_table("consent")
    op.drop_index(op.f("ix_audit_entry_site_id"), table_name="audit_entry")
    op.drop_index("ix_audit_entry_object", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_site_status_site_id"), table_name="site_status")
    op.drop_table("site_status")
    op.drop_index(op.f("ix_programme_site_id"), table_name="programme")
    op.drop_table("programme")
    op.drop_index(op.f("ix_personal_data_identity_hmac"), table_name="personal_data")
    op.drop_table("personal_data")
    op.drop_index(op.f("ix_person_name_person_id"), table_name="person_name")
    op.drop_table("person_name")
    op.drop_index(op.f("ix_notice_person_id"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_message_recipient"), table_name="message")
    op.drop_index(op.f("ix_message_person_id"), table_name="message")
    op.drop_table("message")
    op.drop_index("uq_membership_current", table_name="membership", postgresql_where=sa.text("ended_on IS NULL"))
    op.drop_index(op.f("ix_membership_site_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_person_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_organization_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_authority_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index("ix_account_email", table_name="account")
    op.drop_table("account")
    op.drop_index(op.f("ix_site_organization_id"), table_name="site")
    op.drop_index(op.f("ix_site_authority_id"), table_name="site")
    op.drop_table("site")
    op.drop_index(op.f("ix_person_sort_key"), table_name="person")
    op.drop_index(op.f("ix_person_organization_id"), table_name="person")
    op.drop_table("person")
    op.drop_table("number_series")
    op.drop_index(op.f("ix_organization_authority_id"), table_name="organization")
    op.drop_table("organization")
    op.drop_table("orders")
    op.drop_index(op.f("ix_job_start_job_id"), table_name="job_start")
    op.drop_table("job_start")
    op.drop_table("direction")
    op.drop_table("council")
    op.drop_table("throttle")
    op.drop_index("uq_job_unique_key", table_name="job", postgresql_where=sa.text("state <> 'done'"))
    op.drop_index("ix_job_waiting", table_name="job", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index("ix_job_dead", table_name="job", postgresql_where=sa.text("state = 'dead'"))
    op.drop_table("job")
    op.drop_table("consent_document")
    op.drop_table("blob")
    op.drop_table("authority")
