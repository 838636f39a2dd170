"""People of every role and objects of every kind in generated data, for the walk through all pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask, Submission, SubmissionFile, SubmissionVersion
from assessment.models.certificates import Certificate
from assessment.models.self_checks import Attempt, SelfCheck, SelfCheckItem
from assessment.questions.registry import question_types
from courses.models.groups import Cohort, Enrolment
from courses.models.materials import Material
from courses.models.programmes import Competency, Programme, ProgrammeVersion, Topic
from lms.core.auth.roles import COUNCIL_MEMBER, COUNCIL_SECRETARY, DIRECTOR, EXPERT, LEADER, METHODOLOGIST, TEACHER
from lms.core.people.models import Account
from lms.lti.models.platforms import FAMILIES
from lms.registry.models import Membership, Site, SiteStatus

USUAL_GROUP = 25
"""Trainees of the groups that are looked at, as near as there are: pages of one group are compared between volumes."""
SEARCHES: Mapping[str, Sequence[str]] = {
    "admin.people": ("q=иванов", "q=example.org", "page=5"),
    "admin.audit_log": ("action=work.decide", "who=иванова", "object_type=submission"),
    "admin.messages": ("q=example",),
    "registry.index": ("q=урок", "q=лицей"),
    "registry.organizations": ("q=лицей",),
    "registry.new_member": ("q=иванов",),
    "groups.trainees": ("q=иванов", "page=2"),
    "groups.index": ("page=2",),
    "grading.queue": ("page=2",),
}
"""Endpoint → queries of its search and of its further pages."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Account by role, and the values that each variable of an address may take."""

    accounts: Mapping[str, int]
    values: Mapping[str, Sequence[Any]]


def find_samples(session: Session) -> Samples:
    """Returns the samples of the first site."""
    site = session.scalars(select(Site).order_by(Site.id).limit(1)).one()
    running, finished = (_group(session, site.id, closed) for closed in (False, True))
    studying = _enrolment(session, running.id, Enrolment.hours_done.desc())
    graduate = _enrolment(session, finished.id, Enrolment.state, Enrolment.hours_done.desc())
    versions = [running.version_id, *_open_versions(session, site.id)]
    accounts: dict[str, Membership | Enrolment] = {**_staff(session, site), "trainee": studying, "graduate": graduate}
    people = {role: _account(session, found) for role, found in accounts.items()}
    administrator = select(Account.id).where(Account.is_administrator).order_by(Account.id).limit(1)
    people["administrator"] = session.scalars(administrator).one()
    values = _of_site(session, site) | _of_versions(session, versions)
    values |= _of_study(session, site, [running, finished], [studying, graduate])
    return Samples(people, values)


def _group(session: Session, site_id: int, closed: bool) -> Cohort:
    """Returns the site's closed or begun group whose size is nearest to the usual one."""
    size = func.count(Enrolment.id)
    rows = (
        select(Cohort.id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Cohort.site_id == site_id, Cohort.closed_at.is_not(None) == closed, Enrolment.hours_done > 0)
        .group_by(Cohort.id)
        .order_by(func.abs(size - USUAL_GROUP), Cohort.id)
    )
    return session.get_one(Cohort, session.scalars(rows.limit(1)).one())


def _enrolment(session: Session, cohort_id: int, *order: Any) -> Enrolment:
    inside = select(Enrolment).where(Enrolment.cohort_id == cohort_id, Enrolment.state.in_(("enrolled", "finished")))
    finished_first = inside.order_by(Enrolment.state.desc(), *order, Enrolment.id)
    return session.scalars(finished_first.limit(1)).unique().one()


def _open_versions(session: Session, site_id: int) -> list[int]:
    """Returns a version of each state but approved: a draft, a submitted one, a returned one."""
    rows = (
        select(func.min(ProgrammeVersion.id))
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(Programme.site_id == site_id, ProgrammeVersion.state != "approved")
        .group_by(ProgrammeVersion.state)
        .order_by(ProgrammeVersion.state)
    )
    return [key for key in session.scalars(rows) if key is not None]


def _staff(session: Session, site: Site) -> dict[str, Membership]:
    """Returns a membership of each role at the site, its organisation and its authority."""
    here = (
        (Membership.site_id == site.id)
        | (Membership.organization_id == site.organization_id)
        | (Membership.authority_id == site.authority_id)
    )
    rows = select(Membership).where(here, Membership.ended_on.is_(None)).order_by(Membership.id.desc())
    by_role = {one.role: one for one in session.scalars(rows)}
    wanted = (LEADER, TEACHER, EXPERT, METHODOLOGIST, COUNCIL_MEMBER, COUNCIL_SECRETARY, DIRECTOR)
    return {role: by_role[role] for role in wanted}


def _account(session: Session, holder: Membership | Enrolment) -> int:
    return session.scalars(select(Account.id).where(Account.person_id == holder.person_id)).one()


def _of_site(session: Session, site: Site) -> dict[str, Sequence[Any]]:
    status = select(SiteStatus.id).where(SiteStatus.site_id == site.id).order_by(SiteStatus.id.desc())
    return {
        "site_id": [site.id],
        "authority_id": [site.authority_id],
        "organization_id": [site.organization_id],
        "status_id": list(session.scalars(status)),
        "at": ["site", "authority", "organization"],
        "key": [site.id, site.authority_id, site.organization_id],
        "family": list(FAMILIES),
        "page": ["passport", "note", "conditions", "attestation", "completion"],
    }


def _of_versions(session: Session, versions: Sequence[int]) -> dict[str, Sequence[Any]]:
    """Returns values of addresses of programmes: of an approved version and of each open one."""
    programme = select(ProgrammeVersion.programme_id).where(ProgrammeVersion.id == versions[0]).scalar_subquery()
    checks = select(SelfCheck.id).where(SelfCheck.programme_id == programme).order_by(SelfCheck.id)
    items = select(SelfCheckItem.id).where(SelfCheckItem.self_check_id.in_(checks)).order_by(SelfCheckItem.id)
    materials = select(Material.id).where(Material.programme_id == programme).order_by(Material.id)
    return {
        "version_id": versions,
        "lineage": _first_of_each(session, Topic.lineage, Topic.version_id, Topic.id, versions),
        "competency_id": _first_of_each(session, Competency.id, Competency.version_id, Competency.id, versions),
        "task_id": _first_of_each(
            session, AttestationTask.id, AttestationTask.version_id, AttestationTask.id, versions
        ),
        "check_id": session.scalars(checks.limit(2)).all(),
        "item_id": session.scalars(items.limit(1)).all(),
        "material_id": session.scalars(materials.limit(2)).all(),
        "kind": ["page", next(iter(question_types()))],
        "number": [1],
    }


def _first_of_each(session: Session, value: Any, version: Any, order: Any, versions: Sequence[int]) -> list[Any]:
    found = (session.scalar(select(value).where(version == key).order_by(order).limit(1)) for key in versions)
    return [one for one in found if one is not None]


def _of_study(
    session: Session, site: Site, groups: Sequence[Cohort], enrolments: Sequence[Enrolment]
) -> dict[str, Sequence[Any]]:
    attempts = [_first(session, select(Attempt.id).where(Attempt.enrolment_id == one.id)) for one in enrolments]
    essay = (
        select(Attempt.id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Attempt.state == "needs_person", Cohort.site_id == site.id)
    )
    waiting = (
        select(Submission.id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Submission.state == "handed_in", Cohort.site_id == site.id)
    )
    file = (
        select(SubmissionFile.id)
        .join(SubmissionVersion, SubmissionVersion.id == SubmissionFile.version_id)
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.site_id == site.id)
    )
    attached = _first(session, file)
    owner = session.get(SubmissionFile, attached[0]) if attached else None
    certificate = session.scalars(
        select(Certificate).where(Certificate.enrolment_id == enrolments[1].id).order_by(Certificate.id).limit(1)
    ).first()
    return {
        "cohort_id": [one.id for one in groups],
        "enrolment_id": [one.id for one in enrolments],
        "person_id": [one.person_id for one in enrolments],
        "attempt_id": [key for found in attempts for key in found] + _first(session, essay),
        "submission_id": _first(session, waiting) + ([owner.submission_id] if owner else []),
        "file_id": attached,
        "certificate_id": [certificate.id] if certificate else [],
        "code": [certificate.code] if certificate else [],
    }


def _first(session: Session, keys: Select[Any]) -> list[int]:
    return list(session.scalars(keys.limit(1)))
