"""Sets English for the tests of this folder, unless a test chooses another language."""

import pytest

from lms.core.i18n import use_locale


@pytest.fixture(autouse=True)
def english():
    with use_locale("en"):
        yield
