"""Blueprint of content selection, and the request's objects."""

from dataclasses import dataclass

from flask import Blueprint

from courses.models.groups import Cohort
from lms.core.auth.policy import fetch
from lms.core.auth.roles import LEADERS
from lms.core.errors import NotFound
from lms.http.launch_context import launch
from lms.http.request_context import actor, db
from lms.lti.content.content_items import accepts_scores
from lms.lti.content.deep_linking import DeepLinkingSettings, read_settings
from lms.lti.messages.roles import STAFF_ROLES
from lms.lti.models.launches import Launch, Link
from lms.web.lti_content.presenters import WORDS

bp = Blueprint("placing", __name__)
for _name, _function in WORDS.items():
    bp.add_app_template_global(_function, _name)


@dataclass(frozen=True, slots=True)
class Asked:
    """Requested selection: content for the platform's course (``settings``) or for one link."""

    launch: Launch
    settings: DeepLinkingSettings | None
    link: Link | None

    @property
    def several(self) -> bool:
        """True if several items may be chosen."""
        return self.settings is not None and self.settings.several

    @property
    def takes_results(self) -> bool:
        """True if the platform's gradebook accepts scores."""
        return accepts_scores(self.launch, self.settings is not None and self.settings.line_items)


def asked() -> Asked:
    """Returns the selection requested by the launch. Raises ``NotFound`` if none is, or not from this person."""
    visiting = launch()
    if visiting.deep_linking:
        return Asked(visiting, read_settings(visiting.deep_linking, visiting.origins), None)
    if visiting.link is None or visiting.platform_role not in STAFF_ROLES:
        raise NotFound
    return Asked(visiting, None, visiting.link)


def group_to_show(cohort_id: int) -> Cohort:
    """Returns the group if the actor may show it on a platform. Raises ``NotFound``."""
    return fetch(db(), Cohort, cohort_id, actor=actor(), may="placement.make")


def led_sites() -> list[int]:
    """Returns the ids of the sites that the actor leads."""
    return actor().ids("site", *LEADERS)
