"""Base of all forms: WTForms in the current language, with domain errors at the field that caused them."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from babel.support import LazyProxy
from flask_wtf import FlaskForm
from sqlalchemy.exc import DataError
from wtforms.i18n import get_translations

from lms.core.db import savepoint
from lms.core.errors import DomainError, Invalid
from lms.core.i18n import current_locale
from lms.core.i18n import gettext as _
from lms.http.input_values import LARGEST
from lms.http.request_context import db


class Form(FlaskForm):
    """Base of every form. ``form.form_errors`` (also in ``form.errors``) has the errors that belong to no field."""

    form_errors: list[str]

    class Meta(FlaskForm.Meta):
        """WTForms' own messages in the current language."""

        def get_translations(self, _form: Any) -> Any:
            """Returns WTForms' catalogue of the language; English needs none."""
            return get_translations([current_locale()]) if current_locale() != "en" else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Validates the form and turns messages into text in the current language."""
        good = bool(super().validate(extra_validators))
        for field in self:
            if not field.errors and _is_beyond_columns(field.data):
                field.errors, good = [_("The number is too large.")], False
        for field in self:
            field.errors = [str(error) if isinstance(error, LazyProxy) else error for error in field.errors]
        return good

    def take(self, error: DomainError) -> None:
        """Adds the error to its field, or to the form if it has no such field."""
        if error.field and error.field in self:
            field = self[error.field]
            field.errors = [*field.errors, error.message]
        else:
            self.form_errors = [*self.form_errors, error.message]

    @contextmanager
    def catching(self, *, but: type[DomainError] | None = None) -> Iterator[None]:
        """Turns domain errors of the block into errors of the form and rolls the block's changes back.

        ``but``: an error that the view handles itself; it is raised on. Where the block counts an attempt, which
        commits, the changes after that are rolled back.
        """
        try:
            with savepoint(db()):
                yield
        except DataError:  # a value beyond its column, which no check of a field has refused
            self.take(Invalid(code="value_out_of_range"))
        except DomainError as error:
            if error.status in (403, 404) or (but is not None and isinstance(error, but)):
                raise
            self.take(error)

    @property
    def revisions(self) -> Mapping[str, str]:
        """Revisions of stored values by field name; only ``StoredForm`` has any."""
        return {}

    @property
    def is_clean(self) -> bool:
        """True if neither the fields nor the operation reported an error."""
        return not self.errors


def _is_beyond_columns(value: Any) -> bool:
    """Returns whether it is a number that no column holds; the narrower limits of a field are its own."""
    if not isinstance(value, int | float | Decimal):
        return False
    return not -LARGEST <= value <= LARGEST if math.isfinite(value) else True
