"""Sentences of what was done to work in the background."""

from collections.abc import Callable, Mapping
from typing import Any

from lms.core.i18n import _

SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "job.retry": lambda _detail: _("Failed work was started again"),
    "run.start": lambda _detail: _("Long work was started"),
    "run.pause": lambda _detail: _("Long work was paused"),
    "run.run": lambda _detail: _("Long work was resumed"),
    "run.cancel": lambda _detail: _("Long work was cancelled"),
}
