"""Forms of groups."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from courses.models.groups import Cohort
from courses.models.programmes import ProgrammeVersion
from lms.core.auth.passwords import LONGEST
from lms.core.i18n import _
from lms.core.i18n import lazy_gettext as _l
from lms.web.groups.presenters import state_choices
from lms.web.shell.forms import Form
from lms.web.shell.stored_forms import StoredForm

FILL_IN = _l("Please fill this in.")
NEEDED = (InputRequired(FILL_IN),)
LINE = Length(max=200)
NUMBER = Length(max=120)


class DayField(DateField):
    """A date in ISO format or as people type it."""

    def __init__(self, label: Any, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the date; the error message shows the expected format."""
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError:
            raise ValueError(_("A date, please, as in 01.09.2026.")) from None


class DatesForm(StoredForm):
    """Name and dates of a group."""

    title = StringField(_l("Name of the group"), [*NEEDED, LINE])
    starts_on = DayField(_l("First day"), NEEDED)
    ends_on = DayField(_l("Last day"), NEEDED)


class NewGroupForm(DatesForm):
    """A group for an approved version."""

    version = SelectField(_l("Programme"), coerce=int, validators=[InputRequired(_l("Choose the programme."))])
    order_number = StringField(_l("Number of the order of enrolment"), [Optional(), NUMBER])
    order_date = DayField(_l("Date of the order"), [Optional()])

    def offer(self, versions: list[ProgrammeVersion]) -> None:
        """Sets the approved versions to choose from."""
        self.version.choices = [(version.id, version.title) for version in versions]


class SettingsForm(DatesForm):
    """Name and dates of an existing group."""

    of_this_request = frozenset({"respread"})
    respread = BooleanField(_l("Recalculate the dates of the topics for these days"))


class OrderForm(StoredForm):
    """Number and date of an order."""

    order_number = StringField(_l("Number of the order"), [Optional(), NUMBER])
    order_date = DayField(_l("Date of the order"), [Optional()])


class FinishForm(StoredForm):
    """The order of completion."""

    of_this_request = frozenset({"finish"})
    order_number = StringField(_l("Number of the order"), [*NEEDED, NUMBER])
    order_date = DayField(_l("Date of the order"), NEEDED)
    finish = BooleanField(_l("Whoever has all hours is finished by this order"))


class UploadForm(Form):
    """A file with a list of trainees."""

    file = FileField(_l("Excel workbook or .csv"), validators=[InputRequired(_l("Choose a file."))])


class PersonForm(Form):
    """One trainee typed by hand."""

    surname = StringField(_l("Surname"), [*NEEDED, Length(max=120)])
    given_name = StringField(_l("Given name"), [*NEEDED, Length(max=120)])
    patronymic = StringField(_l("Patronymic"), [Optional(), Length(max=120)])
    email = EmailField(_l("E-mail"), [Optional(), Length(max=254)])
    workplace = StringField(_l("Place of work"), [Optional(), Length(max=500)])
    position = StringField(_l("Position"), [Optional(), Length(max=500)])


class StateForm(Form):
    """New state of an enrolment, its first day and its order."""

    state = SelectField(_l("State"), validators=NEEDED)
    on_date = DayField(_l("Since"), NEEDED)
    order_number = StringField(_l("Number of the order"), [Optional(), NUMBER])
    reason = StringField(_l("Reason"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state.choices = state_choices()


class TransferForm(Form):
    """Group to which a trainee is transferred."""

    to_cohort = SelectField(_l("Which group"), coerce=int, validators=NEEDED)
    order_number = StringField(_l("Number of the order"), [Optional(), NUMBER])
    reason = StringField(_l("Reason"), [Optional(), Length(max=500)])

    def offer(self, groups: list[Cohort], current: Cohort) -> None:
        """Sets the groups to choose from; each says whether the progress goes along."""
        self.to_cohort.choices = [(group.id, self._label(group, current)) for group in groups]

    @staticmethod
    def _label(group: Cohort, current: Cohort) -> str:
        same = group.version_id == current.version_id
        follows = _("the progress goes along") if same else _("begins anew: another version or programme")
        return f"{group.title} · {group.version.title} · {follows}"


class KeyForm(Form):
    """The group's key."""

    key = StringField(_l("Key of the group"), [*NEEDED, Length(max=40)])


class RegisterForm(Form):
    """Registration of a person who joins by a key without an account."""

    key = HiddenField()
    surname = StringField(_l("Surname"), [*NEEDED, Length(max=120)])
    given_name = StringField(_l("Given name"), [*NEEDED, Length(max=120)])
    patronymic = StringField(_l("Patronymic"), [Optional(), Length(max=120)])
    workplace = StringField(_l("Place of work"), [Optional(), Length(max=500)])
    email = EmailField(_l("E-mail"), [Optional(), Length(max=254)])
    username = StringField(_l("User name"), [Optional(), Length(max=80)])
    password = PasswordField(_l("Password"), [*NEEDED, Length(max=LONGEST)])
    repeat = PasswordField(_l("The same once more"), [*NEEDED, Length(max=LONGEST)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Checks that both passwords are the same."""
        if not super().validate(extra_validators):
            return False
        if self.repeat.data != self.password.data:
            self.repeat.errors = [_("The two passwords differ: type the new one again.")]
            return False
        return True
