"""Forms of programmes; each part of a programme has a form of a dozen fields at most."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from courses.models.programmes import ProgrammeVersion
from courses.programmes.text_fields import DOCUMENT_KINDS
from lms.core.i18n import lazy_gettext as _l
from lms.registry.models import Site
from lms.web.programmes.position_labels import document_name
from lms.web.shell.forms import Form

FILL_IN = _l("Please fill this in.")
NEEDED = (InputRequired(FILL_IN),)


class SiteForm(Form):
    """Choice of a site, for an author of several."""

    site = SelectField(_l("Site"), coerce=int, validators=[InputRequired(_l("Choose the site."))])

    def offer(self, sites: list[Site]) -> None:
        """Sets the sites to choose from; a single one is chosen."""
        self.site.choices = [(site.id, f"{site.organization.short_name}: {site.theme}") for site in sites]
        if len(sites) == 1:
            self.site.data = sites[0].id

    @property
    def asks_site(self) -> bool:
        """True if there are several sites."""
        return len(self.site.choices or []) > 1


class UploadForm(SiteForm):
    """A programme's document."""

    file = FileField(_l("Word or Excel file"), validators=[InputRequired(_l("Choose a file."))])


class UploadPlanForm(Form):
    """A plan that replaces the version's plan."""

    file = FileField(_l("Word or Excel file"), validators=[InputRequired(_l("Choose a file."))])


class NewForm(SiteForm):
    """A programme without a document."""

    title = StringField(_l("Title"), validators=NEEDED)
    workload = StringField(_l("Workload, academic hours"), validators=NEEDED)


class PartForm(Form):
    """Page of a part; its fields are named as in ``courses.programmes.text_fields.PARTS``."""

    base = HiddenField()

    def typed(self) -> dict[str, str]:
        """Returns the typed values as text."""
        names = [field.name for field in self if field.name not in ("base", "csrf_token")]
        return {name: _text(self[name].data) for name in names if name in self.plain}

    plain: tuple[str, ...] = ()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


class PassportForm(PartForm):
    """Title, audience, workload and other general fields."""

    plain = ("title", "workload", "year", "form", "audience", "document_kind")
    title = StringField(_l("Title"), validators=NEEDED)
    workload = StringField(_l("Workload, academic hours"), validators=NEEDED)
    year = StringField(_l("Year"), validators=[Optional()])
    form = TextAreaField(_l("Form of study"))
    audience = TextAreaField(_l("Audience"))
    document_kind = RadioField(_l("Document on completion"), validators=NEEDED)

    def offer(self, version: ProgrammeVersion) -> None:
        """Sets the kinds of document to choose from."""
        self.document_kind.choices = [(kind, document_name(kind)) for kind in DOCUMENT_KINDS]


class NoteForm(PartForm):
    """The explanatory note (1.1)."""

    plain = ("key_ideas", "goal", "tasks")
    key_ideas = TextAreaField(_l("Key ideas"))
    goal = TextAreaField(_l("Goal"))
    tasks = TextAreaField(_l("Tasks"))


class ConditionsForm(PartForm):
    """Part 3, and the literature."""

    plain = ("staff", "equipment", "information", "literature", "other_parts")
    staff = TextAreaField(_l("Staff"))
    equipment = TextAreaField(_l("Equipment and rooms"))
    information = TextAreaField(_l("Information resources"))
    literature = TextAreaField(_l("Literature"))
    other_parts = TextAreaField(_l("Other texts of the document"))


class AttestationForm(PartForm):
    """The pass mark; the criteria are in a table beside it."""

    plain = ("pass_mark",)
    pass_mark = StringField(_l("Pass mark"), validators=[Optional()])


class CompletionForm(PartForm):
    """The completion rule, by which the document is issued."""

    plain = ("hours_needed", "self_check_threshold", "asks_rating")
    hours_needed = StringField(_l("Hours needed for the document"), validators=[Optional()])
    self_check_threshold = StringField(_l("Self-check threshold, per cent"), validators=NEEDED)
    asks_rating = BooleanField(_l("Competency self-assessment is a condition"))


class CompetencyForm(Form):
    """A competency with its descriptors, one per line."""

    base = HiddenField()
    lineage = HiddenField()
    title = TextAreaField(_l("Competency"), validators=NEEDED)
    knows = TextAreaField(_l("Knows"))
    can = TextAreaField(_l("Can"))
    practised = TextAreaField(_l("Has practised"))


class CorrectionForm(Form):
    """Correction of a misprint in an approved version."""

    place = HiddenField()
    seen = HiddenField()
    text = TextAreaField(_l("Corrected text"), validators=NEEDED)
