"""Periodic work of groups."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from courses.groups.roster_import import forget_old

PERIODIC: dict[str, tuple[float, Callable[[Session, datetime], None]]] = {"forget_lists": (6 * 3600.0, forget_old)}
"""Name → (seconds between runs, function)."""
