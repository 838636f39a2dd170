"""Database queries for the comparison: people linked to the platform's users, and trainees of the group."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from courses.models.groups import Cohort, Enrolment
from lms.core.auth.identities import ExternalIdentity
from lms.core.people.models import Account, Person
from lms.lti.identity.account_resolution import is_of_issuer, platform_key
from lms.lti.identity.course_roles import CourseRole
from lms.lti.models.launches import Context, Participant
from lms.lti.models.platforms import Platform
from lms.lti.models.services import Roster
from lms.lti.rosters.comparing import Comparison, GroupMember, LinkedPerson, compare
from lms.lti.rosters.reader import Member, member_of
from lms.registry.models import Membership


def comparison(session: Session, roster: Roster) -> Comparison:
    """Compares the snapshot with the group's current state. Three queries."""
    members = members_in(roster)
    platform = roster.context.deployment.platform
    tied = linked_people(session, platform, [member.subject for member in members], site_id=roster.cohort.site_id)
    fellows = group_members(session, roster.cohort, roster.context, platform)
    return compare(members, tied, fellows, whole=roster.link_id is None, staff=staff_of(session, roster.context))


def members_in(roster: Roster) -> list[Member]:
    """Returns the members of the snapshot."""
    return [member_of(kept) for kept in roster.members]


def staff_of(session: Session, context: Context) -> set[str]:
    """Returns the users who have launched as staff of the course, or say that they are. One query."""
    here = Participant.context_id == context.id
    staff = or_(Participant.staff_at.is_not(None), Participant.said_role == CourseRole.STAFF)
    return set(session.scalars(select(Participant.subject).where(here, staff)))


def linked_people(
    session: Session, platform: Platform, subjects: Collection[str], *, site_id: int | None = None
) -> dict[str, LinkedPerson]:
    """Returns the people linked to these users of the platform, and who of them works at the site. One query."""
    if not subjects:
        return {}
    own = ExternalIdentity.platform == platform_key(platform)
    works = exists().where(
        Membership.person_id == Person.id, Membership.site_id == site_id, Membership.ended_on.is_(None)
    )
    rows = session.execute(
        select(ExternalIdentity.subject, Person.id, _full_name(), ~Account.is_active, works)
        .join(Account, Account.id == ExternalIdentity.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(is_of_issuer(platform), ExternalIdentity.subject == func.any(list(subjects)))
        .order_by(own, ExternalIdentity.id.desc())  # of two accounts, that of this connection is read last and stays
    )
    return {subject: LinkedPerson(*about) for subject, *about in rows}


def group_members(session: Session, cohort: Cohort, context: Context, platform: Platform) -> list[GroupMember]:
    """Returns all trainees of the group in any state. One query."""
    here, of_platform = aliased(Participant), _of_platform(platform)
    rows = session.execute(
        select(
            Enrolment.id,
            Person.id,
            _full_name(),
            Person.surname,
            Person.given_name,
            Person.patronymic,
            func.lower(Person.email),
            Account.email,
            Enrolment.state,
            func.min(here.subject),
            func.bool_or(func.coalesce(here.enrolment_id == Enrolment.id, literal(False))),
            of_platform,
            Enrolment.hours_done > 0,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(here, (here.account_id == Account.id) & (here.context_id == context.id))
        .where(Enrolment.cohort_id == cohort.id)
        .group_by(Enrolment.id, Person.id, Account.id)
        .order_by(Person.sort_key, Enrolment.id)
    ).all()
    return [_group_member(row) for row in rows]


def _group_member(row: Sequence[Any]) -> GroupMember:
    own, of_account = row[6:8]
    return GroupMember(*row[:6], frozenset(filter(None, (own, of_account))), *row[8:])  # type: ignore[call-arg]


def _of_platform(platform: Platform) -> Any:
    tied = select(ExternalIdentity.id).where(ExternalIdentity.account_id == Account.id, is_of_issuer(platform))
    return tied.correlate(Account).exists()


def _full_name() -> Any:
    return func.concat_ws(" ", Person.surname, Person.given_name, func.nullif(Person.patronymic, ""))
