"""Sets English messages, so that tests can compare them with the source."""

from collections.abc import Iterator

import pytest

from lms.core.i18n import use_locale


@pytest.fixture
def english() -> Iterator[None]:
    with use_locale("en"):
        yield
