"""Folders of the servers that these tests start."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.memory import throwaway_folder


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder of the test's own, in memory where there is room, which every account may enter."""
    with throwaway_folder() as folder:
        (folder / "data").mkdir()
        yield folder / "data"
