"""A site with a group, and a platform's course that may show its content."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask
from assessment.models.self_checks import SelfCheck
from courses.actors import actor_of
from courses.models.groups import Cohort
from courses.models.programmes import ProgrammeVersion
from lms.core.auth.policy import Actor
from lms.core.people.models import Account
from lms.lti.content.choices import Choice, choices_of
from lms.lti.models.launches import Context
from lms.registry.models import Site
from tests.factories import attestation, make, platforms
from tests.support.checks import make_check


@dataclass
class World:
    """One site's group with a self-check and a task, its leader and a teacher; a course of the site's platform."""

    session: Session
    site: Site
    version: ProgrammeVersion
    cohort: Cohort
    check: SelfCheck
    task: AttestationTask
    leader: Account
    teacher: Account
    context: Context

    def actor(self, account: Account | None = None) -> Actor:
        return actor_of(self.session, account or self.leader)

    def choice(self, value: str, cohort: Cohort | None = None) -> Choice:
        return choices_of(self.session, cohort or self.cohort).named([value])[0]


@pytest.fixture
def world(session: Session) -> World:
    site = make.site(session)
    version = make.programme(session, site, title="Наблюдение и протокол")
    cohort = make.cohort(session, version, title="Осень")
    return World(
        session,
        site,
        version,
        cohort,
        make_check(session, version, place=0),
        attestation.task(session, version),
        make.member(session, "leader", site=site),
        make.member(session, "teacher", site=site),
        platforms.context(session, platforms.platform(session, site_id=site.id), title="Естествознание, 5 класс"),
    )
