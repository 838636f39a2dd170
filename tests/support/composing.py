"""The parts of a service in the process of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from lms import composition
from lms.core.jobs.queueing import job_notifier
from lms.core.settings import Settings


@contextmanager
def composed(settings: Settings) -> Iterator[composition.Parts]:
    """Composes the parts of this process and gives it back those that it had."""
    before = composition._current[:], job_notifier.send
    parts = composition.compose(settings)
    yield parts
    parts.engine.dispose()
    composition._current[:], job_notifier.send = before
