"""Groups: list, grid, trainees, enrolment, dates, orders, one trainee, joining by a key."""

from lms.web.groups import dates, grid, home, importing, joining, listing, people, settings, trainee
from lms.web.groups.blueprint import bp
from lms.web.groups.presenters import WORDS
from lms.web.home.dashboards import draw

for _name, _word in WORDS.items():
    bp.add_app_template_global(_word, _name)

draw("leader", home.show)

__all__ = ["bp", "dates", "grid", "importing", "joining", "listing", "people", "settings", "trainee"]
