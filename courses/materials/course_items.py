"""Materials as items of a trainee's course."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.course_items import CourseItem, CourseKey, ItemProvider, MaterialDetail
from courses.course_state import ENROLMENT, PROGRAMME, CourseState, part_of_state
from courses.models.groups import Enrolment, MaterialProgress
from courses.models.materials import Material
from lms.core.files.models import Blob, StoredFile

OUTLINE = (
    select(
        Material.id,
        Material.topic_lineage,
        Material.position,
        Material.kind,
        Material.title,
        Material.minutes,
        Material.required,
        Material.completion,
        (Material.body != "").label("has_text"),
        StoredFile.media_type,
        Blob.size,
    )
    .outerjoin(StoredFile, StoredFile.id == Material.file_id)
    .outerjoin(Blob, Blob.sha256 == StoredFile.sha256)
    .where(Material.programme_id == PROGRAMME, Material.removed_at.is_(None))
    .order_by(Material.position, Material.id)
)
PROGRESS = part_of_state(
    "material",
    id=MaterialProgress.material_id,
    began_at=MaterialProgress.opened_at,
    ended_at=MaterialProgress.completed_at,
).where(MaterialProgress.enrolment_id == ENROLMENT)


def _outline(session: Session, course: CourseKey) -> Sequence[CourseItem]:
    """Returns the materials as items of a trainee who has opened none."""
    return [_unopened(row) for row in session.execute(OUTLINE, course._asdict())]


def _unopened(row: Any) -> CourseItem:
    return CourseItem(
        topic_lineage=row.topic_lineage,
        kind=row.kind,
        id=row.id,
        title=row.title,
        required=row.required,
        done=False,
        state="open",
        detail=MaterialDetail(row.completion, row.media_type, row.size, row.has_text, None, None),
        minutes=row.minutes,
        position=row.position,
    )


def _items(outline: Sequence[CourseItem], state: CourseState, _enrolment: Enrolment) -> Iterable[CourseItem]:
    progress = state.by_id("material")
    return [_in_state(one, progress[one.id]) if one.id in progress else one for one in outline]


def _in_state(item: CourseItem, progress: Any) -> CourseItem:
    done = progress.ended_at is not None
    detail: Any = item.detail
    return replace(
        item,
        done=done,
        state="done" if done else "begun",
        detail=replace(detail, opened_at=progress.began_at, completed_at=progress.ended_at),
    )


MATERIALS = ItemProvider(_outline, (PROGRESS,), _items)
