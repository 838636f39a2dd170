"""The form of a material, with the fields of its kind, and its uploads: they are stored at once, so that an error in
another field does not lose them.
"""

from typing import Any, BinaryIO, cast

from flask import request, url_for
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from courses.materials.operations import (
    LONGEST_TITLE,
    LONGEST_URL,
    MOST_MINUTES,
    MaterialDraft,
    add_image,
    image_markdown,
)
from courses.models.materials import Material
from courses.models.programmes import Programme
from lms.composition import parts
from lms.core.files.media_types import TEACHING
from lms.core.files.models import StoredFile
from lms.core.files.operations import save_upload
from lms.core.i18n import format_number
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.richtext import MAX_LENGTH
from lms.http.input_values import whole_number_or
from lms.http.request_context import actor, db, now
from lms.web.course.material_presenters import completion_rule, confirmation_label
from lms.web.shell.forms import Form

FIELDS = {
    "page": {"body", "image"},
    "file": {"file", "kept_file", "body"},
    "link": {"url", "body"},
    "video": {"url", "file", "kept_file", "body"},
}
"""Fields of each kind, besides title, minutes, obligation and way of completion."""
OF_KINDS = frozenset().union(*FIELDS.values())


class MaterialForm(Form):
    """Content of a material. ``kept_file`` is a file uploaded earlier while the form still has errors."""

    title = StringField(_l("Title"), [InputRequired(_l("Give the material a title.")), Length(max=LONGEST_TITLE)])
    body = TextAreaField(_l("Text"), [Length(max=MAX_LENGTH)])
    image = FileField(_l("Add a picture to the text"))
    url = StringField(_l("Address"), [Length(max=LONGEST_URL)])
    file = FileField(_l("File"))
    kept_file = HiddenField()
    minutes = IntegerField(
        _l("How long it takes, in minutes"),
        [Optional(), NumberRange(1, MOST_MINUTES, _l("A whole number of minutes, from 1 to 6000."))],
    )
    required = BooleanField(_l("Obligatory: the topic is complete only with it"), default=True)
    completion = RadioField(_l("What completes it"), default="opened")
    revision = HiddenField(default="1")

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in OF_KINDS - FIELDS[kind]:
            del self[name]
        self.completion.choices = [
            ("opened", _completed_by(kind)),
            ("confirmed", _("The trainee's own mark «%(mark)s»", mark=confirmation_label(kind))),
        ]
        if kind != "page":
            self.body.label.text = _("A word to it")

    def draft(self, file: StoredFile | None) -> MaterialDraft:
        """Returns the typed content with its file."""
        return MaterialDraft(
            kind=self.kind,
            title=self.title.data or "",
            body=self.body.data or "",
            url=self.url.data if "url" in self else None,
            file=file,
            minutes=self.minutes.data,
            required=bool(self.required.data),
            completion=self.completion.data or "opened",
        )

    @property
    def began_with(self) -> int:
        """The revision that the author began to edit."""
        return whole_number_or(self.revision.data, 0)


def _completed_by(kind: str) -> str:
    words = completion_rule(kind, "opened", True)
    return words[:1].upper() + words[1:]


def filled(material: Material) -> MaterialForm:
    """Returns the form of an existing material."""
    form = MaterialForm(material.kind, obj=material)
    if not form.is_submitted() and "kept_file" in form:
        form.kept_file.data = str(material.file_id or "")
    return form


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
    stored = db().get(StoredFile, whole_number_or(key, 0))
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
