"""Blueprint of groups, with the permission checks that its views share."""

from datetime import date

from flask import Blueprint

from courses.models.groups import Cohort, Enrolment
from courses.models.programmes import ImportDraft, ProgrammeVersion
from lms.core.auth.policy import fetch
from lms.core.auth.roles import LEADERS, SITE_STAFF
from lms.core.clock import day_in
from lms.core.errors import NotFound
from lms.http.request_context import actor, db, now
from lms.web.groups.presenters import WORDS

bp = Blueprint("groups", __name__)
for _name, _word in WORDS.items():
    bp.add_app_template_global(_word, _name)


def group_to_see(cohort_id: int) -> Cohort:
    """Returns the group for staff of its site. Raises ``NotFound``."""
    return fetch(db(), Cohort, cohort_id, actor=actor(), may="group.see")


def group_to_edit(cohort_id: int) -> Cohort:
    """Returns the group for leaders of its site. Raises ``NotFound``, or ``Forbidden`` for a teacher."""
    return fetch(db(), Cohort, cohort_id, actor=actor(), may="group.edit", see="group.see")


def trainee_to_see(enrolment_id: int) -> Enrolment:
    """Returns the enrolment for staff of its site. Raises ``NotFound``."""
    return fetch(db(), Enrolment, enrolment_id, actor=actor(), may="group.see")


def trainee_to_edit(enrolment_id: int) -> Enrolment:
    """Returns the enrolment for leaders of its site. Raises ``NotFound`` or ``Forbidden``."""
    return fetch(db(), Enrolment, enrolment_id, actor=actor(), may="group.edit", see="group.see")


def version_to_run(version_id: int) -> ProgrammeVersion:
    """Returns a version of a site that the actor leads. Raises ``NotFound``."""
    return fetch(db(), ProgrammeVersion, version_id, actor=actor(), may="group.edit")


def own_list(draft_id: int) -> tuple[ImportDraft, Cohort]:
    """Returns the list of trainees that the actor uploaded, and its group. Raises ``NotFound``."""
    draft = fetch(db(), ImportDraft, draft_id, actor=actor(), may="group.import")
    if draft.subject_id is None:
        raise NotFound
    return draft, group_to_edit(draft.subject_id)


def staffed_sites() -> list[int]:
    """Returns the ids of the sites where the actor works."""
    return actor().ids("site", *SITE_STAFF)


def led_sites() -> list[int]:
    """Returns the ids of the sites that the actor leads."""
    return actor().ids("site", *LEADERS)


def today_of(cohort: Cohort) -> date:
    """Returns the current date in the time zone of the group's site."""
    return day_in(cohort.site.time_zone, now())
