"""Data of a test platform: a course with people, links and the line items of its gradebook.

- ``Somebody("sub", "Нина", "Ветрова", roles=(LEARNER,))``; ``Somebody(None)`` is anonymous.
- ``a_course()`` has ``learner``, ``other``, ``instructor``, ``mentor`` (of ``learner``), ``administrator``, one link.
- ``course.add_link(custom={"placement": key})``; ``course.add_person(...)``.
"""

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LEARNER = f"{_MEMBERSHIP}#Learner"
INSTRUCTOR = f"{_MEMBERSHIP}#Instructor"
ASSISTANT = f"{_MEMBERSHIP}/Instructor#TeachingAssistant"
MENTOR = f"{_MEMBERSHIP}#Mentor"
STUDENT = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student"
"""Sent beside the role in the course by Canvas and others; Moodle sends the role in the course alone."""
ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"

_numbers = itertools.count(1)


@dataclass(slots=True)
class Somebody:
    """A user of the platform; empty claims are not sent."""

    subject: str | None
    given: str = ""
    family: str = ""
    middle: str = ""
    email: str = ""
    roles: tuple[str, ...] = (LEARNER, STUDENT)
    status: str = "Active"
    locale: str = "ru"
    mentees: tuple[str, ...] = ()

    @property
    def login_hint(self) -> str:
        return self.subject or "guest"

    def identity(self) -> dict[str, Any]:
        """Claims of an id_token about the user (OpenID Connect Core, 5.1)."""
        name = " ".join(part for part in (self.given, self.middle, self.family) if part)
        told = {
            "sub": self.subject,
            "given_name": self.given,
            "family_name": self.family,
            "middle_name": self.middle,
            "name": name,
            "email": self.email,
        }
        return {key: value for key, value in told.items() if value}

    def member(self) -> dict[str, Any]:
        """The member in a roster (NRPS 2.0, 2.2)."""
        told = {key: value for key, value in self.identity().items() if key != "sub"}
        return {**told, "user_id": self.subject, "roles": list(self.roles), "status": self.status}


@dataclass(slots=True)
class PlatformLink:
    """A resource link (an activity of the course)."""

    id: str
    title: str
    custom: dict[str, str] = field(default_factory=dict)
    target: str = ""
    """``target_link_uri``; empty: the registered one."""
    line_item: str | None = None
    """Number of the link's line item."""
    only: tuple[str, ...] = ()
    """Subjects who may open it; empty: all."""


@dataclass(slots=True)
class Course:
    """A context."""

    id: str
    title: str
    label: str
    people: list[Somebody] = field(default_factory=list)
    links: list[PlatformLink] = field(default_factory=list)
    line_items: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Number → line item without ``id``."""
    scores: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    """(Line item's number, subject) → received scores in order."""

    def add_person(self, *, subject: str = "", **values: Any) -> Somebody:
        number = next(_numbers)
        told = {"given": "Нина", "family": _surname(number), "email": f"person{number}@platform.test"} | values
        self.people.append(Somebody(subject or f"subject-{number}", **told))
        return self.people[-1]

    def add_link(self, title: str = "", *, graded: float | None = None, **values: Any) -> PlatformLink:
        """Adds a link; with ``graded`` (points), also its line item."""
        number = next(_numbers)
        link = PlatformLink(f"link-{number}", title or f"Ссылка {number}", **values)
        self.links.append(link)
        if graded is not None:
            link.line_item = self.add_line_item(label=link.title, scoreMaximum=graded, resourceLinkId=link.id)
        return link

    def add_line_item(self, **values: Any) -> str:
        number = str(next(_numbers))
        self.line_items[number] = values
        return number

    def person(self, subject: str | None) -> Somebody | None:
        return next((one for one in self.people if one.subject == subject), None)

    def link(self, link_id: str) -> PlatformLink | None:
        return next((one for one in self.links if one.id == link_id), None)

    def as_role(self, role: str) -> Somebody:
        return next(one for one in self.people if role in one.roles)

    @property
    def learner(self) -> Somebody:
        return self.as_role(LEARNER)

    @property
    def other(self) -> Somebody:
        """Another learner."""
        return [one for one in self.people if LEARNER in one.roles][1]

    @property
    def instructor(self) -> Somebody:
        return self.as_role(INSTRUCTOR)

    @property
    def mentor(self) -> Somebody:
        return self.as_role(MENTOR)

    @property
    def administrator(self) -> Somebody:
        return self.as_role(ADMINISTRATOR)

    @property
    def anonymous(self) -> Somebody:
        """A learner whom the platform does not identify."""
        return replace(self.learner, subject=None, given="", family="", middle="", email="")


def _surname(number: int) -> str:
    """Returns a surname of letters: a name with digits is invalid."""
    return "Ветров" + "".join("абвгдежзик"[int(digit)] for digit in str(number))


def a_course() -> Course:
    """Returns the course described in the module's docstring."""
    number = next(_numbers)
    made = Course(f"course-{number}", f"Стажировка {number}", f"ST-{number}")
    learner = made.add_person(middle="Олеговна")
    made.add_person(given="Пётр")
    made.add_person(given="Вера", roles=(INSTRUCTOR,))
    made.add_person(given="Анна", roles=(MENTOR,), mentees=(learner.subject or "",))
    made.add_person(given="Игорь", roles=(ADMINISTRATOR,))
    made.add_link()
    return made
