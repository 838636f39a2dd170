"""Forms over stored values: no save replaces a value that was changed elsewhere after the page was opened.

The macro ``form_open`` renders the revision of each field (``lms.core.revisions``). A value changed elsewhere only is
taken over; a field changed on both sides shows both values and is saved when the person sends the form again. Texts
that a save replaces are kept and shown at their field.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from sqlalchemy.orm import object_session
from wtforms import BooleanField, FileField, HiddenField, PasswordField, SelectField, TextAreaField
from wtforms.fields.core import Field

from lms.core.i18n import format_date
from lms.core.i18n import gettext as _
from lms.core.overwritten import OverwrittenText, keep_overwritten, overwritten_of
from lms.core.revisions import revisions_of
from lms.http.request_context import db
from lms.http.typed_over import merged_over, revisions_shown
from lms.web.shell.forms import Form

OWN_INPUT = (HiddenField, PasswordField, FileField)
"""Fields that show no stored value."""
SHORT = 120
"""Characters of a value that is shown inside the message."""


class StoredForm(Form):
    """A form over the values of a row.

    ``over``: the row, if the values come from ``data``; by default ``obj``. A request that saves locks the row until
    its end, so that of two saves at once the second meets the first one's values.
    """

    of_this_request: frozenset[str] = frozenset()
    """Names of fields that say what this request does, and show nothing stored."""

    def __init__(self, *args: Any, obj: Any = None, over: Any = None, **kwargs: Any) -> None:
        self.subject = over if over is not None else obj
        if self.subject is not None and request.method == "POST":
            lock_row(self.subject)
        super().__init__(*args, obj=obj, **kwargs)
        stored = self._stored() if self.subject is not None else {}
        self._revisions = revisions_shown(stored) if self._is_posted() else revisions_of(stored)
        self._offer_earlier_texts()

    @property
    def revisions(self) -> Mapping[str, str]:
        """Revisions of the values over which the person types, by field name."""
        return self._revisions

    def validate(self, extra_validators: Any = None) -> bool:
        """Validates the form and merges it into what is stored; a field changed on both sides is an error."""
        good = super().validate(extra_validators)
        return self._merge_into_stored() and good if self.subject is not None else good

    def _is_posted(self) -> bool:
        return any(field.raw_data is not None for field in self)

    def _editable(self) -> list[Field]:
        return [
            field for field in self if not isinstance(field, OWN_INPUT) and field.short_name not in self.of_this_request
        ]

    def _stored(self) -> dict[str, str]:
        return {field.name: text_of(field.object_data) for field in self._editable()}

    def _merge_into_stored(self) -> bool:
        fields = {field.name: field for field in self._editable() if not field.errors}
        stored = {name: text_of(field.object_data) for name, field in fields.items()}
        typed = {name: text_of(field.data) for name, field in fields.items()}
        merged = merged_over(stored, typed)
        for name in merged.theirs:
            fields[name].process_data(fields[name].object_data)
        for name, theirs in merged.conflicts.items():
            _tell_conflict(fields[name], theirs)
        changed = merged.theirs | merged.conflicts
        self._revisions |= revisions_of(changed)
        if not merged.conflicts:
            texts = {name: stored[name] for name, field in fields.items() if isinstance(field, TextAreaField)}
            keep_overwritten(db(), self.subject, texts, merged.values)
        return not merged.conflicts

    def _offer_earlier_texts(self) -> None:
        texts = {field.name: field for field in self if isinstance(field, TextAreaField)}
        if self.subject is None or not texts:
            return
        for earlier in overwritten_of(db(), self.subject):
            if earlier.field in texts:
                kept: list[OverwrittenText] = texts[earlier.field].__dict__.setdefault("earlier_texts", [])
                kept.append(earlier)


def lock_row(row: Any) -> None:
    """Locks the row until the end of the transaction and reads it anew."""
    if object_session(row) is not None:
        db().refresh(row, with_for_update={"of": type(row), "key_share": True})


def text_of(value: Any) -> str:
    """Returns the value as the text of which a revision is made; empty for nothing and for an empty tick box."""
    if value is None or value is False:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(sorted(text_of(each) for each in value))
    return str(value)


def shown_text(field: Field, stored: str) -> str:
    """Returns the stored value as the page shows it: the choice's label, the date as people write it."""
    if isinstance(field, BooleanField):
        return _("ticked") if stored else _("not ticked")
    if isinstance(field, SelectField):
        labels = {text_of(value): str(label) for value, label, *_more in field.iter_choices()}
        return labels.get(stored, stored)
    value = field.object_data
    return format_date(value) or "" if isinstance(value, date) else stored


def conflict_words(shown: str) -> str:
    """Returns the message at a field that was changed on both sides."""
    if not shown:
        return _("Emptied elsewhere meanwhile. Save once more to keep yours.")
    if len(shown) > SHORT or "\n" in shown:
        return _("Changed elsewhere meanwhile; what is saved stands below. Save once more to keep yours.")
    return _("Saved elsewhere meanwhile: «%(text)s». Save once more to keep yours.", text=shown)


def _tell_conflict(field: Field, stored: str) -> None:
    shown = shown_text(field, stored)
    field.errors = [*field.errors, conflict_words(shown)]
    if len(shown) > SHORT or "\n" in shown:
        field.__dict__["saved_elsewhere"] = shown
