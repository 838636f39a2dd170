"""Tests of this folder speak English: messages are compared as the code has them."""

import pytest

from lms.core.i18n import use_locale


@pytest.fixture(autouse=True)
def english():
    with use_locale("en"):
        yield
