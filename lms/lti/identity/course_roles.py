"""Role of a person in a platform's course when a launch calls them a learner: a trainee, staff who look, or unknown.

A platform lets its staff look at a course as learners («Switch role to…»), and their message may say no more than that.
So a launch as a learner counts as the word of a trainee only if something else says the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from courses.groups.operations import LEFT_STATES
from courses.models.groups import Cohort, Enrolment
from lms.core.people.models import Account
from lms.lti.messages.roles import STAFF_ROLES, PlatformRole
from lms.lti.models.launches import Context, ListedRole, Participant
from lms.lti.models.platforms import Deployment, Platform
from lms.registry.models import Membership

ELSEWHERE = "elsewhere"
"""Key, among the claims that a launch keeps, of the user's ``PlatformRole`` outside the course."""


class CourseRole(StrEnum):
    """Role of a person whom a launch calls a learner."""

    TRAINEE = "trainee"
    STAFF = "staff"
    UNKNOWN = "unknown"
    """Nothing but the launch says that the person studies here: the person is asked."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts about a person in a course, beside a launch that calls them a learner."""

    said: str | None = None
    """The person's own word: ``TRAINEE`` or ``STAFF``."""
    launched_as_staff: bool = False
    """An earlier launch told that the user teaches or administers the course."""
    works_at_site: bool = False
    listed: str | None = None
    """``PlatformRole`` of the user in the platform's list of the course; None if the list does not have them."""
    elsewhere: str = ""
    """``PlatformRole`` of the user outside the course, as the message tells it."""
    staff_of_other_course: bool = False
    works_elsewhere: bool = False
    """The person has a role at another site, an authority or an organisation, or is an administrator."""
    studies: bool = False
    """The person is a trainee of some group."""


def decide(known: Evidence) -> CourseRole:
    """Returns the role that the evidence gives: the person's word first, then what is known of the course itself."""
    if known.said == CourseRole.TRAINEE:
        return CourseRole.TRAINEE
    if known.said or known.launched_as_staff or known.works_at_site or known.listed in STAFF_ROLES:
        return CourseRole.STAFF
    if known.listed == PlatformRole.LEARNER:
        return CourseRole.TRAINEE
    if known.elsewhere in STAFF_ROLES or known.staff_of_other_course or known.works_elsewhere:
        return CourseRole.UNKNOWN
    return CourseRole.TRAINEE if known.studies or known.elsewhere == PlatformRole.LEARNER else CourseRole.UNKNOWN


def role_in_course(
    session: Session,
    *,
    platform: Platform,
    context_id: int,
    subject: str | None,
    cohort: Cohort | None,
    account: Account | None,
    elsewhere: str = "",
) -> CourseRole:
    """Returns the role of a user whom a launch into this course calls a learner. One query."""
    person_id, account_id = (account.person_id, account.id) if account else (None, None)
    here = (Participant.context_id == context_id, Participant.subject == subject)
    works = (Membership.person_id == person_id, Membership.ended_on.is_(None))
    site_id = cohort.site_id if cohort else None
    other = (
        Participant.staff_at.is_not(None),
        or_(Participant.subject == subject, Participant.account_id == account_id),
        Participant.context_id != context_id,
        Participant.context_id.in_(contexts_of(platform)),
    )
    row = session.execute(
        select(
            select(Participant.said_role).where(*here).scalar_subquery(),
            exists().where(*here, Participant.staff_at.is_not(None)),
            exists().where(*works, Membership.site_id == site_id),
            select(ListedRole.platform_role)
            .where(ListedRole.context_id == context_id, ListedRole.subject == subject)
            .scalar_subquery(),
            exists().where(*other),
            exists().where(*works, Membership.site_id.is_distinct_from(site_id)),
            exists().where(Enrolment.person_id == person_id, Enrolment.state.not_in(LEFT_STATES)),
        )
    ).one()
    said, launched, at_this_site, listed, of_other, at_another, studies = row
    return decide(
        Evidence(
            said=said,
            launched_as_staff=launched,
            works_at_site=at_this_site,
            listed=listed,
            elsewhere=elsewhere,
            staff_of_other_course=of_other,
            works_elsewhere=at_another or (account is not None and account.is_administrator),
            studies=studies,
        )
    )


def contexts_of(platform: Platform) -> Select[int]:
    """Selects the ids of the platform's contexts, through whichever connection."""
    own = select(Platform.id).where(Platform.issuer == platform.issuer)
    return select(Context.id).join(Deployment).where(Deployment.platform_id.in_(own))


def note_own_word(session: Session, *, context_id: int, subject: str, role: CourseRole) -> None:
    """Keeps what the person says they are in this course; nobody is asked again."""
    here = (Participant.context_id == context_id, Participant.subject == subject)
    session.execute(update(Participant).where(*here).values(said_role=role))


def note_listed(session: Session, *, context_id: int, roles: Mapping[str, str], whole: bool) -> None:
    """Keeps the roles that the platform's list of the course gives its users (subject → role), without their names.

    ``whole``: the list is of the whole course, so users who are missing have left it.
    """
    here = ListedRole.context_id == context_id
    if whole:
        session.execute(delete(ListedRole).where(here, ListedRole.subject.not_in(list(roles))))
    if not roles:
        return
    row = insert(ListedRole)
    update_role = row.on_conflict_do_update(
        index_elements=["context_id", "subject"], set_={"platform_role": row.excluded.platform_role}
    )
    rows = [{"context_id": context_id, "subject": key, "platform_role": role} for key, role in sorted(roles.items())]
    session.connection().execute(update_role, rows)
