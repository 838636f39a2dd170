"""Forms of the welcome page: a new person, an existing account, a printed card."""

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from lms.core.auth.passwords import LONGEST
from lms.core.i18n import lazy_gettext as _l
from lms.web.shell.forms import Form

NEEDED = (InputRequired(_l("Please fill this in.")),)
PART = Length(max=120)


class NewForm(Form):
    """A new person, with the name printed on documents."""

    surname = StringField(_l("Surname"), [*NEEDED, PART])
    given_name = StringField(_l("Given name"), [*NEEDED, PART])
    patronymic = StringField(_l("Patronymic"), [PART])


class OwnForm(Form):
    """An existing account, verified by its password."""

    login = StringField(_l("User name or e-mail"), [*NEEDED, Length(max=254)])
    password = PasswordField(_l("Password"), [*NEEDED, Length(max=LONGEST)])
    second = StringField(_l("Code from your phone"), [Length(max=20)])


class OwnCardForm(Form):
    """An existing account, verified by a printed card."""

    login = StringField(_l("User name from the card"), [*NEEDED, Length(max=80)])
    code = StringField(_l("Code from the card"), [*NEEDED, Length(max=40)])
    second = StringField(_l("Code from your phone"), [Length(max=20)])
