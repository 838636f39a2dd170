"""Messages in English, so that tests may look for words of the code."""

from collections.abc import Iterator

import pytest

from lms.core.i18n import use_locale


@pytest.fixture
def english() -> Iterator[None]:
    with use_locale("en"):
        yield
