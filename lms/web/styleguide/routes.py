"""The style guide: every element of the pages on one page, in the demo only."""

from datetime import date

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from lms.composition import parts
from lms.web.styleguide.forms import Sample

bp = Blueprint("styleguide", __name__)


@bp.route("/styleguide", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Shows every macro; the form answers with its errors."""
    if not parts().settings.demo:
        abort(404)
    form = Sample()
    form.validate_on_submit()
    return render_template("styleguide.html", form=form, today=date(2026, 11, 24))
