"""Notices with their sentences' values, letters about them, choices of letters; letters that failed."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

REVIEWS = """
    UPDATE notice
    SET kind = CASE notice.detail->>'decision'
            WHEN 'accepted' THEN 'work_accepted' WHEN 'taken_back' THEN 'work_taken_back' ELSE 'work_returned'
        END,
        cohort_id = enrolment.cohort_id,
        detail = jsonb_build_object(
            'enrolment_id', submission.enrolment_id, 'task_id', submission.task_id, 'task', task.title,
            'reason', notice.detail->>'reason'
        )
    FROM submission
    JOIN attestation_task AS task ON task.id = submission.task_id
    JOIN enrolment ON enrolment.id = submission.enrolment_id
    WHERE notice.kind = 'review' AND submission.id = (notice.detail->>'submission_id')::integer
"""
CERTIFICATES = """
    UPDATE notice
    SET cohort_id = enrolment.cohort_id,
        detail = jsonb_build_object(
            'kind', certificate.kind, 'number', certificate.number_text, 'language', certificate.language
        )
    FROM certificate
    JOIN enrolment ON enrolment.id = certificate.enrolment_id
    WHERE notice.kind = 'certificate' AND certificate.id = (notice.detail->>'certificate_id')::integer
"""


def upgrade() -> None:
    op.add_column("message", sa.Column("asked_by_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_message_asked_by_id"), "message", "person", ["asked_by_id"], ["id"], ondelete="SET NULL"
    )
    op.add_column("message", sa.Column("unsubscribe_path", sa.String(length=500), nullable=True))
    op.create_index("ix_message_failed", "message", ["person_id"], postgresql_where=sa.text("error IS NOT NULL"))

    op.add_column("notice", sa.Column("cohort_id", sa.Integer(), nullable=True))
    op.add_column("notice", sa.Column("key", sa.String(length=80), nullable=True))
    op.add_column("notice", sa.Column("mail", sa.String(length=6), server_default="new", nullable=False))
    op.create_check_constraint("mail", "notice", "mail IN ('new', 'digest', 'done')")
    # Nobody could read these notices, and they had no letters: none is sent about them now.
    op.execute("UPDATE notice SET mail = 'done', read_at = coalesce(read_at, now())")
    op.execute(REVIEWS)
    op.execute(CERTIFICATES)
    op.drop_index("ix_notice_person_id", table_name="notice")
    op.create_index("ix_notice_person_id", "notice", ["person_id", "id"])
    op.create_index("ix_notice_unread", "notice", ["person_id"], postgresql_where=sa.text("read_at IS NULL"))
    op.create_index("ix_notice_new", "notice", ["id"], postgresql_where=sa.text("mail = 'new'"))
    op.create_index("ix_notice_digest", "notice", ["person_id"], postgresql_where=sa.text("mail = 'digest'"))
    op.create_index("uq_notice_key", "notice", ["person_id", "key"], unique=True)

    op.create_table(
        "notice_preference",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.CheckConstraint("channel IN ('at_once', 'digest', 'never')", name=op.f("ck_notice_preference_channel")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_preference_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_notice_preference")),
    )


def downgrade() -> None:
    op.drop_table("notice_preference")
    for name in ("uq_notice_key", "ix_notice_digest", "ix_notice_new", "ix_notice_unread", "ix_notice_person_id"):
        op.drop_index(name, table_name="notice")
    op.create_index("ix_notice_person_id", "notice", ["person_id"])
    for name in ("mail", "key", "cohort_id"):
        op.drop_column("notice", name)
    op.drop_index("ix_message_failed", table_name="message")
    for name in ("unsubscribe_path", "asked_by_id"):
        op.drop_column("message", name)
