"""Form of a new group for a platform's course."""

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from courses.models.programmes import ProgrammeVersion
from lms.core.i18n import lazy_gettext as _l
from lms.web.groups.forms import NEEDED, DayField
from lms.web.shell.forms import Form


class StartForm(Form):
    """Programme, name and dates."""

    version = SelectField(_l("Programme"), coerce=int, validators=[InputRequired(_l("Choose the programme."))])
    title = StringField(_l("Name of the group"), [*NEEDED, Length(max=200)])
    starts_on = DayField(_l("First day"), NEEDED)
    ends_on = DayField(_l("Last day"), NEEDED)

    def offer(self, versions: list[ProgrammeVersion]) -> None:
        """Sets the approved versions as choices."""
        self.version.choices = [(version.id, version.title) for version in versions]
