"""Forms of the authors of self-checks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import BooleanField, FileField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from assessment.models.self_checks import SelfCheck
from assessment.self_checks.operations import SelfCheckSettings
from assessment.self_checks.queries import NumberedTopic
from lms.core.i18n import _
from lms.core.i18n import lazy_gettext as _l
from lms.web.shell.forms import Form

ENTRY = "entry"


class ConditionsForm(Form):
    """Conditions of a self-check."""

    title = StringField(_l("Title"), [DataRequired(_l("Write a title.")), Length(max=500)])
    place = SelectField(_l("Where it stands"))
    attempts_allowed = IntegerField(_l("Attempts allowed"), [Optional()])
    time_limit = IntegerField(_l("Time limit, minutes"), [Optional()])
    shuffle = BooleanField(_l("Shuffle the options of answers"), default=True)
    required = BooleanField(_l("Needed for the certificate"), default=True)
    instructions = TextAreaField(_l("Instructions"), [Optional(), Length(max=20_000)])

    def offer(self, places: Sequence[NumberedTopic], check: SelfCheck | None = None) -> None:
        """Sets the topics to choose from, and stored values if nothing was posted."""
        topics = [(str(one.topic.lineage), one.title) for one in places]
        self.place.choices = [*topics, (ENTRY, _("Entry test of the whole programme"))]
        current = str(check.topic_lineage) if check and check.topic_lineage else None
        if current and current not in dict(topics):
            self.place.choices.insert(0, (current, _("A topic of an earlier plan")))

    def conditions(self) -> SelfCheckSettings:
        """Returns the conditions of the form."""
        entry = self.place.data == ENTRY
        return SelfCheckSettings(
            title=self.title.data or "",
            instructions=self.instructions.data or "",
            topic_lineage=None if entry else UUID(self.place.data),
            purpose="entry" if entry else "topic",
            attempts_allowed=self.attempts_allowed.data,
            time_limit_minutes=self.time_limit.data,
            shuffle=self.shuffle.data,
            required=self.required.data,
        )


def values_of(check: SelfCheck) -> dict[str, Any]:
    """Returns a stored self-check as values of the form."""
    return {
        "title": check.title,
        "place": str(check.topic_lineage) if check.topic_lineage else ENTRY,
        "attempts_allowed": check.attempts_allowed,
        "time_limit": check.time_limit_seconds // 60 if check.time_limit_seconds else None,
        "shuffle": check.shuffle,
        "required": check.required,
        "instructions": check.instructions,
    }


class FileForm(Form):
    """A file of questions."""

    file = FileField(_l("File in the GIFT format"), [DataRequired(_l("Choose a file."))])
