"""Operations on materials: add, change, move, remove, restore; pictures of pages."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import BinaryIO
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.events import MaterialChanged, RequirementsChanged
from courses.materials.queries import materials_of, topic_exists
from courses.models.materials import Material, MaterialRevision, PageImage
from courses.models.programmes import Programme
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import DomainError, Invalid, NotFound
from lms.core.events import publish
from lms.core.files.media_types import IMAGES
from lms.core.files.models import StoredFile
from lms.core.files.operations import save_upload
from lms.core.richtext import MAX_LENGTH, is_dense_markdown, to_safe_html

KINDS = ("page", "file", "link", "video")
MOST_IN_TOPIC = 100
MOST_MINUTES = 6000
LONGEST_TITLE = 500
LONGEST_URL = 2000
IMAGE_LIMIT = 10 * 1024 * 1024
"""Most bytes of one picture in a page."""
SAME_WITHIN = timedelta(minutes=2)
"""The same material sent twice within this time is added once: a double click, a repeated request."""


@dataclass(frozen=True, slots=True)
class MaterialDraft:
    """Content of a material before it is stored; ``minutes`` are minutes of 60 seconds, not academic time."""

    kind: str
    title: str
    body: str = ""
    url: str | None = None
    file: StoredFile | None = None
    minutes: int | None = None
    required: bool = True
    completion: str = "opened"


def add_material(
    session: Session,
    *,
    actor: Actor,
    programme: Programme,
    topic_lineage: uuid.UUID,
    draft: MaterialDraft,
    now: datetime,
) -> Material:
    """Adds a material at the end of the topic. The same one sent twice is added once.

    Raises ``Invalid`` at the wrong field, ``NotFound`` for a topic of another programme.
    """
    draft = checked_draft(draft)
    _lock(session, programme.id)
    if not topic_exists(session, programme.id, topic_lineage):
        raise NotFound
    there = materials_of(session, programme.id, topic_lineage)
    if there and _is_same(there[-1], draft, now):
        return there[-1]
    if len(there) >= MOST_IN_TOPIC:
        raise Invalid(code="materials_too_many", params={"most": MOST_IN_TOPIC})
    material = Material(
        programme_id=programme.id, topic_lineage=topic_lineage, position=_end(there), kind=draft.kind, created_at=now
    )
    _write(material, draft)
    session.add(material)
    session.flush()
    audit.record(
        session, actor, "material.add", material, site_id=programme.site_id, title=draft.title, kind=draft.kind
    )
    _announce(session, material, "added", asked_before=None)
    return material


def change_material(
    session: Session, *, actor: Actor, material: Material, draft: MaterialDraft, revision: int, now: datetime
) -> Material:
    """Changes a material; its former content is stored as a revision.

    ``revision`` is the one that the form showed: if another person has changed the material since, raises
    ``DomainError`` and changes nothing. Raises ``Invalid`` at the wrong field.
    """
    draft = checked_draft(replace(draft, kind=material.kind))
    programme = _lock(session, material.programme_id)
    session.refresh(material, with_for_update=True)
    if _says(material, draft):
        return material
    if material.revision != revision:
        raise DomainError(code="material_changed_meanwhile", field="revision")
    _keep_revision(session, material, actor)
    before = _asked(material)
    _write(material, draft)
    material.revision += 1
    audit.record(session, actor, "material.change", material, site_id=programme.site_id, revision=material.revision)
    session.flush()
    _announce(session, material, "changed", asked_before=before)
    return material


def move_material(session: Session, *, actor: Actor, material: Material, to: int) -> None:
    """Moves the material to this place of its topic, counted from 0; a place beyond the ends means the end."""
    programme = _lock(session, material.programme_id)
    rest = [one for one in materials_of(session, programme.id, material.topic_lineage) if one.id != material.id]
    rest.insert(max(0, to), material)
    _number(rest)
    audit.record(session, actor, "material.move", material, site_id=programme.site_id, position=material.position)
    session.flush()


def step_material(session: Session, *, actor: Actor, material: Material, by: int) -> None:
    """Moves the material up (negative) or down by this number of places."""
    _lock(session, material.programme_id)
    there = materials_of(session, material.programme_id, material.topic_lineage)
    if material in there:
        move_material(session, actor=actor, material=material, to=max(0, there.index(material) + by))


def remove_material(session: Session, *, actor: Actor, material: Material, now: datetime) -> None:
    """Removes the material from the course; it can be restored. Doing it twice changes nothing.

    Trainees' progress on it is kept.
    """
    programme = _lock(session, material.programme_id)
    if material.removed_at is not None:
        return
    before = _asked(material)
    material.removed_at = now
    audit.record(session, actor, "material.remove", material, site_id=programme.site_id, title=material.title)
    session.flush()
    _announce(session, material, "removed", asked_before=before)


def restore_material(session: Session, *, actor: Actor, material: Material) -> None:
    """Restores a removed material at the end of its topic."""
    programme = _lock(session, material.programme_id)
    if material.removed_at is None:
        return
    material.position = _end(materials_of(session, programme.id, material.topic_lineage))
    material.removed_at = None
    audit.record(session, actor, "material.restore", material, site_id=programme.site_id, title=material.title)
    session.flush()
    _announce(session, material, "restored", asked_before=None)


def _asked(material: Material) -> str | None:
    """Returns how the material is to be completed; None if it is optional or removed."""
    return material.completion if material.required and material.removed_at is None else None


def _announce(session: Session, material: Material, change: str, *, asked_before: str | None) -> None:
    """Publishes the change, and ``RequirementsChanged`` if trainees are asked for something else than before."""
    publish(session, MaterialChanged(material.id, change))
    if _asked(material) != asked_before:
        publish(session, RequirementsChanged(material.programme_id))


def add_image(
    session: Session,
    *,
    actor: Actor,
    programme: Programme,
    stream: BinaryIO,
    name: str,
    now: datetime,
    accept: frozenset[str] = IMAGES,
    field: str = "image",
) -> PageImage:
    """Stores a picture for the pages of this programme, or a sound for questions. Raises ``Invalid`` at ``field``."""
    file = save_upload(
        session,
        stream=stream,
        name=name,
        limit=IMAGE_LIMIT,
        accept=accept,
        actor=actor,
        site_id=programme.site_id,
        now=now,
        field=field,
    )
    image = PageImage(programme_id=programme.id, file_id=file.id, file=file)
    session.add(image)
    session.flush()
    audit.record(session, actor, "material.image", image, site_id=programme.site_id, name=file.name)
    return image


def render(body: str) -> str:
    """Returns the Markdown of a page as safe HTML; its headings start at level 2."""
    return to_safe_html(body, "markdown", top_heading=2)


def checked_draft(draft: MaterialDraft) -> MaterialDraft:
    """Returns the draft with trimmed texts. Raises ``Invalid`` at the wrong field."""
    trimmed = replace(draft, title=" ".join(draft.title.split()), url=(draft.url or "").strip() or None)
    _check_words(trimmed)
    _check_content(trimmed)
    return trimmed


def _check_words(draft: MaterialDraft) -> None:
    if draft.kind not in KINDS:
        raise Invalid(code="material_kind_unknown", field="kind")
    if not draft.title:
        raise Invalid(code="material_title_missing", field="title")
    if len(draft.title) > LONGEST_TITLE:
        raise Invalid(code="characters_at_most", field="title", params={"most": LONGEST_TITLE})
    if len(draft.body) > MAX_LENGTH:
        raise Invalid(code="characters_at_most", field="body", params={"most": MAX_LENGTH})
    if is_dense_markdown(draft.body):
        raise Invalid(code="markdown_too_dense", field="body")
    if draft.minutes is not None and not 1 <= draft.minutes <= MOST_MINUTES:
        raise Invalid(code="minutes_out_of_range", field="minutes", params={"most": MOST_MINUTES})
    if draft.completion not in ("opened", "confirmed"):
        raise Invalid(code="completion_unknown", field="completion")


def _check_content(draft: MaterialDraft) -> None:
    """Checks that a page has a text, a file its file, a link its address, and a video one of file and address."""
    if draft.url is not None:
        _check_address(draft.url)
    if draft.kind == "page" and not draft.body.strip():
        raise Invalid(code="page_text_missing", field="body")
    if draft.kind == "file" and draft.file is None:
        raise Invalid(code="material_file_missing", field="file")
    if draft.kind == "link" and draft.url is None:
        raise Invalid(code="material_url_missing", field="url")
    if draft.kind == "video" and (draft.url is None) == (draft.file is None):
        raise Invalid(code="video_source_ambiguous", field="url")


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and not set(url) & set(' \\"<>\x7f')
    except ValueError as error:
        raise Invalid(code="url_malformed", field="url") from error
    if not whole or any(ord(sign) < 33 for sign in url):
        raise Invalid(code="url_malformed", field="url")
    if len(url) > LONGEST_URL:
        raise Invalid(code="characters_at_most", field="url", params={"most": LONGEST_URL})


def _lock(session: Session, programme_id: int) -> Programme:
    """Locks the programme, so that changes of the order of its materials are made one after another."""
    statement = select(Programme).where(Programme.id == programme_id).with_for_update(of=Programme, key_share=True)
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _end(there: Sequence[Material]) -> int:
    return max((one.position for one in there), default=-1) + 1


def _number(order: Sequence[Material]) -> None:
    for place, one in enumerate(order):
        one.position = place


def _write(material: Material, draft: MaterialDraft) -> None:
    material.title = draft.title
    material.body = draft.body
    material.body_html = render(draft.body) if draft.body.strip() else ""
    material.url = draft.url
    material.file = draft.file
    material.file_id = draft.file.id if draft.file else None
    material.minutes = draft.minutes
    material.required = draft.required
    material.completion = draft.completion


def _says(material: Material, draft: MaterialDraft) -> bool:
    """Returns whether the material has the draft's content already."""
    same_file = (material.file.sha256 if material.file else None) == (draft.file.sha256 if draft.file else None)
    names = ("kind", "title", "body", "url", "minutes", "required", "completion")
    return same_file and all(getattr(material, name) == getattr(draft, name) for name in names)


def _is_same(last: Material, draft: MaterialDraft, now: datetime) -> bool:
    return now - last.created_at < SAME_WITHIN and _says(last, draft)


def _keep_revision(session: Session, material: Material, actor: Actor) -> None:
    session.add(
        MaterialRevision(
            material_id=material.id,
            number=material.revision,
            title=material.title,
            body=material.body,
            url=material.url,
            file_id=material.file_id,
            changed_by_id=actor.account_id,
        )
    )


def image_markdown(image: PageImage, address: str) -> str:
    """Returns the Markdown of the picture; its file name without the ending is the alternative text."""
    words = image.file.name.rpartition(".")[0] or image.file.name
    return f"![{words.translate(str.maketrans('', '', '[]'))}]({address})"
