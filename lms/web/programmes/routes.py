"""Programmes: the list, a programme to read, its plan, its parts, its life, and documents that become one."""

from lms.web.programmes import imports, life, listing, parts, plan
from lms.web.programmes.blueprint import bp
from lms.web.programmes.words import WORDS

for _name, _word in WORDS.items():
    bp.add_app_template_global(_word, _name)

__all__ = ["bp", "imports", "life", "listing", "parts", "plan"]
