"""Forms of the administrator."""

from wtforms import BooleanField, DateField, EmailField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.core.i18n import lazy_gettext as _l
from lms.web.accounts.forms import NEEDED
from lms.web.shell.forms import Form
from lms.web.shell.stored_forms import StoredForm
from lms.web.shell.time_zones import ZoneField

PART = (*NEEDED, Length(max=120))


class PersonForm(StoredForm):
    """A person's name and contacts."""

    surname = StringField(_l("Surname"), PART)
    given_name = StringField(_l("Given name"), PART)
    patronymic = StringField(_l("Patronymic"), [Length(max=120)])
    email = EmailField(_l("E-mail"), [Length(max=254)])
    phone = StringField(_l("Phone"), [Length(max=40)])
    position = StringField(_l("Position"), [Length(max=500)])
    workplace = StringField(_l("Place of work"), [Length(max=500)])


class NewPersonForm(PersonForm):
    """A new person, with an account if wanted."""

    account = BooleanField(_l("Make an account"), default=True)


class AccountForm(Form):
    """An account for a person who has none."""

    username = StringField(_l("User name"), [Length(max=80)])


class PaperForm(Form):
    """Consent given on paper."""

    paper_date = DateField(_l("Date on the paper"), [InputRequired(_l("A date, please."))])


class AuthorityForm(StoredForm):
    """An authority."""

    name = StringField(_l("Name of the authority"), [*NEEDED, Length(max=500)])
    locality = StringField(_l("Town or village"), [Length(max=120)])
    time_zone = ZoneField(_l("Time zone"))


class ConsentTextForm(StoredForm):
    """A new version of the text of consent, in both languages."""

    text_ru = TextAreaField(_l("Text in Russian"), [*NEEDED, Length(max=20_000)])
    text_en = TextAreaField(_l("Text in English"), [*NEEDED, Length(max=20_000)])
