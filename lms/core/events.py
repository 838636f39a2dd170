"""Synchronous events: what must travel up the layers, in the same session and transaction.

A domain package publishes a frozen dataclass; ``lms.composition`` subscribes the handlers. A handler that fails
fails the whole operation: nothing is half done.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

E = TypeVar("E")
Handler = Callable[[Session, Any], None]

_handlers: dict[type, list[Handler]] = defaultdict(list)


def subscribe(event: type[E], handler: Callable[[Session, E], None]) -> None:
    """Call the handler at each event of this type; subscribing it again changes nothing."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def publish(session: Session, event: object) -> None:
    """Tell everyone who subscribed, now, in this transaction."""
    for handler in _handlers[type(event)]:
        handler(session, event)


def subscriptions() -> dict[type, list[Handler]]:
    """Who listens to what: the rule tests compare it with the events declared."""
    return {event: list(handlers) for event, handlers in _handlers.items()}
