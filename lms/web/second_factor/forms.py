"""Forms of the second factor."""

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from lms.core.auth.passwords import LONGEST
from lms.core.i18n import lazy_gettext as _l
from lms.web.shell.forms import Form

NEEDED = InputRequired(_l("Please fill this in."))


class CodeForm(Form):
    """A code of the app, or a recovery code."""

    code = StringField(_l("Code"), [NEEDED, Length(max=20)])


class SetUpForm(Form):
    """The first code of an app that has taken the secret."""

    sealed = HiddenField()
    current_password = PasswordField(_l("Current password"), [Length(max=LONGEST)])
    code = StringField(_l("Code"), [NEEDED, Length(max=20)])
