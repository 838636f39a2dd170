"""The work of each trainee of the demo: studying, answering, handing in. Each function may be repeated without
effect.
"""

import io
from datetime import datetime

from docx import Document
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.attempts import operations as attempts
from assessment.attempts import queries
from assessment.attestation import works
from assessment.models.attestation import AttestationTask
from assessment.models.self_checks import Attempt, SelfCheck
from assessment.questions.model import Question
from courses.models.groups import Enrolment
from courses.models.materials import Material
from courses.progress.operations import confirm_material, open_material
from lms.core.auth.policy import Actor
from lms.core.files.operations import save_upload
from lms.core.i18n import _
from lms.demo.answers import answers_to
from lms.demo.group_setup import GroupIds

FILE_LIMIT = 1024 * 1024


def study(session: Session, stage: GroupIds, enrolment: Enrolment, *, now: datetime) -> None:
    """Opens and confirms every material."""
    for material_id in stage.materials:
        material = session.get_one(Material, material_id)
        open_material(session, enrolment=enrolment, material=material, now=now)
        confirm_material(session, enrolment=enrolment, material=material, now=now)


def take_self_check(session: Session, stage: GroupIds, enrolment: Enrolment, *, now: datetime) -> None:
    """Begins an attempt, answers every question rightly, hands it in. Skips a trainee who has handed one in."""
    mine = (Attempt.self_check_id == stage.self_check, Attempt.enrolment_id == enrolment.id)
    if session.scalar(select(Attempt.id).where(*mine, Attempt.state != "in_progress").limit(1)):
        return
    attempt = attempts.begin(session, session.get_one(SelfCheck, stage.self_check), enrolment, now=now)
    attempts.save(session, attempt, answers_to(questions_of(session, attempt)), now=now)
    attempts.hand_in(session, attempt, now=now)


def questions_of(session: Session, attempt: Attempt) -> dict[int, Question]:
    """Returns the questions of the attempt by id."""
    return queries.questions_of(session, (key for key, _mark in attempt.items))


def hand_in_work(session: Session, stage: GroupIds, enrolment: Enrolment, *, now: datetime) -> None:
    """Hands in the final work, a text and a file. Skips a work that waits for review or is accepted."""
    submission = works.submission_of(session, session.get_one(AttestationTask, stage.task), enrolment)
    if not works.is_open(submission):
        return
    account = enrolment.person.account
    author = Actor(account.id if account else None, enrolment.person_id, enrolled_in=frozenset([enrolment.cohort_id]))
    file = save_upload(
        session,
        stream=io.BytesIO(work_file(enrolment.person.full_name)),
        name=f"{_('Final work')}.docx",
        limit=FILE_LIMIT,
        accept=None,
        actor=author,
        site_id=stage.site,
        now=now,
    )
    works.attach(session, submission, file, now=now)
    works.hand_in(session, submission, actor=author, text=work_text(), now=now)


def work_text() -> str:
    """Returns the text of the work."""
    return _("My final work is in the file. The plan of the lesson was tried with a class; the notes are at the end.")


def work_file(name: str) -> bytes:
    """Returns the work as a Word file."""
    document = Document()
    document.add_heading(_("Final work"), 0)
    document.add_paragraph(name)
    document.add_paragraph(work_text())
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
