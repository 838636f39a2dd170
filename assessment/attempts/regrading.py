"""Grading anew after a key, a weight or a mark was corrected: the preview, and the run that does it in batches.

Nothing is lowered without a leader's word: an attempt that would lose keeps its result as a floor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from assessment.attempts.corrections import GRADED, Corrections, corrections_of, graded_by
from assessment.attempts.grading import score_of, with_floor
from assessment.attempts.handed_in import COLUMNS, HandedIn, columns_of
from assessment.attempts.results import Asked, Result, write_results
from assessment.completion.operations import EVALUATE
from assessment.models.self_checks import Attempt, SelfCheck
from courses.models.groups import Enrolment
from courses.progress.operations import reopen_topic
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import utc_now
from lms.core.fault_points import fault_point
from lms.core.jobs import runs
from lms.core.jobs.queueing import enqueue_many
from lms.core.jobs.run_models import JobRun

REGRADE_CHECK = "assessment.regrade_check"
UNFINISHED = ("waiting", "running", "paused")
"""States of a run in which no other one is started for its self-check."""
BATCH = 1_000
"""Attempts of a step. It holds their rows for less than a second."""
MOST_PREVIEWED = 5_000
"""Attempts that a preview grades; the run grades all of them."""


@dataclass(frozen=True, slots=True)
class Change:
    """An attempt and its result before and after it is graded anew, in per cent."""

    attempt: Attempt
    enrolment: Enrolment
    before: Decimal
    after: Decimal
    threshold: Decimal | None
    """Per cent needed to pass; None for an entry test."""

    @property
    def passes(self) -> bool | None:
        """True if the attempt begins to pass, False if it no longer passes, None if nothing changes in that."""
        if self.threshold is None or (self.before >= self.threshold) == (self.after >= self.threshold):
            return None
        return self.after >= self.threshold


@dataclass(frozen=True, slots=True)
class Preview:
    """Effect of grading anew: results that rise, results that fall, and the number of those that stay."""

    count: int
    """Attempts graded by an older key or mark."""
    kept: int
    """Attempts graded anew earlier that kept a better result."""
    rising: list[Change]
    falling: list[Change]
    same: int


def preview(session: Session, check: SelfCheck) -> Preview:
    """Returns who would rise and who would fall if the attempts were graded by the corrected keys."""
    found = corrections_of(session, check.id)
    changes = [_change(session, check, row.Attempt, row.Enrolment, found) for row in _rows(session, check, found)]
    return Preview(
        count=found.count,
        kept=_count_kept(session, check),
        rising=sorted((one for one in changes if one.after > one.before), key=_by_name),
        falling=sorted((one for one in changes if one.after < one.before), key=_by_name),
        same=sum(one.after == one.before for one in changes),
    )


def _by_name(change: Change) -> tuple[str, int]:
    return change.enrolment.person.sort_key, change.attempt.number


def _rows(session: Session, check: SelfCheck, found: Corrections) -> Sequence[Any]:
    return session.execute(
        select(Attempt, Enrolment)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(_candidates(check, found, lower=True))
        .order_by(Attempt.id)
        .limit(MOST_PREVIEWED)
    ).all()


def _change(session: Session, check: SelfCheck, attempt: Attempt, enrolment: Enrolment, found: Corrections) -> Change:
    after = score_of(session, found.set_of(attempt.items).of(columns_of(attempt))).percent
    threshold = None if check.purpose == "entry" else Decimal(enrolment.cohort.version.self_check_threshold)
    return Change(attempt, enrolment, attempt.percent or Decimal(0), after, threshold)


def _candidates(check: SelfCheck, found: Corrections, *, lower: bool) -> ColumnElement[bool]:
    """Condition: attempts graded by an older key, and with ``lower`` those that kept a better result."""
    stale = graded_by(found.stale)
    wanted = or_(stale, HAS_FLOOR) if lower else stale
    return (Attempt.self_check_id == check.id) & Attempt.state.in_(GRADED) & wanted


HAS_FLOOR = Attempt.result.has_key("floor")


def _count_kept(session: Session, check: SelfCheck) -> int:
    kept = select(func.count()).where(Attempt.self_check_id == check.id, Attempt.state.in_(GRADED), HAS_FLOOR)
    return session.scalar(kept) or 0


# The run


def start(session: Session, *, actor: Actor, check: SelfCheck, lower: bool, site_id: int) -> JobRun:
    """Starts grading anew in the worker and returns the run; returns the one under way or stopped if there is one.

    ``lower``: attempts that fall lose their results too, those that were spared before among them.
    """
    session.refresh(check, with_for_update={"of": SelfCheck, "key_share": True})
    under_way = latest_run(session, check)
    if under_way is not None and under_way.state in UNFINISHED:
        return under_way
    found = corrections_of(session, check.id)
    total = session.scalar(select(func.count()).where(_candidates(check, found, lower=lower))) or 0
    parameters = {"self_check_id": check.id, "lower": lower}
    run = runs.start(session, REGRADE_CHECK, actor=actor, parameters=parameters, steps_total=total)
    audit.record(session, actor, "self_check.regrade", check, site_id=site_id, attempts=total, lower=lower)
    return run


def pause(session: Session, *, actor: Actor, check: SelfCheck) -> None:
    """Stops the run of this self-check before its next step; does nothing if none is under way."""
    if run := _unfinished(session, check):
        runs.request_pause(session, run, actor=actor)


def resume(session: Session, *, actor: Actor, check: SelfCheck) -> None:
    """Lets the stopped run of this self-check continue; does nothing if none is stopped."""
    if run := _unfinished(session, check):
        runs.request_resume(session, run, actor=actor)


def cancel(session: Session, *, actor: Actor, check: SelfCheck) -> None:
    """Ends the run of this self-check; what it graded anew stays. Another one may be started for the others."""
    if run := _unfinished(session, check):
        runs.request_cancel(session, run, actor=actor)


def is_stopped(run: JobRun | None) -> bool:
    """Returns whether the run waits for somebody's word: it was stopped, and nobody has let it continue or ended it."""
    return run is not None and run.state == "paused" and run.request == "pause"


def is_under_way(run: JobRun | None) -> bool:
    """Returns whether the worker is at it or will be soon."""
    return run is not None and run.state in UNFINISHED and not is_stopped(run)


def _unfinished(session: Session, check: SelfCheck) -> JobRun | None:
    run = latest_run(session, check)
    return run if run is not None and run.state in UNFINISHED else None


def latest_run(session: Session, check: SelfCheck) -> JobRun | None:
    """Returns the run that was started last for this self-check."""
    of_check = JobRun.parameters.contains({"self_check_id": check.id})
    return session.scalar(
        select(JobRun).where(JobRun.kind == REGRADE_CHECK, of_check).order_by(JobRun.id.desc()).limit(1)
    )


class Former(NamedTuple):
    """An attempt as it was graded before: its columns, its result, and when it was handed in."""

    row: HandedIn
    points: Decimal
    max_points: Decimal
    percent: Decimal
    handed_in_at: datetime | None

    @classmethod
    def of(cls, columns: Sequence[Any]) -> "Former":
        """Returns the attempt of the columns ``FORMER``."""
        *of_row, points, most, percent, handed_in_at = columns
        return cls(HandedIn(*of_row), points, most, percent or Decimal(0), handed_in_at)


FORMER = (*COLUMNS, Attempt.points, Attempt.max_points, Attempt.percent, Attempt.handed_in_at)


def regrade_next(session: Session, run: JobRun) -> bool:
    """Grades the next attempts anew: the step of the run. An attempt graded anew is no candidate any more."""
    check = session.get_one(SelfCheck, run.parameters["self_check_id"])
    lower, last = bool(run.parameters["lower"]), int(run.position.get("last", 0))
    found = corrections_of(session, check.id, after=last)
    rows = session.execute(
        select(*FORMER)
        .where(_candidates(check, found, lower=lower), Attempt.id > last)
        .order_by(Attempt.id)
        .limit(BATCH)
        .with_for_update()
    )
    attempts = [Former.of(row) for row in rows]
    fault_point("regrading")
    fallen = _regrade(session, attempts, found, lower=lower)
    for attempt in fallen:
        _reopen_topic(session, check, attempt)
    fault_point("regraded")
    enqueue_many(session, EVALUATE, (attempt.row.enrolment_id for attempt in attempts))
    runs.advance(run, by=len(attempts), position={"last": attempts[-1].row.id if attempts else last})
    return len(attempts) == BATCH


def _regrade(session: Session, attempts: Sequence[Former], found: Corrections, *, lower: bool) -> list[Former]:
    """Replaces keys and marks of the attempts by the corrected ones, and their results by the new ones or the better
    ones. Returns the attempts whose results were lowered.
    """
    results, fallen = [], []
    for attempt in attempts:
        now_asked = found.set_of(attempt.row.items)
        row = now_asked.of(attempt.row)
        score = score_of(session, row)
        falls = score.percent < attempt.percent
        kept = _kept(attempt, row.result, floor=falls and not lower)
        asked = Asked(now_asked.items_json, row.answers)
        results.append(Result(row.id, with_floor(score, kept), kept, asked))
        if falls and lower:
            fallen.append(attempt)
    if results:
        write_results(session, results)
    return fallen


def _kept(attempt: Former, result: Mapping[str, Any], *, floor: bool) -> dict[str, Any]:
    """Returns what the result keeps: the former one in its history, and as its floor where it may not fall."""
    former = {
        "points": str(attempt.points),
        "max_points": str(attempt.max_points),
        "percent": str(attempt.percent),
    }
    kept = {key: value for key, value in result.items() if key != "floor"}
    if floor:
        kept["floor"] = former
    kept["earlier"] = [*kept.get("earlier", ()), {**former, "items": attempt.row.items}]
    return kept


def _reopen_topic(session: Session, check: SelfCheck, attempt: Former) -> None:
    if attempt.handed_in_at is None:
        return
    enrolment = session.get_one(Enrolment, attempt.row.enrolment_id)
    since, lineage = attempt.handed_in_at, check.topic_lineage
    reopen_topic(session, enrolment=enrolment, topic_lineage=lineage, since=since, now=utc_now())
