"""Forms of certificates."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lms.core.i18n import lazy_gettext as _l
from lms.web.shell.forms import Form


class WithdrawForm(Form):
    """The reason for a withdrawal, which the verification page shows too."""

    reason = StringField(_l("Reason"), [InputRequired(), Length(max=500)])
