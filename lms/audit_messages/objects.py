"""Names of the rows that entries of the audit log are about: one query for each type on the page."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask, Submission
from assessment.models.certificates import Certificate
from assessment.models.self_checks import Attempt, SelfCheck
from courses.models.groups import Cohort, Enrolment
from courses.models.materials import Material
from courses.models.programmes import ProgrammeVersion
from lms.core.people.models import Account, Person
from lms.lti.models.launches import ContentItem
from lms.lti.models.platforms import Platform
from lms.registry.models import Authority, Membership, Order, Organization, Site, SiteStatus

Object = tuple[str, int]
"""Type and id of a row, as an entry keeps them."""

PERSON = func.concat_ws(" ", Person.surname, Person.given_name, func.nullif(Person.patronymic, ""))


def _of_person(*chosen: Any) -> Any:
    return select(chosen[0], func.concat_ws(" — ", PERSON, *chosen[1:]))


QUERIES: Mapping[str, Callable[[], Any]] = {
    "person": lambda: select(Person.id, PERSON),
    "account": lambda: select(Account.id, PERSON).join(Person, Person.id == Account.person_id),
    "membership": lambda: select(Membership.id, PERSON).join(Person, Person.id == Membership.person_id),
    "authority": lambda: select(Authority.id, Authority.name),
    "organization": lambda: select(Organization.id, Organization.short_name),
    "site": lambda: select(Site.id, Site.theme),
    "site_status": lambda: select(SiteStatus.id, Site.theme).join(Site, Site.id == SiteStatus.site_id),
    "orders": lambda: select(Order.id, Order.number),
    "programme_version": lambda: select(ProgrammeVersion.id, ProgrammeVersion.title),
    "material": lambda: select(Material.id, Material.title),
    "cohort": lambda: select(Cohort.id, Cohort.title),
    "enrolment": lambda: (
        _of_person(Enrolment.id, Cohort.title)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
    ),
    "self_check": lambda: select(SelfCheck.id, SelfCheck.title),
    "attempt": lambda: (
        _of_person(Attempt.id, SelfCheck.title)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(SelfCheck, SelfCheck.id == Attempt.self_check_id)
    ),
    "attestation_task": lambda: select(AttestationTask.id, AttestationTask.title),
    "submission": lambda: (
        _of_person(Submission.id, AttestationTask.title)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(AttestationTask, AttestationTask.id == Submission.task_id)
    ),
    "certificate": lambda: select(Certificate.id, Certificate.person_name),
    "lti_placement": lambda: select(ContentItem.id, ContentItem.title),
    "lti_platform": lambda: select(Platform.id, Platform.name),
}
"""Type of row → statement of id and name; the first column is restricted to the ids of a page."""


def names_of(session: Session, objects: Iterable[Object]) -> dict[Object, str]:
    """Returns the names of these rows; a row that was deleted, or has no name, is left out."""
    wanted: dict[str, set[int]] = {}
    for kind, key in objects:
        if kind in QUERIES:
            wanted.setdefault(kind, set()).add(key)
    found: dict[Object, str] = {}
    for kind, keys in sorted(wanted.items()):
        statement = QUERIES[kind]()
        column = next(iter(statement.selected_columns))
        found |= {(kind, key): name for key, name in session.execute(statement.where(column.in_(keys)))}
    return found
