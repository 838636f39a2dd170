"""Placements: chosen inside a platform's course, looked after on our own pages."""

from lms.web.placing import choosing, leading, starting
from lms.web.placing.blueprint import bp
from lms.web.placing.words import WORDS

for _name, _word in WORDS.items():
    bp.add_app_template_global(_word, _name)

__all__ = ["bp", "choosing", "leading", "starting"]
