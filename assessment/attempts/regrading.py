"""Grading anew after a key, a weight or a mark was corrected: the preview, and the run that does it in batches.

Nothing is lowered without a leader's word: an attempt that would lose keeps its result as a floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from assessment.attempts.corrections import GRADED, Corrections, corrected, corrections_of, graded_by
from assessment.attempts.grading import score_of, with_floor
from assessment.attempts.handed_in import columns_of
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
BATCH = 100
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
    after = score_of(session, corrected(columns_of(attempt), found.replacements)).percent
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
    """Starts grading anew in the worker and returns the run; returns the one under way if there is one.

    ``lower``: attempts that fall lose their results too, those that were spared before among them.
    """
    session.refresh(check, with_for_update={"of": SelfCheck, "key_share": True})
    under_way = latest_run(session, check)
    if under_way is not None and under_way.state in ("waiting", "running"):
        return under_way
    found = corrections_of(session, check.id)
    total = session.scalar(select(func.count()).where(_candidates(check, found, lower=lower))) or 0
    parameters = {"self_check_id": check.id, "lower": lower}
    run = runs.start(session, REGRADE_CHECK, actor=actor, parameters=parameters, steps_total=total)
    audit.record(session, actor, "self_check.regrade", check, site_id=site_id, attempts=total, lower=lower)
    return run


def latest_run(session: Session, check: SelfCheck) -> JobRun | None:
    """Returns the run that was started last for this self-check."""
    of_check = JobRun.parameters.contains({"self_check_id": check.id})
    return session.scalar(
        select(JobRun).where(JobRun.kind == REGRADE_CHECK, of_check).order_by(JobRun.id.desc()).limit(1)
    )


def regrade_next(session: Session, run: JobRun) -> bool:
    """Grades the next attempts anew: the step of the run. An attempt graded anew is no candidate any more."""
    check = session.get_one(SelfCheck, run.parameters["self_check_id"])
    lower, last = bool(run.parameters["lower"]), int(run.position.get("last", 0))
    found = corrections_of(session, check.id)
    attempts = session.scalars(
        select(Attempt)
        .where(_candidates(check, found, lower=lower), Attempt.id > last)
        .order_by(Attempt.id)
        .limit(BATCH)
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    ).all()
    fault_point("regrading")
    for attempt in attempts:
        _regrade(session, check, attempt, found, lower=lower)
    session.flush()
    fault_point("regraded")
    enqueue_many(session, EVALUATE, (attempt.enrolment_id for attempt in attempts))
    runs.advance(run, by=len(attempts), position={"last": attempts[-1].id if attempts else last})
    return len(attempts) == BATCH


def _regrade(session: Session, check: SelfCheck, attempt: Attempt, found: Corrections, *, lower: bool) -> None:
    """Replaces the attempt's keys and marks by the corrected ones and its result by the new one, or the better one."""
    row, before = corrected(columns_of(attempt), found.replacements), attempt.percent or Decimal(0)
    score = score_of(session, row)
    floor = {"points": str(attempt.points), "max_points": str(attempt.max_points), "percent": str(before)}
    result = {key: value for key, value in row.result.items() if key not in ("questions", "floor")}
    falls = score.percent < before
    if falls and not lower:
        result["floor"] = floor
    result["earlier"] = [*result.get("earlier", ()), {**floor, "items": attempt.items}]
    settled = with_floor(score, result)
    attempt.items, attempt.answers = row.items, row.answers
    attempt.result = {**result, "questions": score.breakdown}
    attempt.points, attempt.max_points, attempt.percent = settled.points, settled.max_points, settled.percent
    attempt.state, attempt.graded_at = "needs_person" if score.needs_person else "graded", utc_now()
    session.flush()
    if falls and lower and attempt.handed_in_at is not None:
        enrolment = session.get_one(Enrolment, attempt.enrolment_id)
        since, lineage = attempt.handed_in_at, check.topic_lineage
        reopen_topic(session, enrolment=enrolment, topic_lineage=lineage, since=since, now=utc_now())
