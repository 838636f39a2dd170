"""Samples for the tests of this folder; messages are English unless a test sets another language."""

import pytest

from lms.core.i18n import use_locale


@pytest.fixture(autouse=True)
def english():
    with use_locale("en"):
        yield
