"""People whom an authority knows: its members, those of its organisations and sites, and their trainees."""

from sqlalchemy import ColumnElement, and_, not_, or_, select

from courses.models.groups import Cohort, Enrolment
from lms.core.people.models import Person
from lms.registry.models import Membership, Organization, Site


def known_to_authority(authority_id: int) -> ColumnElement[bool]:
    """Condition on ``Person``: the person has or had a role at the authority, at one of its organisations or sites,
    works at such an organisation, or is or was a trainee of such a site.

    Suggestions and ids of people that the authority's staff send are limited to them.
    """
    organizations = select(Organization.id).where(Organization.authority_id == authority_id)
    sites = select(Site.id).where(Site.authority_id == authority_id)
    members = select(Membership.person_id).where(
        or_(
            Membership.authority_id == authority_id,
            Membership.organization_id.in_(organizations),
            Membership.site_id.in_(sites),
        )
    )
    trainees = (
        select(Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Site, Site.id == Cohort.site_id)
        .where(Site.authority_id == authority_id)
    )
    works = and_(Person.organization_id.is_not(None), Person.organization_id.in_(organizations))
    return or_(Person.id.in_(members), Person.id.in_(trainees), works)


def known_elsewhere_only(authority_id: int) -> ColumnElement[bool]:
    """Condition on ``Person``: other authorities know the person, this one does not."""
    somewhere = or_(
        Person.id.in_(select(Membership.person_id)),
        Person.id.in_(select(Enrolment.person_id)),
        Person.organization_id.is_not(None),
    )
    return and_(not_(known_to_authority(authority_id)), somewhere)
