"""Database views of the plan and of due dates; every reader takes them from here.

Each trainee has their rows; rows with ``enrolment_id`` NULL are those of the group as a whole.
"""

from sqlalchemy import Date, Integer, Uuid, column, table

PLANNED_TOPIC = table(
    "planned_topic",
    column("enrolment_id", Integer),
    column("cohort_id", Integer),
    column("version_id", Integer),
    column("topic_id", Integer),
    column("topic_lineage", Uuid),
)
"""Topics that a trainee (or a group) studies: those of the group's version."""

DUE_DATE = table(
    "due_date",
    column("enrolment_id", Integer),
    column("cohort_id", Integer),
    column("topic_id", Integer),
    column("topic_lineage", Uuid),
    column("task_id", Integer),
    column("due_on", Date),
)
"""Due dates of planned topics (``task_id`` NULL) and of attestation tasks (``topic_id`` NULL); NULL without a date.

A topic: the trainee's own date, else the group's. A task: the trainee's own date of the task, else the group's date of
the task, else the trainee's own date of its topic, else the group's date of its topic.
"""
