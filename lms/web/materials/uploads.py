"""Uploads of a material's form: stored at once, so that an error in another field does not lose them."""

from typing import BinaryIO, cast

from flask import request, url_for
from werkzeug.datastructures import FileStorage

from courses.materials.operations import add_image, image_markdown
from courses.models.materials import Material
from courses.models.programmes import Programme
from lms.composition import parts
from lms.core.files.media_types import TEACHING
from lms.core.files.models import StoredFile
from lms.core.files.operations import save_upload
from lms.core.i18n import format_number
from lms.core.i18n import gettext as _
from lms.http.request_context import actor, db, now
from lms.web.materials.forms import MaterialForm

VIDEOS = frozenset({"video/mp4", "video/webm"})
MEGA = 1024 * 1024


def limit_words(kind: str) -> str:
    """Returns the text of what may be uploaded."""
    most = format_number(parts().settings.upload_limit_bytes / MEGA)
    if kind == "video":
        return _("A video as MP4 or WebM, up to %(most)s MB.", most=most)
    return _("A document, table, presentation, picture, recording or archive, up to %(most)s MB.", most=most)


def _uploaded(form: MaterialForm, name: str) -> FileStorage | None:
    """Returns the file that the browser sent in this field; a field with a stored file contains no upload."""
    found = form[name].data if name in form else None
    return found if isinstance(found, FileStorage) and found.filename else None


def take_file(form: MaterialForm, programme: Programme) -> bool:
    """Stores a file that was just uploaded and returns whether that succeeded."""
    upload = _uploaded(form, "file")
    if upload is None:
        return False
    with form.catching():
        stored = save_upload(
            db(),
            stream=cast(BinaryIO, upload.stream),
            name=upload.filename or "",
            limit=parts().settings.upload_limit_bytes,
            accept=VIDEOS if form.kind == "video" else TEACHING,
            actor=actor(),
            site_id=programme.site_id,
            now=now(),
        )
        form.kept_file.data = str(stored.id)
    return not form.file.errors


def file_of(form: MaterialForm, programme: Programme, material: Material | None = None) -> StoredFile | None:
    """Returns the form's file: uploaded by this person for this site, or the material's own."""
    key = form.kept_file.data if "kept_file" in form else ""
    if not (key or "").isdigit():
        return None
    stored = db().get(StoredFile, int(key))
    if stored is None:
        return None
    own = stored.uploaded_by_id == actor().account_id and stored.site_id == programme.site_id
    return stored if own or (material is not None and stored.id == material.file_id) else None


def take_image(form: MaterialForm, programme: Programme) -> bool:
    """Adds an uploaded picture to the end of the text and returns whether that succeeded."""
    upload = _uploaded(form, "image")
    if upload is None:
        return False
    with form.catching():
        image = add_image(
            db(),
            actor=actor(),
            programme=programme,
            stream=cast(BinaryIO, upload.stream),
            name=upload.filename or "",
            now=now(),
        )
        line = image_markdown(image, url_for("materials.image", image_id=image.id))
        form.body.data = f"{(form.body.data or '').rstrip()}\n\n{line}\n".lstrip()
    return not form.image.errors


def wants_only_the_picture() -> bool:
    """Returns whether the author pressed «Add the picture» and not «Save»."""
    return "add_image" in request.form
