"""Platforms (LTI 1.3): connections, launches, grades, rosters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text  # noqa: F401
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "lti_key",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_lti_key_kid")),
    )
    op.create_table(
        "lti_platform",
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("family", sa.String(length=12), server_default="other", nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("authorization_endpoint", sa.String(length=2000), nullable=False),
        sa.Column("token_endpoint", sa.String(length=2000), nullable=False),
        sa.Column("jwks_url", sa.String(length=2000), nullable=False),
        sa.Column("token_audience", sa.String(length=2000), nullable=True),
        sa.Column("jwks", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("jwks_fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("instructors_teach", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("dynamic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_launch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "family IN ('moodle', 'canvas', 'sakai', 'blackboard', 'd2l', 'other')", name=op.f("ck_lti_platform_family")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_lti_platform_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_platform")),
    )
    op.create_index(op.f("ix_lti_platform_site_id"), "lti_platform", ["site_id"], unique=False)
    op.create_index(
        "uq_lti_platform_client",
        "lti_platform",
        ["issuer", "client_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "lti_deployment",
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.String(length=255), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["lti_platform.id"], name=op.f("fk_lti_deployment_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_deployment")),
        sa.UniqueConstraint("platform_id", "deployment_id", name=op.f("uq_lti_deployment_platform_id_deployment_id")),
    )
    op.create_table(
        "lti_nonce",
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("nonce_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["lti_platform.id"], name=op.f("fk_lti_nonce_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("platform_id", "nonce_hash", name=op.f("pk_lti_nonce")),
    )
    op.create_index(op.f("ix_lti_nonce_expires_at"), "lti_nonce", ["expires_at"], unique=False)
    op.create_table(
        "lti_outage",
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["lti_platform.id"], name=op.f("fk_lti_outage_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("platform_id", name=op.f("pk_lti_outage")),
    )
    op.create_table(
        "lti_refusal",
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("issuer", sa.String(length=500), server_default="", nullable=False),
        sa.Column("client_id", sa.String(length=255), server_default="", nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["lti_platform.id"], name=op.f("fk_lti_refusal_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_refusal")),
    )
    op.create_index(op.f("ix_lti_refusal_platform_id"), "lti_refusal", ["platform_id"], unique=False)
    op.create_table(
        "lti_registration_address",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("instructors_teach", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["account.id"], name=op.f("fk_lti_registration_address_made_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["lti_platform.id"],
            name=op.f("fk_lti_registration_address_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_lti_registration_address_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_registration_address")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_lti_registration_address_token_hash")),
    )
    op.create_table(
        "lti_context",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.String(length=255), server_default="", nullable=False),
        sa.Column("title", sa.String(length=500), server_default="", nullable=False),
        sa.Column("label", sa.String(length=500), server_default="", nullable=False),
        sa.Column("roster_url", sa.String(length=2000), nullable=True),
        sa.Column("line_items_url", sa.String(length=2000), nullable=True),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["lti_deployment.id"], name=op.f("fk_lti_context_deployment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_context")),
        sa.UniqueConstraint("deployment_id", "context_id", name=op.f("uq_lti_context_deployment_id_context_id")),
    )
    op.create_table(
        "lti_placement",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("topic_lineage", sa.Uuid(), nullable=True),
        sa.Column("self_check_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("graded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'self_check') = (self_check_id IS NOT NULL)", name=op.f("ck_lti_placement_self_check")
        ),
        sa.CheckConstraint("(kind = 'task') = (task_id IS NOT NULL)", name=op.f("ck_lti_placement_task")),
        sa.CheckConstraint("(kind = 'topic') = (topic_lineage IS NOT NULL)", name=op.f("ck_lti_placement_topic")),
        sa.CheckConstraint(
            "kind IN ('programme', 'topic', 'self_check', 'task', 'certificate')", name=op.f("ck_lti_placement_kind")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_lti_placement_cohort_id")),
        sa.ForeignKeyConstraint(
            ["context_id"], ["lti_context.id"], name=op.f("fk_lti_placement_context_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["account.id"], name=op.f("fk_lti_placement_made_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["self_check_id"], ["self_check.id"], name=op.f("fk_lti_placement_self_check_id")),
        sa.ForeignKeyConstraint(["task_id"], ["attestation_task.id"], name=op.f("fk_lti_placement_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_placement")),
        sa.UniqueConstraint("key", name=op.f("uq_lti_placement_key")),
    )
    op.create_index(op.f("ix_lti_placement_cohort_id"), "lti_placement", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_lti_placement_context_id"), "lti_placement", ["context_id"], unique=False)
    op.create_table(
        "lti_link",
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("resource_link_id", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=500), server_default="", nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=True),
        sa.Column("line_item_url", sa.String(length=2000), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["lti_context.id"], name=op.f("fk_lti_link_context_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["lti_placement.id"], name=op.f("fk_lti_link_placement_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_link")),
        sa.UniqueConstraint("context_id", "resource_link_id", name=op.f("uq_lti_link_context_id_resource_link_id")),
    )
    op.create_index(op.f("ix_lti_link_placement_id"), "lti_link", ["placement_id"], unique=False)
    op.create_table(
        "lti_participant",
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("standing", sa.String(length=14), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_lti_participant_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["context_id"], ["lti_context.id"], name=op.f("fk_lti_participant_context_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_lti_participant_enrolment_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_participant")),
        sa.UniqueConstraint("context_id", "subject", name=op.f("uq_lti_participant_context_id_subject")),
    )
    op.create_index(op.f("ix_lti_participant_account_id"), "lti_participant", ["account_id"], unique=False)
    op.create_index(op.f("ix_lti_participant_enrolment_id"), "lti_participant", ["enrolment_id"], unique=False)
    op.create_table(
        "lti_launch",
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("visitor_hash", sa.String(length=64), nullable=True),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("standing", sa.String(length=14), nullable=False),
        sa.Column("named", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=True),
        sa.Column("target", sa.String(length=8), server_default="iframe", nullable=False),
        sa.Column("return_url", sa.String(length=2000), nullable=True),
        sa.Column("origins", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("path", sa.Text(), server_default="/", nullable=False),
        sa.Column(
            "deep_linking", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("mentees", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["context_id"], ["lti_context.id"], name=op.f("fk_lti_launch_context_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["link_id"], ["lti_link.id"], name=op.f("fk_lti_launch_link_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["user_session.id"], name=op.f("fk_lti_launch_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_launch")),
        sa.UniqueConstraint("session_id", name=op.f("uq_lti_launch_session_id")),
        sa.UniqueConstraint("visitor_hash", name=op.f("uq_lti_launch_visitor_hash")),
    )
    op.create_index(op.f("ix_lti_launch_context_id"), "lti_launch", ["context_id"], unique=False)
    op.create_table(
        "lti_line_item",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("made_by_us", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("label", sa.String(length=500), server_default="", nullable=False),
        sa.Column("score_maximum", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="wanted", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('wanted', 'ready', 'refused', 'unwanted', 'removed')", name=op.f("ck_lti_line_item_state")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["lti_link.id"], name=op.f("fk_lti_line_item_link_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_line_item")),
        sa.UniqueConstraint("link_id", name=op.f("uq_lti_line_item_link_id")),
    )
    op.create_table(
        "lti_roster",
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'ready', 'failed', 'applied')", name=op.f("ck_lti_roster_state")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account.id"], name=op.f("fk_lti_roster_asked_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_lti_roster_cohort_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["context_id"], ["lti_context.id"], name=op.f("fk_lti_roster_context_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["link_id"], ["lti_link.id"], name=op.f("fk_lti_roster_link_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_roster")),
    )
    op.create_index(op.f("ix_lti_roster_cohort_id"), "lti_roster", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_lti_roster_context_id"), "lti_roster", ["context_id"], unique=False)
    op.create_table(
        "lti_score",
        sa.Column("line_item_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'refused')", name=op.f("ck_lti_score_state")),
        sa.ForeignKeyConstraint(
            ["line_item_id"], ["lti_line_item.id"], name=op.f("fk_lti_score_line_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["lti_participant.id"], name=op.f("fk_lti_score_participant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_score")),
        sa.UniqueConstraint("line_item_id", "participant_id", name=op.f("uq_lti_score_line_item_id_participant_id")),
    )
    op.create_index(op.f("ix_lti_score_participant_id"), "lti_score", ["participant_id"], unique=False)
    op.create_table(
        "lti_score_try",
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("sent", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("outcome IN ('sent', 'refused', 'unreachable')", name=op.f("ck_lti_score_try_outcome")),
        sa.ForeignKeyConstraint(
            ["score_id"], ["lti_score.id"], name=op.f("fk_lti_score_try_score_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_score_try")),
    )
    op.create_index(op.f("ix_lti_score_try_score_id"), "lti_score_try", ["score_id"], unique=False)
    op.add_column("user_session", sa.Column("launched", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("user_session", "launched")
    op.drop_index(op.f("ix_lti_score_try_score_id"), table_name="lti_score_try")
    op.drop_table("lti_score_try")
    op.drop_index(op.f("ix_lti_score_participant_id"), table_name="lti_score")
    op.drop_table("lti_score")
    op.drop_index(op.f("ix_lti_roster_context_id"), table_name="lti_roster")
    op.drop_index(op.f("ix_lti_roster_cohort_id"), table_name="lti_roster")
    op.drop_table("lti_roster")
    op.drop_table("lti_line_item")
    op.drop_index(op.f("ix_lti_launch_context_id"), table_name="lti_launch")
    op.drop_table("lti_launch")
    op.drop_index(op.f("ix_lti_participant_enrolment_id"), table_name="lti_participant")
    op.drop_index(op.f("ix_lti_participant_account_id"), table_name="lti_participant")
    op.drop_table("lti_participant")
    op.drop_index(op.f("ix_lti_link_placement_id"), table_name="lti_link")
    op.drop_table("lti_link")
    op.drop_index(op.f("ix_lti_placement_context_id"), table_name="lti_placement")
    op.drop_index(op.f("ix_lti_placement_cohort_id"), table_name="lti_placement")
    op.drop_table("lti_placement")
    op.drop_table("lti_context")
    op.drop_table("lti_registration_address")
    op.drop_index(op.f("ix_lti_refusal_platform_id"), table_name="lti_refusal")
    op.drop_table("lti_refusal")
    op.drop_table("lti_outage")
    op.drop_index(op.f("ix_lti_nonce_expires_at"), table_name="lti_nonce")
    op.drop_table("lti_nonce")
    op.drop_table("lti_deployment")
    op.drop_index("uq_lti_platform_client", table_name="lti_platform", postgresql_where=sa.text("removed_at IS NULL"))
    op.drop_index(op.f("ix_lti_platform_site_id"), table_name="lti_platform")
    op.drop_table("lti_platform")
    op.drop_table("lti_key")
