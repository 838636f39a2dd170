"""Handlers of events from lower layers; the composition subscribes them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from assessment.attestation.due_dates import move_own_dates
from assessment.attestation.tasks import copy_tasks, create_final_task, update_final_task
from assessment.completion.operations import (
    enqueue_evaluation,
    enqueue_evaluations,
    enqueue_reevaluation,
    evaluate_renamed,
)
from assessment.course_items import ATTESTATION_TASKS, RATINGS, SELF_CHECKS, marks_of_group
from courses.course_items import GroupProvider
from courses.events import (
    EnrolmentMoved,
    EnrolmentsChanged,
    ProgrammeImported,
    ProgressMade,
    RequirementsChanged,
    VersionApproved,
    VersionCopied,
)
from lms.core.people.events import PersonRenamed

SUBSCRIPTIONS: tuple[tuple[type, Callable[[Session, Any], None]], ...] = (
    (ProgressMade, enqueue_evaluation),
    (EnrolmentsChanged, enqueue_evaluations),
    (EnrolmentMoved, move_own_dates),
    (RequirementsChanged, enqueue_reevaluation),
    (PersonRenamed, evaluate_renamed),
    (ProgrammeImported, create_final_task),
    (VersionApproved, update_final_task),
    (VersionCopied, copy_tasks),
)

ITEM_PROVIDERS = (SELF_CHECKS, ATTESTATION_TASKS, RATINGS)
"""Providers of course items for the topics of a course."""

GROUP_PROVIDERS: tuple[GroupProvider, ...] = (marks_of_group,)
"""Providers of marks of a whole group for the leader's grid."""
