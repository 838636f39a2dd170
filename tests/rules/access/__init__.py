"""The access matrix: one row for every endpoint, one file a feature, each with its ``MATRIX``.

A row names the roles that may, and what the page then shows. The test requests every endpoint as every role: with the
objects of their own site (``leader``, ``teacher``, ``trainee``…) and, as people of another site and another authority
(``other_leader``, ``other_trainee``, ``other_methodologist``), with those very same objects, which are not theirs.
Whoever may not is sent to log in (``anyone``) or told that there is nothing (404) or that they may not (403), and never
sees what ``shows`` names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ROLES = (
    "anyone",
    "trainee",
    "other_trainee",
    "leader",
    "other_leader",
    "teacher",
    "methodologist",
    "secretary",
    "other_methodologist",
    "administrator",
)
LOGGED_IN = frozenset(ROLES) - {"anyone"}
EVERYBODY = frozenset(ROLES)


Launch = Literal["closed", "open", "visitor", "entry"]
"""What a launch may open, as ``lms.http.launch_access.LaunchAccess`` has it, in small letters."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may request an endpoint.

    ``values`` and ``data`` (of a POST) are made from the world (``tests.rules.access.world.World``). ``shows`` is a
    text of the page that nobody else may see. ``methods`` are those tried; all of the rule's methods by default.
    ``launch`` tells who may open the endpoint inside a platform's launch; see ``lms.http.launch_access``.
    """

    allowed: frozenset[str] | set[str]
    values: Callable[[Any], Mapping[str, Any]] = field(default=lambda _world: {})
    data: Callable[[Any], Mapping[str, Any]] = field(default=lambda _world: {})
    shows: Callable[[Any], str] | None = None
    methods: tuple[str, ...] | None = None
    launch: Launch = "closed"
