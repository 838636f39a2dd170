"""The walk through the access matrix, whose world is built once for each file."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from lms.core.i18n import use_locale
from lms.core.settings import Settings
from tests.conftest import rolled_back, serving
from tests.support.walking import Walk


@pytest.fixture(scope="module")
def walk(_app: Flask, settings: Settings, engine: Engine) -> Iterator[Walk]:
    """The application with a world on one transaction, which is rolled back after the file's last test."""
    with rolled_back(engine, settings) as sessions, serving(_app, sessions), sessions() as session, use_locale("ru"):
        yield Walk(_app, session)
