"""Synchronous events, by which a lower layer informs a higher one in the same session and transaction.

A domain package publishes a frozen dataclass; ``lms.composition`` subscribes the handlers. A handler that fails makes
the whole operation fail.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

E = TypeVar("E")
Handler = Callable[[Session, Any], None]

_handlers: dict[type, list[Handler]] = defaultdict(list)


def subscribe(event: type[E], handler: Callable[[Session, E], None]) -> None:
    """Subscribes the handler to events of this type. Subscribing it again changes nothing."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def publish(session: Session, event: object) -> None:
    """Calls every subscribed handler now, in this transaction."""
    for handler in _handlers[type(event)]:
        handler(session, event)
