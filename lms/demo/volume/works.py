"""Generated works on tasks: versions, reviews, results, notices."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from assessment.models.attestation import (
    Result,
    Review,
    ReviewMark,
    Submission,
    SubmissionFile,
    SubmissionVersion,
)
from lms.demo.volume import vocabulary
from lms.demo.volume.bulk_writer import BulkWriter
from lms.demo.volume.notices import add_notice
from lms.demo.volume.people import Human, record
from lms.demo.volume.registry import Staffed
from lms.demo.volume.versions import Task
from lms.notices.catalogue import WORK_ACCEPTED, WORK_RETURNED


class Author(Protocol):
    """The trainee whose work it is."""

    @property
    def enrolment(self) -> int: ...
    @property
    def human(self) -> Human: ...
    @property
    def cohort(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Work:
    """A stored work: its author, task and site."""

    id: int
    author: Author
    task: Task
    place: Staffed


class Works:
    """Writes works. ``file``: the stored file that works share."""

    def __init__(self, writer: BulkWriter, file: int) -> None:
        self.writer = writer
        self.file = file

    def accepted(self, dice: random.Random, place: Staffed, author: Author, task: Task, when: datetime) -> None:
        """Writes an accepted work, in one of five cases after it was returned once."""
        returned = dice.random() < 0.2
        decided = when + timedelta(hours=24 + 30 * returned)
        work = self._work(place, author, task, when, "accepted", accepted_at=decided)
        if returned:
            self._version(dice, work, 1, when, decision="returned")
        last = when + timedelta(hours=30 * returned)
        self._version(dice, work, 1 + returned, last, decision="accepted")

    def under_way(self, dice: random.Random, place: Staffed, author: Author, task: Task, when: datetime) -> None:
        """Writes a work that waits for its review, was returned, or is a draft."""
        state = dice.choice(("handed_in", "handed_in", "draft", "returned"))
        work = self._work(place, author, task, when, state, waiting_since=when if state == "handed_in" else None)
        if state != "draft":
            decision = "returned" if state == "returned" else None
            self._version(dice, work, 1, when, decision=decision)

    def _work(
        self, place: Staffed, author: Author, task: Task, when: datetime, state: str, **more: datetime | None
    ) -> Work:
        key = self.writer.add(
            Submission,
            created_at=when,
            task_id=task.id,
            enrolment_id=author.enrolment,
            state=state,
            draft_text=vocabulary.WORK.format(7, 24, 15) if state == "draft" else "",
            draft_saved_at=when,
            **more,
        )
        return Work(key, author, task, place)

    def _version(
        self,
        dice: random.Random,
        work: Work,
        number: int,
        when: datetime,
        *,
        decision: str | None,
    ) -> None:
        version = self.writer.add(
            SubmissionVersion,
            created_at=when,
            submission_id=work.id,
            number=number,
            text=vocabulary.WORK.format(dice.randint(2, 11), dice.randint(18, 30), dice.randint(5, 17)),
            handed_in_at=when,
            opened_at=when + timedelta(hours=20) if decision else None,
        )
        if dice.random() < 0.3:
            self.writer.add(
                SubmissionFile, created_at=when, submission_id=work.id, version_id=version, file_id=self.file
            )
        account, site = work.author.human.account, work.place.site
        record(self.writer, account, "work.hand_in", (Submission, work.id), when, site_id=site, version=number)
        if decision:
            self._decide(dice, work, version, when + timedelta(hours=24), decision)

    def _decide(
        self,
        dice: random.Random,
        work: Work,
        version: int,
        when: datetime,
        decision: str,
    ) -> None:
        """Writes the review, the decision, and the trainee's notice of it."""
        grader = dice.choice([work.place.leader, *work.place.teachers]).account
        good = decision == "accepted"
        points = [one.most - Decimal(dice.randrange(3 if good else 4)) / 2 for one in work.task.criteria]
        total = sum(points, Decimal(0))
        review = self.writer.add(
            Review,
            created_at=when,
            version_id=version,
            reviewer_id=grader,
            revision=2,
            comment=dice.choice(vocabulary.COMMENTS) if good else vocabulary.RETURNED,
            total=total,
        )
        for criterion, value in zip(work.task.criteria, points, strict=True):
            self.writer.add(ReviewMark, review_id=review, criterion_id=criterion.id, points=value)
        self.writer.add(
            Result,
            created_at=when,
            version_id=version,
            decision=decision,
            total=total,
            decided_by_id=grader,
            decided_at=when,
            released_at=when,
        )
        detail = {"decision": decision, "total": str(total)}
        record(self.writer, grader, "work.decide", (Submission, work.id), when, site_id=work.place.site, **detail)
        self._notice(work, total, when, WORK_ACCEPTED if good else WORK_RETURNED)

    def _notice(self, work: Work, total: Decimal, when: datetime, kind: str) -> None:
        add_notice(
            self.writer,
            created_at=when,
            person_id=work.author.human.person,
            kind=kind,
            detail={
                "enrolment_id": work.author.enrolment,
                "task_id": work.task.id,
                "task": work.task.title,
                "points": str(total.normalize()),
                "most": str(work.task.most),
            },
            cohort_id=work.author.cohort,
            read_at=when + timedelta(hours=5) if total % 2 else None,
        )
