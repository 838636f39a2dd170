"""Applies the chosen rows of a roster: enrolments and withdrawals in one transaction, with a fixed number of
statements.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assessment.events import ResultChanged
from courses.groups.bulk import change_states, enrol_many, lock_enrolments
from courses.models.groups import Enrolment
from lms.core import audit
from lms.core.auth.identities import ExternalIdentity
from lms.core.auth.policy import Actor
from lms.core.clock import day_in
from lms.core.errors import DomainError, Invalid
from lms.core.events import publish
from lms.core.people.bulk import Newcomer, create_people
from lms.core.people.models import Account, Person
from lms.core.people.operations import FullName, checked_name
from lms.lti.identity.account_resolution import is_of_issuer, platform_key, test_user_label
from lms.lti.identity.enrolment import is_open
from lms.lti.identity.person_names import complete_name
from lms.lti.models.launches import Participant
from lms.lti.models.platforms import Platform
from lms.lti.models.services import Roster
from lms.lti.rosters.comparing import GONE, Change, Comparison
from lms.lti.rosters.matching import comparison, members_in
from lms.lti.rosters.reader import Member

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Selection:
    """The leader's choice: keys of changes and names completed by hand."""

    keys: frozenset[str] = frozenset()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Platform's user → ``surname``, ``given_name``, ``patronymic``."""
    reason: str = ""
    """Reason of the withdrawals."""


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """Numbers of applied changes."""

    enrolled: int = 0
    new: int = 0
    withdrawn: int = 0
    left_out: int = 0


class IncompleteNames(Invalid):
    """Chosen rows with invalid names: key → (field, message)."""

    code = "platform_roster_names_incomplete"

    def __init__(self, rows: dict[str, tuple[str, str]]) -> None:
        super().__init__(params={"count": len(rows)})
        self.rows = rows


class RosterNotReady(DomainError):
    """The roster is not fetched yet, or was deleted."""

    code = "platform_roster_not_ready"


def applied_result(roster: Roster) -> ApplyResult:
    """Returns the result of an applied roster."""
    return ApplyResult(**roster.result)


def apply(session: Session, *, actor: Actor, roster: Roster, chosen: Selection, now: datetime) -> ApplyResult:
    """Enrols and withdraws the chosen rows, all or none, and deletes the roster's members; repeating it changes
    nothing.

    Skips a row that was settled meanwhile. Raises ``RosterNotReady``, ``IncompleteNames``, ``Invalid`` at ``reason``,
    or without a field for a group that accepts no new trainees.
    """
    if roster.state == "waiting":
        raise RosterNotReady  # the fetching worker holds the row's lock during the call
    session.refresh(roster, with_for_update={"of": Roster})
    if roster.state == "applied":
        return applied_result(roster)
    if roster.state != "ready":
        raise RosterNotReady
    found = comparison(session, roster)
    applying = _Applying(session, actor, roster, found, now)
    done = applying.run(chosen)
    _update_active_members(session, roster)
    roster.state, roster.members, roster.result, roster.applied_at = "applied", [], asdict(done), now
    session.flush()
    audit.record(session, actor, "roster.apply", roster.cohort, site_id=roster.cohort.site_id, **asdict(done))
    return done


def checked_reason(reason: str) -> str:
    """Returns the reason of the withdrawals for the history. Raises ``Invalid`` at ``reason``."""
    line = " ".join(reason.split())
    if not line:
        raise Invalid(code="value_missing", field="reason")
    if len(line) > LONGEST_REASON:
        raise Invalid(code="text_too_long", field="reason", params={"count": LONGEST_REASON})
    return line


class _Applying:
    """Application of one roster."""

    def __init__(self, session: Session, actor: Actor, roster: Roster, found: Comparison, now: datetime) -> None:
        self.session, self.actor, self.roster, self.found, self.now = session, actor, roster, found, now
        self.cohort = roster.cohort
        self.platform: Platform = roster.context.deployment.platform
        self.members = {member.subject: member for member in members_in(roster)}

    def run(self, chosen: Selection) -> ApplyResult:
        entering = [one for one in self.found.entering if one.key in chosen.keys]
        leaving = [one for one in self.found.of(GONE) if one.key in chosen.keys]
        if entering and not is_open(self.cohort, self.now):
            raise Invalid(code="roster_group_ended")
        reason = checked_reason(chosen.reason) if leaving else ""
        new = self._newcomers([one for one in entering if one.person_id is None], chosen)
        known = {one.key: one.person_id for one in entering if one.person_id is not None}
        self._enrol({**known, **new})
        withdrawn = self._withdraw(leaving, reason)
        left_out = len(self.found.changes) - len(entering) - len(leaving)
        return ApplyResult(len(entering), len(new), withdrawn, left_out)

    def _newcomers(self, changes: Sequence[Change], chosen: Selection) -> dict[str, int]:
        """Creates people with accounts linked to the platform's users; returns user → person id."""
        names = self._names(changes, chosen)
        lock_identities(self.session, self.platform, names)
        before = self._tied_meanwhile(names)
        subjects = [subject for subject in names if subject not in before]
        free = self._free_addresses(subjects)
        accounts = create_people(
            self.session,
            actor=self.actor,
            newcomers=[self._newcomer(self.members[key], names[key], free) for key in subjects],
        )
        self._tie(dict(zip(subjects, accounts, strict=True)))
        return before | {key: account.person_id for key, account in zip(subjects, accounts, strict=True)}

    def _names(self, changes: Sequence[Change], chosen: Selection) -> dict[str, FullName]:
        """Returns the names given by the platform or completed by hand. Raises ``IncompleteNames``."""
        found: dict[str, FullName] = {}
        wrong: dict[str, tuple[str, str]] = {}
        for change in changes:
            told = complete_name(self.members[change.key].named) if change.parts is None else None
            typed = chosen.names.get(change.key, {})
            try:
                found[change.key] = told or checked_name(
                    typed.get("surname"), typed.get("given_name"), typed.get("patronymic")
                )
            except Invalid as error:
                wrong[change.key] = (error.field or "surname", error.message)
        if wrong:
            raise IncompleteNames(wrong)
        return found

    def _tied_meanwhile(self, subjects: Collection[str]) -> dict[str, int]:
        """Returns users linked to an account since the comparison."""
        rows = select(ExternalIdentity.subject, Account.person_id).join(
            Account, Account.id == ExternalIdentity.account_id
        )
        tied = rows.where(
            is_of_issuer(self.platform),
            ExternalIdentity.subject == func.any(list(subjects)),
        )
        return {row[0]: row[1] for row in self.session.execute(tied)} if subjects else {}

    def _free_addresses(self, subjects: Sequence[str]) -> set[str]:
        """Returns e-mail addresses of one member only that nobody here uses: others' log-ins stay unaffected."""
        told = [email for key in subjects if (email := self.members[key].email)]
        if not told:
            return set()
        here = select(func.lower(Person.email), Account.email).outerjoin(Person.account)
        taken = here.where(or_(func.lower(Person.email).in_(told), Account.email.in_(told)))
        known = {email for row in self.session.execute(taken) for email in row if email}
        return {email for email in told if email not in known and told.count(email) == 1}

    def _newcomer(self, member: Member, name: FullName, free: set[str]) -> Newcomer:
        mark = test_user_label(self.platform) if member.test else None
        return Newcomer(name, member.email if member.email in free else None, mark)

    def _tie(self, accounts: Mapping[str, Account]) -> None:
        if not accounts:
            return
        key = platform_key(self.platform)
        self.session.execute(
            insert(ExternalIdentity),
            [{"account_id": one.id, "platform": key, "subject": subject} for subject, one in accounts.items()],
        )
        for account in accounts.values():
            audit.record(self.session, self.actor, "identity.link", account, platform=self.platform.id)

    def _enrol(self, people: Mapping[str, int]) -> None:
        """Enrols the people; new enrolments record this course as their source."""
        there = select(Enrolment.person_id).where(Enrolment.cohort_id == self.cohort.id)
        before = set(self.session.scalars(there))
        enrolments = enrol_many(
            self.session, actor=self.actor, cohort=self.cohort, person_ids=set(people.values()), now=self.now
        )
        of_person = {one.person_id: one.id for one in enrolments if one.person_id not in before}
        self._note_participants(people, of_person)
        publish(self.session, ResultChanged(tuple(one.id for one in enrolments), self.now))

    def _note_participants(self, people: Mapping[str, int], of_person: Mapping[int, int]) -> None:
        """Saves accounts and new enrolments of the course's participants."""
        if not people:
            return
        ids = select(Account.person_id, Account.id).where(Account.person_id == func.any(list(people.values())))
        accounts = {row[0]: row[1] for row in self.session.execute(ids)}
        row = insert(Participant)
        kept = row.on_conflict_do_update(
            index_elements=["context_id", "subject"],
            set_={
                "account_id": row.excluded.account_id,
                "platform_role": row.excluded.platform_role,
                "active": True,
                "enrolment_id": func.coalesce(row.excluded.enrolment_id, Participant.enrolment_id),
            },
        )
        self.session.execute(
            kept,
            [
                {
                    "context_id": self.roster.context_id,
                    "subject": subject,
                    "account_id": accounts.get(person_id),
                    "platform_role": self.members[subject].platform_role,
                    "enrolment_id": of_person.get(person_id),
                    "seen_at": self.now,
                }
                for subject, person_id in sorted(people.items())
            ],
        )

    def _withdraw(self, changes: Sequence[Change], reason: str) -> int:
        held = lock_enrolments(
            self.session, self.cohort, [one.enrolment_id for one in changes if one.enrolment_id is not None]
        )
        enrolled = [one for one in held if one.state == "enrolled"]
        today = day_in(self.cohort.site.time_zone, self.now)
        change_states(
            self.session,
            actor=self.actor,
            cohort=self.cohort,
            enrolments=enrolled,
            state="withdrawn",
            on_date=today,
            reason=reason,
        )
        return len(enrolled)


LOCK_IDENTITIES = text(
    "SELECT pg_advisory_xact_lock(hashtext(:key || each.subject)) "
    "FROM (SELECT unnest(CAST(:subjects AS text[])) AS subject ORDER BY 1) AS each"
)
"""The lock of ``lms.lti.identity.account_resolution.lock_identity`` for each user, in a fixed order."""


def lock_identities(session: Session, platform: Platform, subjects: Collection[str]) -> None:
    """Takes locks on these platform users until the end of the transaction."""
    if subjects:
        session.execute(LOCK_IDENTITIES, {"key": f"{platform.issuer}:", "subjects": sorted(subjects)})


def _update_active_members(session: Session, roster: Roster) -> None:
    """Marks participants as active if the roster of the whole course names them, otherwise as inactive."""
    if roster.link_id is not None:
        return
    there: list[Any] = [kept["subject"] for kept in roster.members if kept["active"]]
    known = Participant.context_id == roster.context_id
    session.execute(
        update(Participant)
        .where(known)
        .values(active=Participant.subject == func.any(there))
        .execution_options(synchronize_session=False)
    )
