"""Forms of a trainee's work."""

from wtforms import MultipleFileField, TextAreaField

from lms.core.i18n import lazy_gettext as _l
from lms.web.shell.forms import Form


class WorkForm(Form):
    """Text and files of a draft."""

    text = TextAreaField(_l("Text or a note to your work"))
    files = MultipleFileField(_l("Files"))
