"""Names and e-mail addresses that a platform has changed, proposed to the leader of the group.

What a platform tells of its user is compared with what it told before, not with the person: somebody may be called
otherwise there on purpose. Only the leader's word changes a person's name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, joinedload

from courses.models.groups import Cohort, Enrolment
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import NotFound
from lms.core.people.models import Account, Person
from lms.core.people.operations import FullName, rename_person
from lms.lti.identity.person_names import complete_name, email_of
from lms.lti.models.launches import Participant

EMPTY: ColumnElement[Any] = literal({}, JSONB)


def told_of(named: Mapping[str, Any]) -> dict[str, str]:
    """Returns the parts of the name and the e-mail address of the platform's claims; empty if it tells none."""
    name, email = complete_name(named), email_of(named)
    parts = {"surname": name.surname, "given_name": name.given_name, "patronymic": name.patronymic} if name else {}
    return parts | ({"email": email} if email else {})


def next_values(told: ColumnElement[Any]) -> dict[str, ColumnElement[Any]]:
    """Returns the columns of a participant of whom the platform tells ``told``: a change becomes a proposal."""
    changed = (told != EMPTY) & (Participant.told != EMPTY) & (Participant.told != told)
    return {
        "told": case((told != EMPTY, told), else_=Participant.told),
        "proposed": case((changed, told), else_=Participant.proposed),
    }


def note_members(session: Session, context_id: int, members: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Notes what a platform's list tells of the participants of a course: (subject, claims)."""
    rows = [{"of_subject": subject, "told_now": told_of(named)} for subject, named in members]
    told = bindparam("told_now", type_=JSONB)
    noted = update(Participant).where(
        Participant.context_id == context_id, Participant.subject == bindparam("of_subject")
    )
    if rows:
        session.connection().execute(noted.values(next_values(told)), rows)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A trainee of a group whose name or e-mail address was changed on a platform."""

    participant_id: int
    enrolment_id: int
    person: Person
    name: FullName | None
    """The name there, if it differs from the person's."""
    email: str
    """The e-mail address there, if it differs; empty otherwise, and for an account with a password of its own."""

    @property
    def full_name(self) -> str:
        """The whole name there."""
        parts = (self.name.surname, self.name.given_name, self.name.patronymic) if self.name else ()
        return " ".join(filter(None, parts))


def proposals_of(session: Session, cohort: Cohort, *, enrolment_id: int | None = None) -> list[Proposal]:
    """Returns the proposals for trainees of the group, by name, or for one of them. One query."""
    mine = Enrolment.id == enrolment_id if enrolment_id is not None else Enrolment.cohort_id == cohort.id
    rows = session.execute(
        select(Participant, Enrolment.id, Person)
        .join(Account, Account.id == Participant.account_id)
        .join(Person, Person.id == Account.person_id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(mine, Participant.proposed != EMPTY)
        .options(joinedload(Person.account))
        .order_by(Person.sort_key, Participant.id)
    ).unique()
    found: dict[int, Proposal] = {}
    for participant, enrolled, person in rows:
        proposal = _proposal(participant, enrolled, person)
        if proposal.name is not None or proposal.email:
            found[person.id] = proposal
    return list(found.values())


def _proposal(participant: Participant, enrolment_id: int, person: Person) -> Proposal:
    told = participant.proposed
    name = FullName(told["surname"], told["given_name"], told["patronymic"]) if told.get("surname") else None
    same = name == FullName(person.surname, person.given_name, person.patronymic)
    email = told.get("email", "")
    own = person.account is not None and person.account.password_hash is not None
    differs = email and not own and email != (person.email or "").lower()
    return Proposal(participant.id, enrolment_id, person, None if same else name, email if differs else "")


def accept_proposal(session: Session, *, actor: Actor, cohort: Cohort, participant_id: int) -> Person:
    """Takes name and e-mail address over from the platform; an address that another person uses is left out.

    Raises ``NotFound`` if the proposal is gone.
    """
    proposal = _find(session, cohort, participant_id)
    person = proposal.person
    if proposal.name is not None:
        name = proposal.name
        rename_person(
            session,
            actor=actor,
            person=person,
            surname=name.surname,
            given_name=name.given_name,
            patronymic=name.patronymic,
        )
    if proposal.email and not _is_used(session, proposal.email, person):
        person.email = proposal.email
        audit.record(session, actor, "person.update", person)
    _settle(session, person)
    return person


def dismiss_proposal(session: Session, *, actor: Actor, cohort: Cohort, participant_id: int) -> Person:
    """Leaves the person as they are; the same value is not proposed again. Raises ``NotFound``."""
    person = _find(session, cohort, participant_id).person
    _settle(session, person)
    audit.record(session, actor, "person.keep_name", person, site_id=cohort.site_id)
    return person


def _find(session: Session, cohort: Cohort, participant_id: int) -> Proposal:
    found: Sequence[Proposal] = proposals_of(session, cohort)
    for proposal in found:
        if proposal.participant_id == participant_id:
            return proposal
    raise NotFound


def _settle(session: Session, person: Person) -> None:
    accounts = select(Account.id).where(Account.person_id == person.id)
    session.execute(update(Participant).where(Participant.account_id.in_(accounts)).values(proposed=EMPTY))
    session.flush()


def _is_used(session: Session, email: str, person: Person) -> bool:
    taken = or_(func.lower(Person.email) == email, Account.email == email)
    others = select(Person.id).outerjoin(Person.account).where(taken, Person.id != person.id)
    return session.scalar(others.limit(1)) is not None
