"""Drafts of returned works: the files and the text of the returned version, which a visit of the page copied before."""

from alembic import op

revision = "0010"
down_revision = "0009"

LATEST = """
    SELECT DISTINCT ON (version.submission_id) version.id, version.submission_id, version.text
    FROM submission_version AS version JOIN submission ON submission.id = version.submission_id
    WHERE submission.state = 'returned' AND NOT EXISTS (
        SELECT FROM submission_file AS draft WHERE draft.submission_id = submission.id AND draft.version_id IS NULL
    )
    ORDER BY version.submission_id, version.number DESC
"""


def upgrade() -> None:
    op.execute(f"""
        WITH latest AS ({LATEST})
        UPDATE submission SET draft_text = latest.text FROM latest
        WHERE submission.id = latest.submission_id AND submission.draft_text = ''""")
    op.execute(f"""
        WITH latest AS ({LATEST})
        INSERT INTO submission_file (submission_id, file_id)
        SELECT latest.submission_id, kept.file_id
        FROM latest JOIN submission_file AS kept ON kept.version_id = latest.id ORDER BY kept.id""")


def downgrade() -> None:
    """Keeps the copied drafts: the code of 0009 takes a draft that has files as it finds it."""
