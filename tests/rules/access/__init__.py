"""The access matrix: one row for every endpoint, one file for each feature, each with its ``MATRIX``.

A row names the roles that may request the endpoint, and a text that the page then shows. The test requests every
endpoint as every role, always with the objects of one site: its own people (``leader``, ``teacher``, ``trainee``…) and
people of another site and another authority (``other_leader``, ``other_trainee``, ``other_methodologist``). All other
roles are refused: sent to log in (``anyone``), 404 or 403, and the answer must not contain the text of ``shows``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ROLES = (
    "anyone",
    "trainee",
    "other_trainee",
    "leader",
    "acting_leader",
    "other_leader",
    "teacher",
    "expert",
    "methodologist",
    "council_member",
    "secretary",
    "other_methodologist",
    "director",
    "coordinator",
    "administrator",
)
LOGGED_IN = frozenset(ROLES) - {"anyone"}
EVERYBODY = frozenset(ROLES)

# The sets are written here again, not taken from the product: a role that the product adds to a set must be added here.
LEADERS = frozenset({"leader", "acting_leader"})
SITE_STAFF = LEADERS | {"teacher"}
GRADERS = SITE_STAFF | {"expert"}
COUNCIL = frozenset({"methodologist", "council_member", "secretary"})
"""Every role at the authority of the site."""
HOST = frozenset({"director", "coordinator"})
"""Every role at the organisation of the site."""


Launch = Literal["closed", "open", "visitor", "entry"]
"""Name of the endpoint's ``lms.http.launch_access.LaunchAccess`` in lower case."""


@dataclass(frozen=True, slots=True)
class Access:
    """The roles that may request an endpoint, and how the test requests it.

    ``values`` and ``data`` (of a POST) are made from the world (``tests.rules.access.world.World``). ``shows`` is a
    text of the page that other roles must not see. ``methods`` are those tried; all of the rule's methods by default.
    ``launch`` names the launches that may open the endpoint; see ``lms.http.launch_access``.
    """

    allowed: frozenset[str] | set[str]
    values: Callable[[Any], Mapping[str, Any]] = field(default=lambda _world: {})
    data: Callable[[Any], Mapping[str, Any]] = field(default=lambda _world: {})
    shows: Callable[[Any], str] | None = None
    methods: tuple[str, ...] | None = None
    launch: Launch = "closed"
