"""The statement behind every course page, put together once: building it anew costs ten times what running it does."""

from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, func, select

from courses.models.groups import HourCredit, TopicDeadline, TopicProgress
from courses.models.programmes import HourKind, Section, Topic, TopicHours

section, topic, hours, kind = Section.__table__, Topic.__table__, TopicHours.__table__, HourKind.__table__
credit, progress = HourCredit.__table__, TopicProgress.__table__
own_date, group_date = TopicDeadline.__table__.alias("own_date"), TopicDeadline.__table__.alias("group_date")

ENROLMENT = bindparam("enrolment_id", type_=Integer)
COHORT = bindparam("cohort_id", type_=Integer)
VERSION = bindparam("version_id", type_=Integer)


def _plan() -> Select[Any]:
    of_topic = topic.c.lineage
    credited = and_(
        credit.c.enrolment_id == ENROLMENT, credit.c.topic_lineage == of_topic, credit.c.kind_lineage == kind.c.lineage
    )
    complete = and_(progress.c.enrolment_id == ENROLMENT, progress.c.topic_lineage == of_topic)
    by_group = and_(
        group_date.c.cohort_id == COHORT, group_date.c.topic_lineage == of_topic, group_date.c.enrolment_id.is_(None)
    )
    by_trainee = and_(
        own_date.c.cohort_id == COHORT, own_date.c.topic_lineage == of_topic, own_date.c.enrolment_id == ENROLMENT
    )
    joined = (
        section.join(topic, topic.c.section_id == section.c.id)
        .outerjoin(hours, hours.c.topic_id == topic.c.id)
        .outerjoin(kind, kind.c.id == hours.c.kind_id)
        .outerjoin(credit, credited)
        .outerjoin(progress, complete)
        .outerjoin(group_date, by_group)
        .outerjoin(own_date, by_trainee)
    )
    columns = (
        section.c.id.label("section_id"),
        section.c.title.label("section"),
        topic.c.lineage,
        topic.c.title,
        topic.c.class_form,
        topic.c.control_form,
        kind.c.lineage.label("kind"),
        kind.c.name.label("kind_name"),
        kind.c.position.label("kind_position"),
        hours.c.hours,
        credit.c.hours.label("credited"),
        func.coalesce(own_date.c.due_on, group_date.c.due_on).label("due_on"),
        progress.c.completed_at,
        progress.c.marked_by_id,
    )
    order = (section.c.position, section.c.id, topic.c.position, topic.c.id, kind.c.position, kind.c.id)
    return select(*columns).select_from(joined).where(section.c.version_id == VERSION).order_by(*order)


PLAN = _plan()
"""The plan of ``version_id`` with the dates of ``cohort_id`` and what ``enrolment_id`` has done."""
