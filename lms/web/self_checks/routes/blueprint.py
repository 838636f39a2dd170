"""Blueprint of self-checks; its views are in modules by their users."""

from flask import Blueprint

from lms.web.self_checks import presenters

bp = Blueprint("self_checks", __name__)
bp.record_once(lambda state: state.app.jinja_env.globals.update(questions_of=presenters))
