"""Tests of this folder share the samples beside them, and speak English unless they say otherwise."""

import pytest

from lms.core.i18n import use_locale


@pytest.fixture(autouse=True)
def english():
    with use_locale("en"):
        yield
