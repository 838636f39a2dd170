"""Import of a roster into a group, from upload to enrolments: read, stored as a draft, decided row by row, saved
once.
"""

import io
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from courses.groups.errors import RowErrors, SavedAlready
from courses.groups.invitations import invite
from courses.groups.operations import enrol
from courses.groups.roster_matching import KnownPerson, default_choice, known_people
from courses.groups.roster_rows import (
    NEEDS_PERSONAL_DATA,
    DraftRoster,
    DraftRow,
    corrected,
    decrypted_data,
    draft_roster,
    roster_from_json,
)
from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import ImportDraft
from courses.roster.limited import read_roster_within_limits
from courses.roster.model import Roster, RosterRow
from courses.uploads.operations import Upload
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import day_in, utc_now
from lms.core.errors import Invalid
from lms.core.people import personal_data
from lms.core.people.invitations import LinkTo
from lms.core.people.models import Person, PersonalData
from lms.core.people.operations import checked_email, checked_name, create_person, ensure_account
from lms.core.sentences import ErrorDetail

ROSTER = "roster"
KEPT_FOR = timedelta(days=7)
"""Period after which an unsaved roster is deleted."""


@dataclass(frozen=True, slots=True)
class RowDecision:
    """The leader's decision for a row. ``seen``: ids of the people offered when it was made."""

    choice: str = ""
    """``new``, ``skip``, ``known:<person id>``, or empty if undecided."""
    seen: frozenset[int] = frozenset()
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the roster with its candidates and the choice made for it."""

    listed: DraftRow
    known: Sequence[KnownPerson]
    choice: str


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """Counts of a saved roster. They replace the roster in the draft."""

    enrolled: int = 0
    new: int = 0
    already: int = 0
    skipped: int = 0
    mailed: int = 0
    cards: int = 0
    unreached: int = 0


def keep_roster(session: Session, *, actor: Actor, cohort: Cohort, roster: Roster, file_name: str) -> ImportDraft:
    """Stores the roster until it is saved or discarded; the file itself is not stored.

    Raises ``Invalid`` at ``file`` if the file as a whole could not be read.
    """
    if roster.problems:
        first = roster.problems[0].detail
        raise Invalid(code=first.code, params=first.params, field="file")
    keeps = cohort.version.document_kind in NEEDS_PERSONAL_DATA
    kept = draft_roster(roster, keeps=keeps, ring=personal_data.ring(), seal=secrets.token_hex(8))
    draft = ImportDraft(
        site_id=cohort.site_id,
        account_id=actor.account_id,
        kind=ROSTER,
        file_name=file_name[-500:],
        subject_id=cohort.id,
        content=kept.to_json(),
    )
    session.add(draft)
    session.flush()
    return draft


def read_uploaded_roster(session: Session, upload: Upload, content: bytes, actor: Actor) -> list[ImportDraft]:
    """Reads an uploaded list into a draft of its group. Raises ``Invalid`` if it could not be read as a whole."""
    cohort = session.get_one(Cohort, upload.owner["cohort_id"])
    today = day_in(cohort.site.time_zone, utc_now())
    roster = read_roster_within_limits(io.BytesIO(content), upload.file_name, today=today)
    return [keep_roster(session, actor=actor, cohort=cohort, roster=roster, file_name=upload.file_name)]


def result_of(draft: ImportDraft) -> ImportCounts:
    """Returns the counts of a saved roster."""
    return ImportCounts(**draft.content.get("result", {}))


def roster_of_draft(draft: ImportDraft) -> DraftRoster:
    """Returns the roster in the draft. Raises ``SavedAlready``."""
    if draft.saved_at is not None:
        raise SavedAlready
    return roster_from_json(draft.content)


def preview(session: Session, draft: ImportDraft, answers: Mapping[int, RowDecision] | None = None) -> list[PreviewRow]:
    """Returns the rows with their candidates; ``answers`` of a submitted form apply its corrections and choices."""
    rows = [_corrected(row, answers) for row in roster_of_draft(draft).rows]
    known = known_people(session, draft.subject_id or 0, rows)
    return [
        PreviewRow(
            row,
            known[row.row],
            answers[row.row].choice if answers and row.row in answers else default_choice(row, known[row.row]),
        )
        for row in rows
    ]


def _corrected(row: DraftRow, answers: Mapping[int, RowDecision] | None) -> DraftRow:
    return corrected(row, answers[row.row].typed) if answers and row.row in answers else row


def save_roster(
    session: Session,
    *,
    actor: Actor,
    draft: ImportDraft,
    cohort: Cohort,
    answers: Mapping[int, RowDecision],
    send: bool,
    link_to: LinkTo,
    now: datetime,
) -> ImportCounts:
    """Enrols all people as decided, or nobody, and deletes the roster. A repeated call (a double click) changes
    nothing.

    Raises ``RowErrors`` with the rows that still need a decision.
    """
    session.refresh(draft, with_for_update=True)
    if draft.saved_at is not None:
        return result_of(draft)
    rows = preview(session, draft, answers)
    if errors := _errors(rows, answers):
        raise RowErrors(errors)
    saving = _Saving(session, actor, cohort, roster_of_draft(draft), now)
    enrolments = [saving.save(row) for row in rows if row.choice != "skip"]
    done = asdict(ImportCounts(enrolled=saving.fresh, new=saving.new, already=saving.already))
    done["skipped"] = len(rows) - len(enrolments)
    if send:
        waiting = [one for one in enrolments if one.invited_at is None and one.accepted_at is None]
        sent = invite(session, actor=actor, cohort=cohort, people=waiting, link_to=link_to, now=now)
        done |= {"mailed": len(sent.mailed), "cards": len(sent.cards), "unreached": len(sent.unreached)}
    draft.content, draft.saved_at = {"result": done}, now
    session.flush()
    audit.record(session, actor, "roster.import", cohort, site_id=cohort.site_id, **done)
    return ImportCounts(**done)


def _errors(rows: Sequence[PreviewRow], answers: Mapping[int, RowDecision]) -> dict[int, ErrorDetail]:
    """Returns, by row number, the reason why the row cannot be saved as decided."""
    found: dict[int, ErrorDetail] = {}
    taken: dict[str, int] = {}
    for row in rows:
        answer = answers.get(row.listed.row, RowDecision())
        if problem := _error(row, answer):
            found[row.listed.row] = problem
        elif row.choice.startswith("known:"):
            first = taken.setdefault(row.choice, row.listed.row)
            if first != row.listed.row:
                found[row.listed.row] = ErrorDetail("roster_person_chosen_twice", params={"row": first})
    return found


def _error(row: PreviewRow, answer: RowDecision) -> ErrorDetail | None:
    if row.choice == "skip":
        return None
    if row.listed.problems:
        return ErrorDetail("roster_row_uncorrected")
    offered = {one.person_id for one in row.known}
    if not offered <= answer.seen:
        return ErrorDetail("roster_known_person_unseen")
    if row.choice == "new" or row.choice in {f"known:{key}" for key in offered}:
        return None
    return ErrorDetail("roster_choice_missing")


class _Saving:
    """Saves rows one by one and counts them."""

    def __init__(self, session: Session, actor: Actor, cohort: Cohort, whole: DraftRoster, now: datetime) -> None:
        self.session, self.actor, self.cohort, self.whole, self.now = session, actor, cohort, whole, now
        self.here = set(
            session.scalars(
                select(Enrolment.person_id).where(
                    Enrolment.cohort_id == cohort.id, Enrolment.state.in_(("enrolled", "finished"))
                )
            )
        )
        self.new = self.fresh = self.already = 0

    def save(self, row: PreviewRow) -> Enrolment:
        """Enrols the person of the row."""
        person = self._person(row)
        ensure_account(self.session, actor=self.actor, person=person)
        self._store_personal_data(row.listed, person)
        if person.id in self.here:
            self.already += 1
        else:
            self.fresh += 1
        return enrol(self.session, actor=self.actor, cohort=self.cohort, person=person, now=self.now)

    def _person(self, row: PreviewRow) -> Person:
        listed = row.listed
        if row.choice.startswith("known:"):
            person = self.session.get_one(Person, int(row.choice.partition(":")[2]))
            _fill_gaps(person, listed)
            return person
        self.new += 1
        return create_person(
            self.session,
            actor=self.actor,
            surname=listed.surname,
            given_name=listed.given_name,
            patronymic=listed.patronymic,
            email=listed.email,
            phone=listed.phone,
            position=listed.position,
            workplace=listed.workplace,
        )

    def _store_personal_data(self, listed: DraftRow, person: Person) -> None:
        """Stores identity number and birth date if the document needs them and the person has none; stored values
        are not replaced.
        """
        number, born = decrypted_data(self.whole, listed, personal_data.ring())
        if (number or born) and self.session.get(PersonalData, person.id) is None:
            personal_data.keep(
                self.session, actor=self.actor, person_id=person.id, identity_number=number, birth_date=born
            )


def _fill_gaps(person: Person, listed: DraftRow) -> None:
    """Fills empty fields of a known person; values that differ are not changed."""
    person.phone = person.phone or listed.phone or None
    person.position = person.position or listed.position or None
    person.workplace = person.workplace or listed.workplace or None


def discard(session: Session, *, draft: ImportDraft) -> None:
    """Deletes the draft without enrolling anybody. Raises ``SavedAlready``."""
    session.refresh(draft, with_for_update=True)
    if draft.saved_at is not None:
        raise SavedAlready
    session.delete(draft)
    session.flush()


def forget_old(session: Session, now: datetime) -> None:
    """Deletes old drafts of rosters, saved or not."""
    session.execute(delete(ImportDraft).where(ImportDraft.kind == ROSTER, ImportDraft.created_at < now - KEPT_FOR))


def drafts_by_key(session: Session) -> Mapping[str, int]:
    """Returns the number of unsaved lists whose values are encrypted with each key, by key id."""
    key_id = ImportDraft.content["key_id"].astext
    counted = session.execute(
        select(key_id, func.count())
        .where(ImportDraft.kind == ROSTER, ImportDraft.saved_at.is_(None), key_id.is_not(None))
        .group_by(key_id)
    )
    return dict(counted.all())


def typed_roster(values: Mapping[str, Any]) -> Roster:
    """Returns a roster of one person from a form. Raises ``Invalid`` at the field."""
    name = checked_name(values.get("surname"), values.get("given_name"), values.get("patronymic"))
    row = RosterRow(
        row_number=1,
        surname=name.surname,
        given_name=name.given_name,
        patronymic=name.patronymic,
        email=checked_email(values.get("email")) or "",
        position=" ".join((values.get("position") or "").split())[:500],
        workplace=" ".join((values.get("workplace") or "").split())[:500],
    )
    return Roster(rows=(row,))
