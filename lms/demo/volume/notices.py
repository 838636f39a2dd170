"""Notices of generated people, which cause no letters."""

from typing import Any

from lms.core.notifications.models import Notice
from lms.demo.volume.bulk_writer import BulkWriter


def add_notice(writer: BulkWriter, **values: Any) -> None:
    """Adds a notice about which no letter is written any more."""
    writer.add(Notice, mail="done", **values)
