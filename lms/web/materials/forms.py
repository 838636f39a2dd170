"""The form of a material, with the fields of its kind."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from courses.materials.operations import LONGEST_TITLE, LONGEST_URL, MOST_MINUTES, MaterialDraft
from courses.models.materials import Material
from lms.core.files.models import StoredFile
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.core.richtext import MAX_LENGTH
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
        return int(self.revision.data) if (self.revision.data or "").isdigit() else 0


def _completed_by(kind: str) -> str:
    words = completion_rule(kind, "opened", True)
    return words[:1].upper() + words[1:]


def filled(material: Material) -> MaterialForm:
    """Returns the form of an existing material."""
    form = MaterialForm(material.kind, obj=material)
    if not form.is_submitted() and "kept_file" in form:
        form.kept_file.data = str(material.file_id or "")
    return form
