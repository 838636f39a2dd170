"""Two sites of two authorities with people of every role; every request is for objects of the first site."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import ProgrammeVersion, Topic
from lms.core.people.models import Account
from lms.registry.models import Site
from tests.factories import make


@dataclass(slots=True)
class World:
    """The objects whose ids the rows of the matrix use. ``extra`` keeps objects added by a feature (see ``at``)."""

    session: Session
    site: Site
    version: ProgrammeVersion
    draft: ProgrammeVersion
    cohort: Cohort
    enrolment: Enrolment
    topic: Topic
    people: dict[str, Account]
    extra: dict[str, Any] = field(default_factory=dict)

    def at(self, name: str, made: Any) -> Any:
        """Returns the feature's own object of this name; ``made(world)`` creates it at the first call."""
        if name not in self.extra:
            self.extra[name] = made(self)
            self.session.commit()
        return self.extra[name]


def build(session: Session) -> World:
    """Creates both sites and commits them, so that the application sees them."""
    site = make.site(session, theme="Наблюдение на уроке естествознания")
    version = make.programme(session, site, title="Наблюдение и протокол")
    draft = make.programme(session, site, state="draft", title="Черновик о наблюдении")
    cohort = make.cohort(session, version)
    enrolment = make.enrolment(session, cohort)
    other_site = make.site(session)
    other = make.enrolment(session, make.cohort(session, make.programme(session, other_site)))
    people = {
        "trainee": enrolment.person.account,
        "other_trainee": other.person.account,
        "leader": make.member(session, "leader", site=site),
        "acting_leader": make.member(session, "acting_leader", site=site),
        "other_leader": make.member(session, "leader", site=other_site),
        "teacher": make.member(session, "teacher", site=site),
        "expert": make.member(session, "expert", site=site),
        "methodologist": make.member(session, "methodologist", authority=site.authority),
        "council_member": make.member(session, "council_member", authority=site.authority),
        "secretary": make.member(session, "council_secretary", authority=site.authority),
        "other_methodologist": make.member(session, "methodologist", authority=other_site.authority),
        "director": make.member(session, "director", organization=site.organization),
        "coordinator": make.member(session, "coordinator", organization=site.organization),
        "administrator": make.account(session, is_administrator=True),
    }
    topic = session.query(Topic).filter_by(version_id=version.id).order_by(Topic.id).first()
    assert topic is not None
    session.commit()
    return World(session, site, version, draft, cohort, enrolment, topic, people)  # type: ignore[arg-type]
