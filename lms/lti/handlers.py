"""Event handlers of this domain; subscribed by the composition."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from assessment.events import ResultChanged
from lms.lti.grades import operations

SUBSCRIPTIONS: tuple[tuple[type, Callable[[Session, Any], None]], ...] = (
    (ResultChanged, operations.on_result_changed),
)
