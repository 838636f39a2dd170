"""Forms about certificates."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lms.core.texts import lazy_gettext as _l
from lms.web.edge.forms import Form


class WithdrawForm(Form):
    """Why a certificate is withdrawn: said on the verification page too."""

    reason = StringField(_l("Reason"), [InputRequired(), Length(max=500)])
