"""Forms of the log-in and of the own account."""

from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from lms.core.auth.passwords import LONGEST
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.shell.forms import Form
from lms.web.shell.stored_forms import StoredForm
from lms.web.shell.time_zones import ZoneField, zone_choices

FILL_IN = _l("Please fill this in.")
NEEDED = (InputRequired(FILL_IN),)
SECRET = (InputRequired(FILL_IN), Length(max=LONGEST))


class LogInForm(Form):
    """User name or e-mail, and password."""

    login = StringField(_l("User name or e-mail"), [*NEEDED, Length(max=254)])
    password = PasswordField(_l("Password"), SECRET)
    next = HiddenField()


class CardForm(Form):
    """User name and the code of a printed card."""

    username = StringField(_l("User name from the card"), [*NEEDED, Length(max=80)])
    code = StringField(_l("Code from the card"), [*NEEDED, Length(max=40)])


class ForgottenForm(Form):
    """User name or e-mail of the person who asks for a new password."""

    login = StringField(_l("User name or e-mail"), [*NEEDED, Length(max=254)])


class _NewPassword(Form):
    def validate(self, extra_validators: Any = None) -> bool:
        """Checks that both passwords are the same."""
        if not super().validate(extra_validators):
            return False
        if self["repeat"].data != self[self.new_name].data:
            self["repeat"].errors = [_("The two passwords differ: type the new one again.")]
            return False
        return True

    new_name = "password"


class FirstPasswordForm(_NewPassword):
    """A password that is set by a one-time link."""

    password = PasswordField(_l("New password"), SECRET)
    repeat = PasswordField(_l("The same once more"), SECRET)


class PasswordForm(_NewPassword):
    """A password that its owner changes."""

    new_name = "new"
    current = PasswordField(_l("Current password"), [Length(max=LONGEST)])
    new = PasswordField(_l("New password"), SECRET)
    repeat = PasswordField(_l("The same once more"), SECRET)


class AccountForm(StoredForm):
    """Settings that the owner of an account may change."""

    email = EmailField(_l("E-mail"), [Length(max=254)])
    current_password = PasswordField(_l("Current password"), [Length(max=LONGEST)])
    locale = SelectField(
        _l("Language of the screens"), choices=[SelectChoice("ru", "Русский"), SelectChoice("en", "English")]
    )
    time_zone = ZoneField(_l("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone.choices = [
            SelectChoice("", _("As the internship site’s")),
            *zone_choices(self.time_zone.object_data),
        ]


class ConsentForm(Form):
    """Consent in a step of its own."""

    document_id = HiddenField()
    agree = BooleanField(_l("I have read the text and consent"), [InputRequired(_l("Tick here if you consent."))])
