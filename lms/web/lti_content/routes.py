"""Placements: chosen inside a platform's course, looked after on our own pages."""

from lms.web.lti_content import choosing, leading, starting
from lms.web.lti_content.blueprint import bp
from lms.web.lti_content.presenters import WORDS

for _name, _word in WORDS.items():
    bp.add_app_template_global(_word, _name)

__all__ = ["bp", "choosing", "leading", "starting"]
