"""The requirements of every programme with groups are evaluated again; jobs on one material are dropped for it.

Until now a state was kept that nobody evaluated after something asked of the trainees had been added or removed.
"""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("DELETE FROM job_start WHERE job_id IN (SELECT id FROM job WHERE kind = 'courses.reevaluate_material')")
    op.execute("DELETE FROM job WHERE kind = 'courses.reevaluate_material'")
    op.execute("""
        INSERT INTO job (kind, subject_id, unique_key)
        SELECT DISTINCT 'assessment.reevaluate', version.programme_id, 'assessment.reevaluate:' || version.programme_id
        FROM cohort JOIN programme_version AS version ON version.id = cohort.version_id
    """)


def downgrade() -> None:
    op.execute("DELETE FROM job_start WHERE job_id IN (SELECT id FROM job WHERE kind = 'assessment.reevaluate')")
    op.execute("DELETE FROM job WHERE kind = 'assessment.reevaluate'")
