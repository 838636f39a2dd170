"""Sends ids of another authority's objects in every parameter of queries and forms, not only in paths.

The parameters are found in the source: those that a feature reads as whole numbers, and hidden or chosen fields of its
forms. Each is named below, with the foreign object that the test sends, or as a parameter that holds no id.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

import lms.web
from assessment.self_checks.queries import items_of
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import ProgrammeVersion
from courses.uploads.operations import READ_UPLOAD, Upload
from lms.core.files.models import StoredFile
from lms.core.jobs.run_models import JobRun
from lms.core.people.models import Person
from lms.registry.models import Direction, Site
from tests.factories import make
from tests.rules.access.matrix import MATRIX
from tests.support.checks import make_check
from tests.support.source_files import nodes_of, tree_of
from tests.support.walking import Walk

WEB = Path(lms.web.__path__[0])
FIRST = ("leader", "methodologist", "secretary", "director", "trainee")
"""Roles at the first site and its authority; the first one that may request an endpoint sends the foreign ids."""


class Foreign:
    """Objects of another authority, with names that no answer may show."""

    def __init__(self, session: Session) -> None:
        self.site: Site = make.site(session, theme="Чужая тема площадки")
        self.site.organization.short_name = self.site.organization.name = "Чужая школа"
        self.direction = Direction(authority_id=self.site.authority_id, position=1, title="Чужое направление")
        session.add(self.direction)
        self.version: ProgrammeVersion = make.programme(session, self.site, title="Чужая программа")
        self.cohort: Cohort = make.cohort(session, self.version, title="Чужая группа")
        self.person: Person = make.person(session, surname="Чужестранова", given_name="Чулпан")
        self.person.workplace = "Чужое место работы"
        self.person.organization_id = self.site.organization_id
        account = make.account(session, person=self.person, email="foreign@example.org")
        self.enrolment: Enrolment = make.enrolment(session, self.cohort, account=account)
        self.file: StoredFile = make.stored_file(session, name="Чужой файл.pdf")
        self.file.uploaded_by_id, self.file.site_id = account.id, self.site.id
        check = make_check(session, self.version, "::Чужой вопрос::Чужой текст вопроса? {}", title="Чужой тест")
        self.question_id: int = items_of(session, check)[0].question_id
        self.upload: JobRun = refused_upload(session, account.id, self.site.id)
        session.commit()

    secrets = ("Чуж", "чуж", "Чулпан", "foreign@")


def refused_upload(session: Session, owner_id: int, site_id: int) -> JobRun:
    """Adds the run of a list that was refused with a sentence about the other authority."""
    upload = Upload("roster", site_id, "Чужой список.xlsx", 0)
    run = JobRun(kind=READ_UPLOAD, owner_id=owner_id, state="done", parameters=asdict(upload))
    run.position = {"refused": {"code": "platform_message", "params": {"text": "Чужой отказ"}}}
    session.add(run)
    session.flush()
    return run


Value = Callable[[Foreign], Any]
PARAMETERS: dict[str, dict[str, Value]] = {
    "admin": {"object_id": lambda foreign: foreign.person.id, "person": lambda foreign: [foreign.person.id]},
    "registry": {
        "person": lambda foreign: foreign.person.id,
        "person_id": lambda foreign: foreign.person.id,
        "organization_id": lambda foreign: foreign.site.organization_id,
        "direction_id": lambda foreign: foreign.direction.id,
        "direction": lambda foreign: foreign.direction.id,
        "q": lambda _foreign: "Чуж",
    },
    "groups": {
        "version": lambda foreign: foreign.version.id,
        "to_cohort": lambda foreign: foreign.cohort.id,
        "shown": lambda foreign: [foreign.enrolment.id],
        "done": lambda foreign: [foreign.enrolment.id],
        "who": lambda foreign: [foreign.enrolment.id],
        "q": lambda _foreign: "Чуж",
        "upload": lambda foreign: foreign.upload.id,
    },
    "lti_content": {
        "version": lambda foreign: foreign.version.id,
        "group": lambda foreign: foreign.cohort.id,
    },
    "materials": {"kept_file": lambda foreign: foreign.file.id},
    "platforms": {"site_id": lambda foreign: foreign.site.id},
    "programmes": {
        "site": lambda foreign: foreign.site.id,
        "with": lambda foreign: foreign.version.id,
        "upload": lambda foreign: foreign.upload.id,
    },
    "rosters": {"context": lambda foreign: foreign.cohort.id, "link": lambda foreign: foreign.cohort.id},
    "self_checks": {"item": lambda foreign: foreign.version.id, "taken": lambda foreign: foreign.question_id},
    "tasks": {"detach": lambda foreign: foreign.file.id},
    "grading": {"version_id": lambda foreign: foreign.version.id},
    "uploads": {"upload": lambda foreign: foreign.upload.id},
    "accounts": {"document_id": lambda foreign: foreign.version.id},
}
UNASKED = {"admin", "lti_content"}
"""Features that only the administrator of the whole installation, or a launch, may open."""
NO_ID = {
    "accounts": {"next", "locale", "time_zone"},
    "admin": {"page", "before", "time_zone"},
    "grading": {"page", "version", "revision"},
    "groups": {"page", "columns", "state", "key"},
    "materials": {"revision", "completion", "minutes"},
    "notices": {"before"},
    "programmes": {"base", "document_kind", "lineage", "place", "seen"},
    "registry": {"role", "time_zone", "page"},
    "second_factor": {"sealed"},
    "self_checks": {"at", "place", "take", "attempts_allowed", "time_limit"},
    "styleguide": {"form", "pace", "places"},
    "task_editor": {"kind", "topic"},
}
"""Parameters of the same kinds that hold no id of an object with an owner: feature → names."""
CHOSEN = ("HiddenField", "IntegerField", "RadioField", "SelectField", "SelectMultipleField")


def found_parameters() -> Iterator[tuple[str, str]]:
    """Returns feature and name of each parameter that may hold an id."""
    for path in WEB.rglob("*.py"):
        feature = path.relative_to(WEB).parts[0]
        for node in nodes_of(tree_of(path)):
            if isinstance(node, ast.Call) and (name := _read_as_number(node)):
                yield feature, name
            if isinstance(node, ast.ClassDef):
                yield from ((feature, name) for name in _fields(node))


def _read_as_number(call: ast.Call) -> str:
    """Returns the name in ``request.args.get("name", 0, int)`` and its like."""
    source = ast.unparse(call)
    reads = source.startswith(("request.args.get", "request.form.get", "request.values.get"))
    if not reads or not (source.endswith((", int)", "type=int)"))) or not isinstance(call.args[0], ast.Constant):
        return ""
    return str(call.args[0].value)


def _fields(form: ast.ClassDef) -> Iterator[str]:
    for line in form.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Call):
            target = line.targets[0]
            if isinstance(target, ast.Name) and ast.unparse(line.value.func) in CHOSEN:
                yield target.id


def test_every_parameter_that_may_hold_an_id_is_named():
    found = set(found_parameters())
    named = {(feature, name) for table in (PARAMETERS, NO_ID) for feature, names in table.items() for name in names}
    assert not found - named, f"new parameters: {sorted(found - named)}"
    assert ("registry", "person_id") in found
    assert ("groups", "who") in found


@pytest.fixture(scope="module")
def foreign(walk: Walk) -> Foreign:
    return Foreign(walk.session)


@pytest.mark.parametrize("feature", sorted(PARAMETERS))
def test_ids_of_another_authority_show_and_change_nothing(walk: Walk, foreign: Foreign, feature: str):
    before, faults = state_of(walk.session, foreign), []
    requests = list(requests_of(walk.app, feature))
    assert bool(requests) is (feature not in UNASKED)
    for endpoint, method in requests:
        for name, value in PARAMETERS[feature].items():
            with sent(walk, endpoint, method, {name: value(foreign)}) as (status, page):
                shown = [secret for secret in foreign.secrets if secret in page]
                if shown or status >= 500:
                    faults.append(f"{method} {endpoint} {name}: {status} {shown}")
                if state_of(walk.session, foreign) != before:
                    faults.append(f"{method} {endpoint} {name} changed the other authority's rows")
    assert not faults, "\n".join(faults)


def requests_of(app: Flask, feature: str) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{feature}.") and sender(rule.endpoint):
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                yield rule.endpoint, method


def sender(endpoint: str) -> str:
    """Returns the role that sends the request; empty if only the administrator or strangers may."""
    return next((role for role in FIRST if role in MATRIX[endpoint].allowed), "")


@contextmanager
def sent(walk: Walk, endpoint: str, method: str, values: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yields status and text of the answer; what the request did is taken back afterwards."""
    address = walk.address(endpoint)
    how = {"data": dict(MATRIX[endpoint].data(walk.world)) | values} if method == "POST" else {"query_string": values}
    with walk.taken_back():
        answer = walk.ask(sender(endpoint), address, method, **how)
        yield answer.status_code, answer.get_data().decode(errors="replace").replace('value="Чуж"', "")


STATE = text("""
    SELECT person::text FROM person WHERE id = :person
    UNION ALL SELECT membership::text FROM membership WHERE person_id = :person
    UNION ALL SELECT enrolment::text FROM enrolment WHERE person_id = :person
    UNION ALL SELECT message::text FROM message WHERE person_id = :person
    UNION ALL SELECT l::text FROM one_time_link l JOIN account a ON a.id = l.account_id WHERE person_id = :person
    UNION ALL SELECT topic_progress::text FROM topic_progress WHERE enrolment_id = :enrolment
    UNION ALL SELECT title FROM cohort WHERE version_id = :version
    ORDER BY 1
""")


def state_of(session: Session, foreign: Foreign) -> list[str]:
    """Returns the rows that hang on the foreign objects."""
    keys = {"person": foreign.person.id, "enrolment": foreign.enrolment.id, "version": foreign.version.id}
    return list(session.scalars(STATE, keys))
