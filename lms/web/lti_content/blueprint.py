"""The blueprint, and how its views find what they are asked for."""

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
from lms.lti.messages.roles import PlatformRole
from lms.lti.models.launches import Launch, Link

bp = Blueprint("placing", __name__)

CHOOSERS = (PlatformRole.INSTRUCTOR, PlatformRole.ADMINISTRATOR)
"""Whose standing on the platform lets them say what a link shows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the platform asks to be chosen: content for its course (``settings``), or what one link opens."""

    launch: Launch
    settings: DeepLinkingSettings | None
    link: Link | None

    @property
    def several(self) -> bool:
        """Whether several things may be chosen at once."""
        return self.settings is not None and self.settings.several

    @property
    def takes_results(self) -> bool:
        """Whether results can go to the platform's gradebook."""
        return accepts_scores(self.launch, self.settings is not None and self.settings.line_items)


def asked() -> Asked:
    """What this launch asks for. Raises ``NotFound`` for a launch that asks for no choice, or not this person."""
    visiting = launch()
    if visiting.deep_linking:
        return Asked(visiting, read_settings(visiting.deep_linking, visiting.origins), None)
    if visiting.link is None or visiting.platform_role not in CHOOSERS:
        raise NotFound
    return Asked(visiting, None, visiting.link)


def group_to_show(cohort_id: int) -> Cohort:
    """The group, for who may show it on a platform. Raises ``NotFound``."""
    return fetch(db(), Cohort, cohort_id, actor=actor(), may="placement.make")


def led_sites() -> list[int]:
    """Ids of the sites that the actor leads."""
    return actor().ids("site", *LEADERS)
