"""Forms: WTForms in the current language, and domain errors shown at the field that caused them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from babel.support import LazyProxy
from flask_wtf import FlaskForm
from wtforms.i18n import get_translations

from lms.core.errors import DomainError
from lms.core.i18n import current_locale
from lms.http.request_context import db


class Form(FlaskForm):
    """Every form's base. ``form.form_errors`` (in ``form.errors`` too) holds what belongs to no single field."""

    form_errors: list[str]

    class Meta(FlaskForm.Meta):
        """WTForms' own messages in the current language."""

        def get_translations(self, _form: Any) -> Any:
            """The bundled catalogue; English needs none."""
            return get_translations([current_locale()]) if current_locale() != "en" else None

    def validate(self, extra_validators: Any = None) -> bool:
        """WTForms' validation; messages leave it as text in the current language."""
        good = bool(super().validate(extra_validators))
        for field in self:
            field.errors = [str(error) if isinstance(error, LazyProxy) else error for error in field.errors]
        return good

    def take(self, error: DomainError) -> None:
        """Show the error at its field, or at the top when the form has no such field."""
        if error.field and error.field in self:
            field = self[error.field]
            field.errors = [*field.errors, error.message]
        else:
            self.form_errors = [*self.form_errors, error.message]

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Domain errors of the block become errors of the form, and what the block did is undone."""
        try:
            with db().begin_nested():
                yield
        except DomainError as error:
            if error.status in (403, 404):
                raise
            self.take(error)

    @property
    def is_clean(self) -> bool:
        """Nothing was found wrong, by the fields or by the operation."""
        return not self.errors
