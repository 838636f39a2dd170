"""Database views of the plan and of due dates; every reader takes them from here.

Each trainee has their rows; rows with ``enrolment_id`` NULL are those of the group as a whole.
"""

from typing import Any

from sqlalchemy import CTE, Date, Integer, Select, Uuid, column, func, select, table

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


def due_dates_of_groups(cohort_ids: Select[Any], *conditions: Any) -> CTE:
    """Returns the due dates of the groups whose ids the statement selects, to be joined like the view.

    PostgreSQL does not carry a join's condition into a view over ``UNION ALL``: it would compute the due dates of every
    group, once for each joined row if its statistics are old. The ids are therefore given as an array, and the rows
    computed once.
    """
    within = DUE_DATE.c.cohort_id == func.any(func.array(cohort_ids.scalar_subquery()))
    return select(*DUE_DATE.c).where(within, *conditions).cte("due").prefix_with("MATERIALIZED")
