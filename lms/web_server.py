"""Hooks of gunicorn around the start of its processes: ``gunicorn --preload --config python:lms.web_server``."""

from typing import Any

from lms.composition import forget_connections
from lms.core.sharing import prepare_fork


def when_ready(_server: Any) -> None:
    """Prepares the loaded application for its processes, before the first of them is forked."""
    prepare_fork()


def post_fork(_server: Any, _worker: Any) -> None:
    """Gives a new process connections of its own."""
    forget_connections()
