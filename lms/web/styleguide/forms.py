"""A form with a field of every kind, for the style guide."""

from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    EmailField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.web.shell.forms import Form


class Sample(Form):
    """Form of the style guide; nothing is saved."""

    title = StringField(_l("Name of the programme"), validators=[DataRequired(), Length(max=200)])
    email = EmailField(_l("E-mail"), validators=[Optional(), Length(max=254)])
    start = DateField(_l("First day"), validators=[DataRequired()])
    hours = DecimalField(_l("Workload"), validators=[DataRequired(), NumberRange(min=1, max=1000)])
    places = IntegerField(_l("Places"), validators=[Optional(), NumberRange(min=1, max=200)])
    form = SelectField(
        _l("Form of study"), choices=[SelectChoice("full", _l("in class")), SelectChoice("mixed", _l("partly remote"))]
    )
    audience = TextAreaField(_l("Whom it is for"), validators=[DataRequired(), Length(max=2000)])
    pace = RadioField(
        _l("Pace"), choices=[SelectChoice("group", _l("With the group")), SelectChoice("own", _l("Individual plan"))]
    )
    plan = FileField(_l("Thematic plan"))
    agree = BooleanField(_l("Send invitations at once"))
