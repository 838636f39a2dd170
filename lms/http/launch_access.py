"""The views that a launch may open: each view declares it, and any other view is not found inside a launch.

A platform vouches for its people only in its own course. The owner of a platform can make launches at will, and must
not reach another person's account, the log-ins or the administration of the installation that way.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeVar, overload

from flask import current_app

View = TypeVar("View", bound=Callable[..., Any])

MARK = "launch_access"
"""Attribute of a view function that holds its ``LaunchAccess``."""


class LaunchAccess(IntEnum):
    """Launches that may open a view. Each value includes those below it."""

    CLOSED = 0
    OPEN = 1
    """Launches of a person who has an account here."""
    VISITOR = 2
    """Also launches of a person who has no account here yet."""
    ENTRY = 3
    """Also before the launch has a session, or after it has ended."""


@overload
def open_in_launch(view: View) -> View: ...


@overload
def open_in_launch(*, visitor: bool = ..., entry: bool = ...) -> Callable[[View], View]: ...


def open_in_launch(view: Any = None, *, visitor: bool = False, entry: bool = False) -> Any:
    """Marks a view as open inside a launch; stands under the route's decorator.

    ``visitor`` opens it to people without an account too, ``entry`` also when the launch has no session.
    """

    def mark(function: View) -> View:
        access = LaunchAccess.ENTRY if entry else LaunchAccess.VISITOR if visitor else LaunchAccess.OPEN
        setattr(function, MARK, access)
        return function

    return mark if view is None else mark(view)


def launch_access(endpoint: str | None) -> LaunchAccess:
    """Returns the access that the view of this endpoint declares.

    An address without an endpoint counts as open to visitors: the router answers that there is no such page.
    """
    if endpoint is None:
        return LaunchAccess.VISITOR
    view = current_app.view_functions.get(endpoint)
    access: LaunchAccess = getattr(view, MARK, LaunchAccess.CLOSED)
    return access


def is_open(endpoint: str | None, *, visitor: bool = False) -> bool:
    """Returns whether a launch may open this endpoint; with ``visitor``, a launch without an account."""
    return launch_access(endpoint) >= (LaunchAccess.VISITOR if visitor else LaunchAccess.OPEN)


def needs_launch(endpoint: str | None) -> bool:
    """Returns whether the endpoint is answered only while its launch has a session."""
    return launch_access(endpoint) < LaunchAccess.ENTRY
