"""Programmes: list, reading, plan, parts, workflow, import of documents."""

from lms.web.programmes import imports, listing, parts, plan, workflow
from lms.web.programmes.blueprint import bp
from lms.web.programmes.presenters import WORDS

for _name, _word in WORDS.items():
    bp.add_app_template_global(_word, _name)

__all__ = ["bp", "imports", "listing", "parts", "plan", "workflow"]
