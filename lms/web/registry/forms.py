"""Forms of the registry."""

from wtforms import BooleanField, DateField, EmailField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.web.accounts.forms import NEEDED
from lms.web.shell.forms import Form
from lms.web.shell.stored_forms import StoredForm
from lms.web.shell.time_zones import ZoneField

LINE = (*NEEDED, Length(max=500))
DAY = (InputRequired(_l("A date, please.")),)


class OrganizationForm(StoredForm):
    """A school, kindergarten, college or centre."""

    name = StringField(_l("Full name, as in the charter"), LINE)
    short_name = StringField(_l("Short name"), LINE)
    locality = StringField(_l("Town or village"), [Length(max=120)])
    director = StringField(_l("Who signs documents"), [Length(max=500)])
    director_position = StringField(_l("Their position"), [Length(max=500)])
    licensed = BooleanField(_l("Licensed for further education of teachers"))
    time_zone = ZoneField(_l("Time zone"))


class SiteForm(StoredForm):
    """An internship site: object (a direction) and subject (the theme)."""

    organization_id = SelectField(_l("Organisation"), coerce=int)
    direction_id = SelectField(_l("Object: the direction of activity"), coerce=int)
    theme = StringField(_l("Subject: the theme of the practice passed on"), LINE)


class StatusForm(Form):
    """A status granted or renewed by an order."""

    order_number = StringField(_l("Number of the order"), [*NEEDED, Length(max=120)])
    order_date = DateField(_l("Date of the order"), DAY)
    starts_on = DateField(_l("In force from"), DAY)
    ends_on = DateField(_l("In force until"), DAY)


class EndForm(Form):
    """A status that ends before its term."""

    ended_on = DateField(_l("From which day"), DAY)
    reason = TextAreaField(_l("Reason"), [*NEEDED, Length(max=2000)])


class MemberForm(Form):
    """A role for a known or a new person."""

    person_id = HiddenField()
    surname = StringField(_l("Surname"), [Length(max=120)])
    given_name = StringField(_l("Given name"), [Length(max=120)])
    patronymic = StringField(_l("Patronymic"), [Length(max=120)])
    email = EmailField(_l("E-mail"), [Length(max=254)])
    role = SelectField(_l("Role"))
    starts_on = DateField(_l("In the role since"), DAY)
    order_number = StringField(_l("Number of the order"), [Length(max=120)])
    order_date = DateField(_l("Date of the order"), [Optional()])
    qualification = StringField(_l("Qualification category and achievements"), [Length(max=500)])
