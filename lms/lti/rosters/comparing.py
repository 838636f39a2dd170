"""Comparison of a roster with the group: changes, and decisions left to a person. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from courses.groups.operations import LEFT_STATES
from lms.core.people.names import fold
from lms.lti.identity.person_names import NameParts
from lms.lti.rosters.reader import Member

NEW, KNOWN, SIMILAR, RETURNS, GONE = "new", "known", "similar", "returns", "gone"
"""Kinds of change: a new person; a person with an account; similar to a trainee of the group; left the group by an
order; no longer in the platform's course.
"""


LAUNCHED_AS_STAFF, WORKS_HERE = "launched_as_staff", "works_here"
"""Reasons to doubt that a member called a learner is one: an earlier launch told that the user teaches or administers
the course; the person works at the group's site.
"""


@dataclass(frozen=True, slots=True)
class LinkedPerson:
    """The person linked to a platform's user."""

    person_id: int
    name: str
    closed: bool = False
    """True if the administrator has closed the account, which a platform does not open again."""
    works_here: bool = False
    """True if the person works at the group's site."""


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A trainee of the group."""

    enrolment_id: int
    person_id: int
    name: str
    surname: str
    given_name: str
    patronymic: str
    emails: frozenset[str]
    state: str
    subject: str | None
    """The trainee's user in this course of the platform, if any."""
    came_through: bool
    """True if enrolled through this course."""
    of_platform: bool
    """True if the account is linked to any user of this platform."""
    hours_done: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the preview: an enrolment or a withdrawal."""

    key: str
    """The platform's user; ``gone:<enrolment>`` for a withdrawal."""
    kind: str
    name: str
    email: str = ""
    parts: NameParts | None = None
    """Fields to complete if the platform did not give the parts of the name."""
    similar: tuple[str, ...] = ()
    """Names of similar people in the group."""
    person_id: int | None = None
    enrolment_id: int | None = None
    test: bool = False
    has_begun: bool = False
    doubt: str = ""
    """Reason why the row is not selected although the platform calls the person a learner; empty without one."""

    @property
    def mark(self) -> str:
        """Short hash of the key for the names of the row's fields."""
        return sha256(self.key.encode()).hexdigest()[:16]

    @property
    def ticked(self) -> bool:
        """True if the preview selects the row: known and new people with complete names, learners without a doubt."""
        return self.kind in (NEW, KNOWN) and self.parts is None and not self.test and not self.doubt


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences between the roster and the group."""

    changes: tuple[Change, ...] = ()
    in_step: int = 0
    """Number of members who are enrolled already."""
    staff: Mapping[str, int] = field(default_factory=dict)
    """Platform role → number of members who are not learners."""
    nameless: int = 0
    inactive: int = 0
    closed: int = 0
    """Number of learners with a closed account."""

    def of(self, *kinds: str) -> list[Change]:
        """Returns the changes of these kinds."""
        return [change for change in self.changes if change.kind in kinds]

    @property
    def deciding(self) -> list[Change]:
        """Enrolments that need a person's decision."""
        return [change for change in self.entering if not change.ticked]

    @property
    def entering(self) -> list[Change]:
        """Enrolments."""
        return [change for change in self.changes if change.kind != GONE]


def compare(
    members: Sequence[Member],
    tied: Mapping[str, LinkedPerson],
    fellows: Sequence[GroupMember],
    *,
    whole: bool,
    staff: Collection[str] = (),
) -> Comparison:
    """Compares the roster with the group. ``whole``: the roster is of the whole course, so missing trainees have
    left it. ``staff``: users who have launched as staff of the course.
    """
    states = {one.person_id: one.state for one in fellows}
    lookalikes = _SimilarPeople(fellows)
    changes: list[Change] = []
    in_step = nameless = closed = 0
    for member in members:
        if not member.learns:
            continue
        known = tied.get(member.subject)
        if known is not None and known.closed:
            closed += 1
        elif known is not None and states.get(known.person_id, "withdrawn") not in LEFT_STATES:
            in_step += 1
        elif change := _entering(member, known, states, lookalikes, _doubt(member, known, staff)):
            changes.append(change)
        else:
            nameless += 1
    changes.sort(key=lambda change: fold(change.name))
    leaving = _leaving(members, fellows) if whole else []
    others = Counter(one.platform_role for one in members if one.active and not one.learns)
    inactive = sum(not one.active for one in members)
    return Comparison((*changes, *leaving), in_step, dict(others), nameless, inactive, closed)


def _doubt(member: Member, known: LinkedPerson | None, staff: Collection[str]) -> str:
    if member.subject in staff:
        return LAUNCHED_AS_STAFF
    return WORKS_HERE if known is not None and known.works_here else ""


def _entering(
    member: Member, known: LinkedPerson | None, states: Mapping[int, str], lookalikes: "_SimilarPeople", doubt: str
) -> Change | None:
    """Returns the row of a learner who is not in the group; None without a name."""
    if known is not None:
        kind = RETURNS if known.person_id in states else KNOWN
        return Change(
            member.subject, kind, known.name, member.email, person_id=known.person_id, test=member.test, doubt=doubt
        )
    told = member.name_parts
    if not (told.surname or told.given_name):
        return None
    similar = lookalikes.of(told, member.email)
    return Change(
        member.subject,
        SIMILAR if similar else NEW,
        " ".join(filter(None, (told.surname, told.given_name, told.patronymic))),
        member.email,
        parts=None if member.is_certain else told,
        similar=similar,
        test=member.test,
        doubt=doubt,
    )


def _leaving(members: Sequence[Member], fellows: Sequence[GroupMember]) -> list[Change]:
    """Returns withdrawals of trainees enrolled through the course who are not its learners any more."""
    there = {member.subject for member in members if member.learns}
    return [
        Change(
            f"gone:{one.enrolment_id}",
            GONE,
            one.name,
            person_id=one.person_id,
            enrolment_id=one.enrolment_id,
            has_begun=one.hours_done,
        )
        for one in fellows
        if one.came_through and one.state == "enrolled" and one.subject is not None and one.subject not in there
    ]


class _SimilarPeople:
    """People of the group by name and by address, without those linked to another user of the platform."""

    def __init__(self, fellows: Collection[GroupMember]) -> None:
        self.by_name: dict[tuple[str, str], list[GroupMember]] = {}
        self.by_email: dict[str, list[GroupMember]] = {}
        for one in fellows:
            if one.of_platform:
                continue
            self.by_name.setdefault((fold(one.surname), fold(one.given_name)), []).append(one)
            for email in one.emails:
                self.by_email.setdefault(email, []).append(one)

    def of(self, told: NameParts, email: str) -> tuple[str, ...]:
        """Returns the names of up to five people who may be the same."""
        father = fold(told.patronymic)
        named = [
            one
            for one in self.by_name.get((fold(told.surname), fold(told.given_name)), [])
            if not father or not one.patronymic or fold(one.patronymic) == father
        ]
        mailed = self.by_email.get(email, []) if email else []
        return tuple(dict.fromkeys(one.name for one in (*named, *mailed)))[:5]
