"""Builds the actor of an account: its roles at sites, authorities and organisations, and its groups, in one query."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, func, select
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
"""Roles and groups, which are read together with the session too (``lms.core.people.session_facts``)."""


OF_ACCOUNT = select(*(fact.label(name) for name, fact in SESSION_FACTS.items())).where(
    Account.id == bindparam("account_id", type_=Integer)
)


def actor_of_facts(account: Account, facts: Mapping[str, Any]) -> Actor:
    """Returns the account as an actor, from the facts that were read of it."""
    return Actor(
        account.id,
        account.person_id,
        account.is_administrator,
        frozenset(_place(*place) for place in facts["places"] or ()),
        frozenset(facts["groups"] or ()),
    )


def actor_of(session: Session, account: Account) -> Actor:
    """Returns the account as an actor, with the roles and groups that it has now."""
    found = session.execute(OF_ACCOUNT, {"account_id": account.id}).one()
    return actor_of_facts(account, found._asdict())


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
