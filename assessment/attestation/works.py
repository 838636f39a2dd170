"""A trainee's work: an autosaved draft and handed-in versions that never change."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assessment.attestation.errors import EmptyWork, WorkAlreadyAccepted, WorkAlreadyHandedIn, WorkOpened
from assessment.events import ResultChanged, WorkHandedIn
from assessment.models.attestation import AttestationTask, Submission, SubmissionFile, SubmissionVersion
from courses.models.groups import Enrolment
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid
from lms.core.events import publish
from lms.core.files.models import StoredFile
from lms.core.overwritten import keep_overwritten
from lms.core.revisions import TypedOverOlder, merge, revision_of

LONGEST_TEXT = 100_000
MOST_FILES = 20


def submission_of(session: Session, task: AttestationTask, enrolment: Enrolment) -> Submission:
    """Returns the trainee's work on the task; creates it if there is none, once even from two tabs."""
    session.execute(
        insert(Submission)
        .values(task_id=task.id, enrolment_id=enrolment.id)
        .on_conflict_do_nothing(index_elements=["task_id", "enrolment_id"])
    )
    return session.scalars(
        select(Submission).where(Submission.task_id == task.id, Submission.enrolment_id == enrolment.id)
    ).one()


def existing(session: Session, task: AttestationTask, enrolment: Enrolment) -> Submission | None:
    """Returns the trainee's work on the task, if there is one."""
    return session.scalar(
        select(Submission).where(Submission.task_id == task.id, Submission.enrolment_id == enrolment.id)
    )


def is_open(submission: Submission) -> bool:
    """Returns whether the trainee may edit the work."""
    return submission.state in ("draft", "returned")


def _demand_open(submission: Submission) -> None:
    if submission.state == "accepted":
        raise WorkAlreadyAccepted
    if submission.state == "handed_in":
        raise WorkAlreadyHandedIn


def save_draft(session: Session, submission: Submission, *, text: str, now: datetime, seen: str | None = None) -> None:
    """Saves the draft's text.

    ``seen``: revision of the text over which it was typed; a text that was not changed here does not replace one that
    was changed elsewhere. None: replaces what is stored. Raises ``WorkAlreadyHandedIn``, ``WorkAlreadyAccepted``,
    ``TypedOverOlder`` and ``Invalid`` at ``text``.
    """
    lock_work(session, submission)
    _demand_open(submission)
    if len(text) > LONGEST_TEXT:
        raise Invalid(code="work_text_too_long", field="text")
    stored = {"text": submission.draft_text}
    merged = merge(
        stored=stored, typed={"text": text}, seen={"text": revision_of(stored["text"]) if seen is None else seen}
    )
    if merged.conflicts:
        raise TypedOverOlder(merged.conflicts)
    keep_overwritten(session, submission, stored, merged.values)
    submission.draft_text, submission.draft_saved_at = merged.values["text"], now
    session.flush()


def lock_work(session: Session, submission: Submission) -> None:
    """Locks the work until the transaction ends and reads its present state."""
    session.refresh(submission, with_for_update={"of": Submission, "key_share": True})


def keep_typed(session: Session, submission: Submission, *, text: str) -> None:
    """Keeps a text that its author exchanged for the stored draft; the page of the work lists it."""
    keep_overwritten(session, submission, {"text": text}, {"text": submission.draft_text})


def attach(session: Session, submission: Submission, file: StoredFile, *, now: datetime) -> SubmissionFile:
    """Adds a file to the draft; the same file twice counts once.

    Raises ``WorkAlreadyHandedIn``, ``WorkAlreadyAccepted``, ``Invalid`` at ``files``.
    """
    _demand_open(submission)
    kept = draft_files(session, submission)
    for known in kept:
        if known.file.sha256 == file.sha256 and known.file.name == file.name:
            return known
    if len(kept) >= MOST_FILES:
        raise Invalid(code="work_files_too_many", field="files", params={"count": MOST_FILES})
    attached = SubmissionFile(submission_id=submission.id, file_id=file.id, file=file)
    session.add(attached)
    submission.draft_saved_at = now
    session.flush()
    return attached


def detach(session: Session, submission: Submission, attached: SubmissionFile) -> None:
    """Removes a file from the draft; versions keep theirs."""
    _demand_open(submission)
    if attached.submission_id == submission.id and attached.version_id is None:
        session.delete(attached)
        session.flush()


def draft_files(session: Session, submission: Submission) -> list[SubmissionFile]:
    """Returns the draft's files in the order in which they were added."""
    return list(
        session.scalars(
            select(SubmissionFile)
            .where(SubmissionFile.submission_id == submission.id, SubmissionFile.version_id.is_(None))
            .order_by(SubmissionFile.id)
        )
    )


def hand_in(
    session: Session, submission: Submission, *, actor: Actor, text: str, now: datetime, seen: str | None = None
) -> SubmissionVersion:
    """Hands the draft in as the next version; from two tabs at once, or by a double click, it is handed in once.

    ``seen``: revision of the text shown to the author; a text that was saved elsewhere since is not handed in unseen.
    Raises ``EmptyWork``, ``WorkAlreadyAccepted``, ``TypedOverOlder`` and ``Invalid`` at ``text``.
    """
    lock_work(session, submission)
    latest = latest_version(session, submission)
    if submission.state == "handed_in" and latest is not None and latest.text == text:
        return latest
    now_stored = revision_of(submission.draft_text)
    if seen is not None and now_stored not in (seen, revision_of(text)) and is_open(submission):
        raise TypedOverOlder({"text": submission.draft_text})
    save_draft(session, submission, text=text, now=now)
    files = draft_files(session, submission)
    if not text.strip() and not files:
        raise EmptyWork
    version = SubmissionVersion(
        submission_id=submission.id, number=latest.number + 1 if latest else 1, text=text, handed_in_at=now
    )
    session.add(version)
    session.flush()
    session.execute(
        update(SubmissionFile)
        .where(SubmissionFile.submission_id == submission.id, SubmissionFile.version_id.is_(None))
        .values(version_id=version.id)
    )
    submission.state, submission.waiting_since = "handed_in", now
    submission.claimed_by_id = submission.claimed_at = None
    session.flush()
    site_id = submission.enrolment.cohort.site_id
    audit.record(session, actor, "work.hand_in", submission, site_id=site_id, version=version.number)
    publish(session, WorkHandedIn(submission.id, now))
    publish(session, ResultChanged((submission.enrolment_id,), now))
    return version


def may_be_withdrawn(submission: Submission, latest: SubmissionVersion | None) -> bool:
    """Returns whether the author may take the handed-in work back: it waits, and no grader has opened it."""
    waits = submission.state == "handed_in" and submission.waiting_since is not None
    return waits and latest is not None and latest.opened_at is None and not latest.reviews


def withdraw(session: Session, submission: Submission, *, actor: Actor, now: datetime) -> None:
    """Takes a handed-in work back, while no grader has opened it: the version becomes the draft again.

    A second call changes nothing. Raises ``WorkOpened``.
    """
    lock_work(session, submission)
    if is_open(submission):
        return
    latest = latest_version(session, submission)
    if latest is None or not may_be_withdrawn(submission, latest):
        raise WorkOpened
    earlier = latest.number > 1
    session.execute(update(SubmissionFile).where(SubmissionFile.version_id == latest.id).values(version_id=None))
    submission.state, submission.waiting_since = "returned" if earlier else "draft", None
    submission.draft_text, submission.draft_saved_at = latest.text, now
    session.expire(latest, ["files"])
    session.delete(latest)
    session.flush()
    session.expire(submission, ["versions"])
    site_id = submission.enrolment.cohort.site_id
    audit.record(session, actor, "work.withdraw", submission, site_id=site_id)
    publish(session, ResultChanged((submission.enrolment_id,), now))


def latest_version(session: Session, submission: Submission) -> SubmissionVersion | None:
    """Returns the version handed in last."""
    return session.scalar(
        select(SubmissionVersion)
        .where(SubmissionVersion.submission_id == submission.id)
        .order_by(SubmissionVersion.number.desc())
        .limit(1)
    )


def begin_revision(session: Session, submission: Submission) -> None:
    """Makes the text and files of the latest version of a returned work the draft again, if the draft has no files."""
    latest = latest_version(session, submission)
    if submission.state != "returned" or latest is None or draft_files(session, submission):
        return
    if not submission.draft_text:
        submission.draft_text = latest.text
    for kept in latest.files:
        session.add(SubmissionFile(submission_id=submission.id, file_id=kept.file_id))
    session.flush()
