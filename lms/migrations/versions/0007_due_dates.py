"""Views ``planned_topic`` and ``due_date``: one rule for the plan and the due dates of trainees and groups."""

from alembic import op

revision = "0007"
down_revision = "0006"

PLANNED_TOPIC = """
    CREATE VIEW planned_topic AS
    SELECT learner.enrolment_id, learner.cohort_id, cohort.version_id, topic.id AS topic_id,
        topic.lineage AS topic_lineage
    FROM (
        SELECT id AS enrolment_id, cohort_id FROM enrolment
        UNION ALL
        SELECT NULL::integer, id FROM cohort
    ) AS learner
    JOIN cohort ON cohort.id = learner.cohort_id
    JOIN topic ON topic.version_id = cohort.version_id
"""
DUE_DATE = """
    CREATE VIEW due_date AS
    SELECT planned.enrolment_id, planned.cohort_id, planned.topic_id, planned.topic_lineage,
        NULL::integer AS task_id, coalesce(own.due_on, of_group.due_on) AS due_on
    FROM planned_topic AS planned
    LEFT JOIN topic_deadline AS own ON own.cohort_id = planned.cohort_id
        AND own.topic_lineage = planned.topic_lineage AND own.enrolment_id = planned.enrolment_id
    LEFT JOIN topic_deadline AS of_group ON of_group.cohort_id = planned.cohort_id
        AND of_group.topic_lineage = planned.topic_lineage AND of_group.enrolment_id IS NULL
    UNION ALL
    SELECT learner.enrolment_id, learner.cohort_id, NULL::integer, task.topic_lineage, task.id,
        coalesce(own.due_on, of_group.due_on, own_topic.due_on, group_topic.due_on)
    FROM (
        SELECT id AS enrolment_id, cohort_id FROM enrolment
        UNION ALL
        SELECT NULL::integer, id FROM cohort
    ) AS learner
    JOIN cohort ON cohort.id = learner.cohort_id
    JOIN attestation_task AS task ON task.version_id = cohort.version_id
    LEFT JOIN task_due AS own ON own.cohort_id = cohort.id
        AND own.task_id = task.id AND own.enrolment_id = learner.enrolment_id
    LEFT JOIN task_due AS of_group ON of_group.cohort_id = cohort.id
        AND of_group.task_id = task.id AND of_group.enrolment_id IS NULL
    LEFT JOIN topic_deadline AS own_topic ON own_topic.cohort_id = cohort.id
        AND own_topic.topic_lineage = task.topic_lineage AND own_topic.enrolment_id = learner.enrolment_id
    LEFT JOIN topic_deadline AS group_topic ON group_topic.cohort_id = cohort.id
        AND group_topic.topic_lineage = task.topic_lineage AND group_topic.enrolment_id IS NULL
"""


def upgrade() -> None:
    op.execute(PLANNED_TOPIC)
    op.execute(DUE_DATE)


def downgrade() -> None:
    op.execute("DROP VIEW due_date")
    op.execute("DROP VIEW planned_topic")
