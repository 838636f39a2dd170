"""The part of the graders' queue that a launch shows: the group of its link, or the one task."""

from sqlalchemy import exists, or_, select

from assessment.grading_queue import EVERYTHING, QueueScope
from courses.models.groups import Enrolment
from lms.core.people.models import Account
from lms.lti.models.launches import Launch, Participant
from lms.registry.models import Membership


def works_of_launch(launch: Launch) -> QueueScope:
    """Returns the group, the task if the link shows one, and for an instructor without a role at the site the people of
    the platform's course. Everything while the link shows nothing.
    """
    placement = launch.link.placement if launch.link else None
    if placement is None or launch.session is None:
        return EVERYTHING
    works_here = exists().where(
        Membership.person_id == launch.session.account.person_id,
        Membership.site_id == placement.cohort.site_id,
        Membership.ended_on.is_(None),
    )
    there = select(Account.person_id).join(Participant).where(Participant.context_id == launch.context_id)
    mine = or_(works_here, Enrolment.person_id.in_(there))
    return QueueScope((Enrolment.cohort_id == placement.cohort_id, mine), placement.task_id)
