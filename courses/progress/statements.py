"""The statement of every course page. It is built once, because building it takes ten times as long as running it."""

from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, select

from courses.models.groups import HourCredit, TopicProgress
from courses.models.plan_views import DUE_DATE
from courses.models.programmes import HourKind, Section, Topic, TopicHours

section, topic, hours, kind = Section.__table__, Topic.__table__, TopicHours.__table__, HourKind.__table__
credit, progress = HourCredit.__table__, TopicProgress.__table__
due = DUE_DATE.c

ENROLMENT = bindparam("enrolment_id", type_=Integer)
VERSION = bindparam("version_id", type_=Integer)


def _plan() -> Select[Any]:
    of_topic = topic.c.lineage
    credited = and_(
        credit.c.enrolment_id == ENROLMENT, credit.c.topic_lineage == of_topic, credit.c.kind_lineage == kind.c.lineage
    )
    complete = and_(progress.c.enrolment_id == ENROLMENT, progress.c.topic_lineage == of_topic)
    dated = and_(due.enrolment_id == ENROLMENT, due.topic_lineage == of_topic, due.task_id.is_(None))
    joined = (
        section.join(topic, topic.c.section_id == section.c.id)
        .outerjoin(hours, hours.c.topic_id == topic.c.id)
        .outerjoin(kind, kind.c.id == hours.c.kind_id)
        .outerjoin(credit, credited)
        .outerjoin(progress, complete)
        .outerjoin(DUE_DATE, dated)
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
        due.due_on,
        progress.c.completed_at,
        progress.c.marked_by_id,
    )
    order = (section.c.position, section.c.id, topic.c.position, topic.c.id, kind.c.position, kind.c.id)
    return select(*columns).select_from(joined).where(section.c.version_id == VERSION).order_by(*order)


PLAN = _plan()
"""The plan of ``version_id`` with the due dates and the progress of ``enrolment_id``."""
