"""Operations that change a trainee's progress: opening, confirming, a leader's mark; each updates topics and hours.

Each operation locks the enrolment's row first (``FOR NO KEY UPDATE``), so that two operations on one trainee run one
after the other and no hours are credited twice; the tables' unique keys guarantee it too.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from courses.actors import demand_other_person
from courses.course_items import CourseItem
from courses.events import ProgressMade
from courses.models.groups import Enrolment, HourCredit, MaterialProgress, TopicProgress
from courses.models.materials import Material
from courses.models.plan_views import PLANNED_TOPIC
from courses.models.programmes import HourKind, TopicHours
from courses.progress import ledger
from courses.progress.queries import course_items
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import DomainError, NotFound
from lms.core.events import publish

TOPIC = "topic"
"""``HourCredit.source_kind`` of hours credited because a topic was completed; their ``source_id`` is 0."""
STUDYING = frozenset({"enrolled", "finished"})
"""States of an enrolment in which progress counts."""
SEEN_EVERY = timedelta(minutes=30)
"""Precision of ``Enrolment.last_seen_at``, so that not every page view is a write."""


def open_material(session: Session, *, enrolment: Enrolment, material: Material, now: datetime) -> None:
    """Records that the trainee opened the material; completes it if opening is enough.

    Writes nothing if it was open already, or if the enrolment has ended.
    """
    known = _progress(session, enrolment, material)
    if known is not None and (known or material.completion != "opened"):
        return
    _touch(session, enrolment, material, complete=material.completion == "opened", now=now)


def confirm_material(session: Session, *, enrolment: Enrolment, material: Material, now: datetime) -> None:
    """Records the trainee's confirmation that they have studied the material. Doing it twice changes nothing."""
    if not _progress(session, enrolment, material):
        _touch(session, enrolment, material, complete=True, now=now)


def mark_topic(
    session: Session, *, actor: Actor, enrolment: Enrolment, topic_lineage: uuid.UUID, now: datetime
) -> bool:
    """Records a leader's or teacher's confirmation of the topic: it is complete and its hours are credited.

    Returns whether anything changed: a complete topic stays as it is. Raises ``NotFound`` for a topic that the plan
    does not have, ``DomainError`` for an enrolment that has ended and for the actor's own.
    """
    demand_other_person(actor, enrolment)
    if lock(session, enrolment) not in STUDYING:
        raise DomainError(code="enrolment_ended_for_credits")
    plan = _planned(session, enrolment, topic_lineage)
    if plan is None:
        raise NotFound
    if not _complete(session, enrolment, topic_lineage, plan, marked_by_id=actor.account_id, now=now):
        return False
    _record(session, actor, "topic.mark", enrolment, topic_lineage)
    publish(session, ProgressMade(enrolment.id, now))
    return True


def unmark_topic(
    session: Session, *, actor: Actor, enrolment: Enrolment, topic_lineage: uuid.UUID, now: datetime
) -> bool:
    """Takes a leader's mark back with its hours; the topic stays complete if all its obligatory items are done.

    Returns whether anything changed. Raises ``DomainError`` if the internship is finished: its hours are in documents,
    and for the actor's own enrolment.
    """
    demand_other_person(actor, enrolment)
    if lock(session, enrolment) != "enrolled":
        raise DomainError(code="enrolment_ended_for_marks")
    mine = (TopicProgress.enrolment_id == enrolment.id, TopicProgress.topic_lineage == topic_lineage)
    taken = session.scalar(
        delete(TopicProgress)
        .where(*mine, TopicProgress.marked_by_id.is_not(None))
        .returning(TopicProgress.enrolment_id)
    )
    if taken is None:
        return False
    _take_off(session, enrolment, topic_lineage)
    _settle(session, enrolment, topic_lineage, now)
    _record(session, actor, "topic.unmark", enrolment, topic_lineage)
    publish(session, ProgressMade(enrolment.id, now))
    return True


def reopen_topic(
    session: Session, *, enrolment: Enrolment, topic_lineage: uuid.UUID | None, since: datetime, now: datetime
) -> bool:
    """Takes back the completion of a topic, with its hours, if its obligatory items are no longer all done.

    To be called when a result that completed an item was taken back. A topic that a leader confirmed, or that was
    complete before ``since``, stays complete. Returns whether anything changed.
    """
    if topic_lineage is None or lock(session, enrolment) not in STUDYING:
        return False
    if _is_done(session, enrolment, topic_lineage):
        return False
    completed = (TopicProgress.marked_by_id.is_(None), TopicProgress.completed_at >= since)
    mine = (TopicProgress.enrolment_id == enrolment.id, TopicProgress.topic_lineage == topic_lineage)
    taken = session.scalar(delete(TopicProgress).where(*mine, *completed).returning(TopicProgress.enrolment_id))
    if taken is None:
        return False
    _take_off(session, enrolment, topic_lineage)
    publish(session, ProgressMade(enrolment.id, now))
    return True


def _take_off(session: Session, enrolment: Enrolment, topic_lineage: uuid.UUID) -> None:
    """Removes the hours credited because the topic was completed."""
    session.execute(
        delete(HourCredit).where(
            HourCredit.enrolment_id == enrolment.id,
            HourCredit.topic_lineage == topic_lineage,
            HourCredit.source_kind == TOPIC,
        )
    )
    _sum_up(session, enrolment)


def evaluate_topics(session: Session, enrolment: Enrolment, now: datetime) -> int:
    """Completes every topic whose obligatory items are all done by now; returns the number of topics completed.

    A topic may lack nothing any more because the trainee did something, or because less is asked than before. A
    complete topic never becomes incomplete when items are added to it later.
    """
    if lock(session, enrolment) not in STUDYING:
        return 0
    done = done_topics(course_items(session, enrolment))
    waiting = done & set(session.scalars(_incomplete_topics(enrolment)))
    completed = sum(_complete_planned(session, enrolment, lineage, now) for lineage in sorted(waiting))
    if completed:
        publish(session, ProgressMade(enrolment.id, now))
    return completed


def _incomplete_topics(enrolment: Enrolment) -> Select[tuple[uuid.UUID]]:
    """Selects the topics of the trainee's plan that are not complete."""
    planned = PLANNED_TOPIC.c
    complete = select(TopicProgress.topic_lineage).where(TopicProgress.enrolment_id == enrolment.id)
    return select(planned.topic_lineage).where(
        planned.enrolment_id == enrolment.id, planned.topic_lineage.not_in(complete)
    )


def done_topics(items: Iterable[CourseItem]) -> set[uuid.UUID]:
    """Returns the topics that have obligatory items, all of them done."""
    required: dict[uuid.UUID, list[bool]] = {}
    for item in items:
        if item.required and item.topic_lineage is not None:
            required.setdefault(item.topic_lineage, []).append(item.done)
    return {lineage for lineage, done in required.items() if all(done)}


def complete_opened_materials(session: Session, programme_id: int, now: datetime) -> None:
    """Completes materials that trainees opened while they had to be confirmed, and for which opening is enough now."""
    session.execute(
        update(MaterialProgress)
        .where(
            MaterialProgress.material_id == Material.id,
            MaterialProgress.completed_at.is_(None),
            Material.programme_id == programme_id,
            Material.completion == "opened",
        )
        .values(completed_at=now)
        .execution_options(synchronize_session=False)
    )


def record_visit(session: Session, *, enrolment: Enrolment, now: datetime) -> None:
    """Records the trainee's visit, at most once in half an hour."""
    if enrolment.last_seen_at is None or now - enrolment.last_seen_at > SEEN_EVERY:
        enrolment.last_seen_at = now


def lock(session: Session, enrolment: Enrolment) -> str:
    """Locks the enrolment until the transaction ends; returns its present state."""
    statement = select(Enrolment.state).where(Enrolment.id == enrolment.id).with_for_update(key_share=True)
    state = session.scalar(statement)
    if state is None:
        raise NotFound
    return state


def locked_enrolment(session: Session, enrolment_id: int) -> Enrolment | None:
    """Returns the enrolment as it is now, locked until the transaction ends."""
    found = select(Enrolment).where(Enrolment.id == enrolment_id).with_for_update(of=Enrolment, key_share=True)
    return session.scalar(found.execution_options(populate_existing=True))


def _progress(session: Session, enrolment: Enrolment, material: Material) -> bool | None:
    """Returns whether the material is completed; ``None`` if it was never opened."""
    row = session.execute(
        select(MaterialProgress.completed_at).where(
            MaterialProgress.enrolment_id == enrolment.id, MaterialProgress.material_id == material.id
        )
    ).first()
    return None if row is None else row[0] is not None


def _touch(session: Session, enrolment: Enrolment, material: Material, *, complete: bool, now: datetime) -> None:
    if lock(session, enrolment) not in STUDYING:
        return
    row = insert(MaterialProgress).values(
        enrolment_id=enrolment.id, material_id=material.id, opened_at=now, completed_at=now if complete else None
    )
    keys = ["enrolment_id", "material_id"]
    completed = func.coalesce(MaterialProgress.completed_at, row.excluded.completed_at)
    session.execute(row.on_conflict_do_update(index_elements=keys, set_={"completed_at": completed}))
    if complete:
        _settle(session, enrolment, material.topic_lineage, now)
        publish(session, ProgressMade(enrolment.id, now))


def _settle(session: Session, enrolment: Enrolment, topic_lineage: uuid.UUID, now: datetime) -> bool:
    """Completes the topic if all obligatory items are done. The enrolment must be locked."""
    if not _is_done(session, enrolment, topic_lineage):
        return False
    return _complete_planned(session, enrolment, topic_lineage, now)


def _complete_planned(session: Session, enrolment: Enrolment, topic_lineage: uuid.UUID, now: datetime) -> bool:
    """Completes the topic if the trainee's plan has it. The enrolment must be locked."""
    plan = _planned(session, enrolment, topic_lineage)
    return plan is not None and _complete(session, enrolment, topic_lineage, plan, marked_by_id=None, now=now)


def _is_done(session: Session, enrolment: Enrolment, topic_lineage: uuid.UUID) -> bool:
    """Returns whether there is at least one obligatory item, and all of them are done."""
    return topic_lineage in done_topics(course_items(session, enrolment))


def _planned(session: Session, enrolment: Enrolment, topic_lineage: uuid.UUID) -> dict[uuid.UUID, Decimal] | None:
    """Returns the topic's hours per kind in the trainee's plan; ``None`` if the plan has no such topic."""
    rows = session.execute(
        select(HourKind.lineage, TopicHours.hours)
        .select_from(PLANNED_TOPIC)
        .outerjoin(TopicHours, TopicHours.topic_id == PLANNED_TOPIC.c.topic_id)
        .outerjoin(HourKind, HourKind.id == TopicHours.kind_id)
        .where(PLANNED_TOPIC.c.enrolment_id == enrolment.id, PLANNED_TOPIC.c.topic_lineage == topic_lineage)
    ).all()
    return {kind: hours for kind, hours in rows if kind is not None} if rows else None


def _complete(
    session: Session,
    enrolment: Enrolment,
    topic_lineage: uuid.UUID,
    plan: dict[uuid.UUID, Decimal],
    *,
    marked_by_id: int | None,
    now: datetime,
) -> bool:
    """Records the topic as complete, once, and credits the missing hours; returns whether it was not complete
    before.
    """
    row = insert(TopicProgress).values(
        enrolment_id=enrolment.id, topic_lineage=topic_lineage, completed_at=now, marked_by_id=marked_by_id
    )
    fresh = session.scalar(row.on_conflict_do_nothing().returning(TopicProgress.enrolment_id)) is not None
    if fresh:
        _credit(session, enrolment, topic_lineage, plan)
        _sum_up(session, enrolment)
    return fresh


def _credit(session: Session, enrolment: Enrolment, topic_lineage: uuid.UUID, plan: dict[uuid.UUID, Decimal]) -> None:
    rows = session.execute(
        select(HourCredit.kind_lineage, func.sum(HourCredit.hours))
        .where(HourCredit.enrolment_id == enrolment.id, HourCredit.topic_lineage == topic_lineage)
        .group_by(HourCredit.kind_lineage)
    )
    credited = {row[0]: row[1] for row in rows}
    lines = [
        {
            "enrolment_id": enrolment.id,
            "topic_lineage": topic_lineage,
            "kind_lineage": kind,
            "source_kind": TOPIC,
            "source_id": 0,
            "hours": left,
        }
        for kind, left in ledger.hours_to_credit(plan, credited).items()
    ]
    if lines:
        session.execute(insert(HourCredit).values(lines).on_conflict_do_nothing())


def _sum_up(session: Session, enrolment: Enrolment) -> None:
    """Updates ``hours_done`` to the ledger's sum."""
    of_ledger = select(func.coalesce(func.sum(HourCredit.hours), 0)).where(HourCredit.enrolment_id == enrolment.id)
    hours = session.scalar(
        update(Enrolment)
        .where(Enrolment.id == enrolment.id)
        .values(hours_done=of_ledger.scalar_subquery())
        .returning(Enrolment.hours_done)
        .execution_options(synchronize_session=False)
    )
    set_committed_value(enrolment, "hours_done", hours)


def _record(session: Session, actor: Actor, action: str, enrolment: Enrolment, topic_lineage: uuid.UUID) -> None:
    audit.record(session, actor, action, enrolment, site_id=enrolment.cohort.site_id, topic=str(topic_lineage))
