"""Creates rows for tests: each function takes a session and the values that matter; the rest is invented.

Everything is flushed, nothing committed.
"""

import itertools
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models.groups import Cohort, Enrolment
from courses.models.materials import Material
from courses.models.programmes import (
    Competency,
    Descriptor,
    HourKind,
    Programme,
    ProgrammeVersion,
    Rubric,
    RubricCriterion,
    Section,
    Topic,
    TopicHours,
)
from lms.core.clock import utc_now
from lms.core.db import Base
from lms.core.files.models import StoredFile
from lms.core.files.operations import save_bytes
from lms.core.people.models import Account, Person
from lms.registry.models import Authority, Membership, Order, Organization, Site, SiteStatus

count = itertools.count(1)
TODAY = date.today()  # noqa: DTZ011

PLAN: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    ("Наблюдение как метод", (("Что видит наблюдатель", ("2", "1", "1")), ("Протокол наблюдения", ("1", "2", "1.5")))),
    ("Свой урок", (("Фрагмент урока", ("0", "4", "2.5")), ("Защита фрагмента", ("0", "3", "0")))),
)
"""Sections → topics → hours per kind (lectures, practice, self-study): 18 academic hours."""


def authority(session: Session, **values: object) -> Authority:
    return _add(session, Authority(**{"name": f"Методический центр {next(count)}", "locality": "Ясногорск"} | values))


def organization(session: Session, **values: object) -> Organization:
    number = next(count)
    defaults = {
        "name": f"МБОУ «Гимназия № {number}»",
        "short_name": f"Гимназия № {number}",
        "locality": "Ясногорск",
        "director": "Кузьмина Вера Павловна",
        "director_position": "Директор",
    }
    given = values.pop("authority", None) or authority(session)
    return _add(session, Organization(authority_id=given.id, **(defaults | values)))


def site(session: Session, *, status: bool = True, **values: object) -> Site:
    host = values.pop("organization", None) or organization(session)
    theme = values.pop("theme", f"Исследовательский урок {next(count)}")
    made = _add(
        session, Site(authority_id=host.authority_id, organization_id=host.id, organization=host, theme=theme, **values)
    )
    if status:
        order = _add(session, Order(authority_id=host.authority_id, number=f"{next(count)}-п", issued_on=TODAY))
        _add(
            session,
            SiteStatus(
                site_id=made.id,
                order_id=order.id,
                starts_on=TODAY - timedelta(days=100),
                ends_on=TODAY + timedelta(days=900),
            ),
        )
    return made


def person(session: Session, **values: object) -> Person:
    number = next(count)
    defaults = {"surname": f"Ветрова{number}", "given_name": "Нина", "patronymic": "Олеговна"}
    chosen = defaults | values
    key = f"{chosen['surname']} {chosen['given_name']} {chosen['patronymic']}".strip().lower().replace("ё", "е")
    return _add(session, Person(sort_key=key, **chosen))


def account(session: Session, **values: object) -> Account:
    """Creates an account with its person; without a password, because tests open sessions directly.

    Its e-mail is confirmed unless ``email_confirmed_at`` is given.
    """
    of = values.pop("person", None) or person(session)
    confirmed = {"email_confirmed_at": utc_now()} if values.get("email") else {}
    defaults = {"username": f"user{next(count)}", "locale": "ru"} | confirmed
    return _add(session, Account(person_id=of.id, person=of, **(defaults | values)))


def member(session: Session, role: str, **place: object) -> Account:
    """Creates an account that has this role at ``site=``, ``authority=`` or ``organization=``."""
    made = account(session)
    where = {f"{name}_id": row.id for name, row in place.items()}  # type: ignore[attr-defined]
    order = {"order_number": "58-к", "order_date": TODAY} if role == "acting_leader" else {}
    _add(session, Membership(person_id=made.person_id, role=role, starts_on=TODAY, **where, **order))
    return made


def programme(
    session: Session, at: Site | None = None, *, state: str = "approved", **values: object
) -> ProgrammeVersion:
    """Creates a version with a plan of 18 academic hours that adds up, two competencies and two criteria."""
    at = at or site(session)
    made = _add(session, Programme(site_id=at.id, site=at))
    defaults = {"title": f"Исследование на уроке {next(count)}", "workload": Decimal(18), "pass_mark": Decimal(6)}
    version = _add(
        session, ProgrammeVersion(programme_id=made.id, programme=made, number=1, state="draft", **(defaults | values))
    )
    _plan(session, version)
    _outcomes(session, version)
    version.state = state
    version.approved_at = utc_now() if state == "approved" else None
    session.flush()
    return version


def _plan(session: Session, version: ProgrammeVersion) -> None:
    names = enumerate(("Лекции", "Практика", "Самостоятельная работа"))
    kinds = [HourKind(version_id=version.id, position=place, name=name) for place, name in names]
    sections = [
        Section(version_id=version.id, position=place, title=title) for place, (title, _topics) in enumerate(PLAN)
    ]
    _add_all(session, [*kinds, *sections])
    topics = []
    for section, (_title, planned) in zip(sections, PLAN, strict=True):
        for spot, (name, hours) in enumerate(planned):
            topic = Topic(version_id=version.id, section_id=section.id, position=spot, title=name)
            topic.class_form, topic.control_form = "практикум", "практическая работа"
            topic.hours = [
                TopicHours(kind_id=kind.id, hours=Decimal(value))
                for kind, value in zip(kinds, hours, strict=True)
                if Decimal(value)
            ]
            topics.append(topic)
    _add_all(session, topics)


def _outcomes(session: Session, version: ProgrammeVersion) -> None:
    competencies = [
        Competency(version_id=version.id, position=place, title=f"ПК-{place + 1}. Исследует") for place in range(2)
    ]
    rubric = Rubric(version_id=version.id, final=True)
    rubric.criteria = [
        RubricCriterion(position=place, name=f"Критерий {place + 1}", max_points=5) for place in range(2)
    ]
    _add_all(session, [*competencies, rubric])
    descriptors = [
        Descriptor(competency_id=competency.id, position=spot, kind=kind, text=f"описание {kind}")
        for competency in competencies
        for spot, kind in enumerate(("knows", "can", "practised"))
    ]
    _add_all(session, descriptors)


def cohort(session: Session, version: ProgrammeVersion | None = None, **values: object) -> Cohort:
    version = version or programme(session)
    defaults = {
        "title": f"Группа {next(count)}",
        "starts_on": TODAY - timedelta(days=7),
        "ends_on": TODAY + timedelta(days=30),
        "enrolment_key": secrets.token_hex(6),
    }
    at = version.programme.site
    return _add(session, Cohort(site_id=at.id, site=at, version_id=version.id, version=version, **(defaults | values)))


def enrolment(session: Session, group: Cohort | None = None, **values: object) -> Enrolment:
    """Creates a trainee with an account in a group."""
    group = group or cohort(session)
    trainee = values.pop("account", None) or account(session)
    defaults = {"enrolled_on": TODAY, "state_since": TODAY}
    return _add(
        session,
        Enrolment(
            cohort_id=group.id,
            cohort=group,
            person_id=trainee.person_id,
            person=trainee.person,
            **(defaults | values),
        ),
    )


def material(session: Session, version: ProgrammeVersion, place: int = 0, **values: object) -> Material:
    """Creates a page (or another kind) in the topic at this position of the version's plan."""
    number = next(count)
    topic = topics(session, version)[place]
    defaults = {"kind": "page", "title": f"Этапы урока {number}", "position": number, "minutes": 12}
    text = {"body": "Что делает **ученик**", "body_html": "<p>Что делает <strong>ученик</strong></p>"}
    chosen = defaults | (text if values.get("kind", "page") == "page" else {}) | values
    return _add(session, Material(programme_id=version.programme_id, topic_lineage=topic.lineage, **chosen))


def topics(session: Session, version: ProgrammeVersion) -> list[Topic]:
    """Returns the version's topics in the plan's order."""
    order = (Section.position, Topic.position)
    return list(session.scalars(select(Topic).join(Section).where(Topic.version_id == version.id).order_by(*order)))


def stored_file(session: Session, content: bytes = b"%PDF-1.7 sample", **values: object) -> StoredFile:
    """Creates a stored file."""
    defaults = {"name": "Бланк анализа урока.pdf", "media_type": "application/pdf"}
    return save_bytes(session, content=content, now=utc_now(), **(defaults | values))


def _add(session: Session, row):  # type: ignore[no-untyped-def]
    session.add(row)
    session.flush()
    return row


def _add_all(session: Session, rows: Sequence[Base]) -> None:
    """Inserts rows of one generation with one statement a table: most tests need a programme."""
    session.add_all(rows)
    session.flush()
