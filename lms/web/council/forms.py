"""Forms of the council: number and date of a document, remarks."""

from wtforms import BooleanField, DateField, StringField, TextAreaField
from wtforms.validators import InputRequired

from lms.core.i18n import lazy_gettext as _l
from lms.web.shell.forms import Form

FILL_IN = _l("Please fill this in.")
NO_DATE = _l("Choose the date.")


class DecisionForm(Form):
    """Document that a decision is based on."""

    number = StringField(_l("Protocol number"), validators=[InputRequired(FILL_IN)])
    on = DateField(_l("Date of the protocol"), validators=[InputRequired(NO_DATE)])


class ConsiderForm(DecisionForm):
    """Consideration at a meeting; the same protocol may approve the programme."""

    remarks = TextAreaField(_l("Remarks for the author"))
    approves = BooleanField(_l("The same protocol approves the programme"))


class ApproveForm(DecisionForm):
    """Approval by an order or a protocol."""

    number = StringField(_l("Number of the order or protocol"), validators=[InputRequired(FILL_IN)])
    on = DateField(_l("Date of the order or protocol"), validators=[InputRequired(NO_DATE)])


class ReturnForm(DecisionForm):
    """Return to the author, with remarks."""

    remarks = TextAreaField(_l("What should be changed"), validators=[InputRequired(FILL_IN)])
