"""Builds the actor of an account: its roles at sites, authorities and organisations, and its groups, in one query."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Integer, bindparam, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from courses.models.groups import Enrolment
from lms.core.auth.policy import Actor, RoleAssignment
from lms.core.errors import DomainError
from lms.core.people.models import Account
from lms.registry.models import Membership

PLACES = (
    select(
        func.json_agg(
            func.json_build_array(
                Membership.role, Membership.site_id, Membership.authority_id, Membership.organization_id
            )
        )
    )
    .where(Membership.person_id == Account.person_id, Membership.ended_on.is_(None))
    .correlate(Account)
    .scalar_subquery()
)
GROUPS = (
    select(func.array_agg(Enrolment.cohort_id))
    .where(Enrolment.person_id == Account.person_id)
    .correlate(Account)
    .scalar_subquery()
)
SESSION_FACTS: dict[str, ColumnElement[Any]] = {"places": PLACES, "groups": GROUPS}
"""The same as ``ROLES_AND_GROUPS``, read together with the session (``lms.core.people.session_facts``)."""


def _roles_and_groups() -> CompoundSelect[Any]:
    """Returns the statement. It is built once, because it runs at every request."""
    person_id, nothing = bindparam("person_id", type_=Integer), null()
    roles = select(
        Membership.role, Membership.site_id, Membership.authority_id, Membership.organization_id, nothing
    ).where(Membership.person_id == person_id, Membership.ended_on.is_(None))
    groups = select(literal("trainee"), nothing, nothing, nothing, Enrolment.cohort_id).where(
        Enrolment.person_id == person_id
    )
    return union_all(roles, groups)


ROLES_AND_GROUPS = _roles_and_groups()


def actor_of_facts(account: Account, facts: dict[str, Any]) -> Actor:
    """Returns the account as an actor, from the facts that were read together with its session."""
    return Actor(
        account.id,
        account.person_id,
        account.is_administrator,
        frozenset(_place(*place) for place in facts["places"] or ()),
        frozenset(facts["groups"] or ()),
    )


def actor_of(session: Session, account: Account) -> Actor:
    """Returns the account as an actor, with the roles and groups that it has now."""
    rows: Sequence[Any] = session.execute(ROLES_AND_GROUPS, {"person_id": account.person_id}).all()
    return Actor(
        account.id,
        account.person_id,
        account.is_administrator,
        frozenset(_place(*row[:4]) for row in rows if row[4] is None),
        frozenset(row[4] for row in rows if row[4] is not None),
    )


def demand_other_person(actor: Actor, enrolment: Enrolment) -> None:
    """Raises ``DomainError`` for the trainee of the enrolment: nobody grades or confirms what they did themselves."""
    if actor.person_id is not None and actor.person_id == enrolment.person_id:
        raise DomainError(code="own_work_not_graded")


def _place(role: str, site_id: int | None, authority_id: int | None, organization_id: int | None) -> RoleAssignment:
    if site_id is not None:
        return RoleAssignment(role, "site", site_id)
    if authority_id is not None:
        return RoleAssignment(role, "authority", authority_id)
    return RoleAssignment(role, "organization", organization_id or 0)
