"""Metrics of the whole service, read when Prometheus asks: jobs, letters, platforms without an answer, free space."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flask import Response, current_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lms.core.disk import space_of
from lms.core.jobs.queries import queues_by_kind
from lms.core.mail.operations import unsent_letters
from lms.http.metrics import EXTENSION, WebMetrics
from lms.notices.service_queries import silent_platforms

OF_JOBS = {
    "waiting": "Jobs that could run, those under way included.",
    "postponed": "Jobs that wait for a later moment.",
    "failed": "Jobs that failed at every attempt.",
    "oldest_seconds": "Seconds for which the oldest waiting job could have run.",
}
"""Metric of each kind of job → its help."""


def exposition(session: Session, now: datetime, data: Path) -> Response:
    """Returns the answer for Prometheus: the metrics of the web processes and those of the service."""
    measured: WebMetrics = current_app.extensions[EXTENSION]
    text = measured.exposition(service_metrics(session, now, data))
    return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def service_metrics(session: Session, now: datetime, data: Path) -> list[GaugeMetricFamily]:
    """Returns the metrics. While the database is away only ``lms_database_up`` and the disk's are known."""
    try:
        found = [*_jobs(session), *_letters(session, now), *_platforms(session, now)]
    except OperationalError:
        session.rollback()
        found = []
    return [_gauge("lms_database_up", "1 if the database answers.", bool(found)), *found, *_disk(data)]


def _jobs(session: Session) -> Iterator[GaugeMetricFamily]:
    found = queues_by_kind(session)
    waiting, postponed, failed, oldest = (
        GaugeMetricFamily(f"lms_jobs_{name}", help_text, labels=("kind",)) for name, help_text in OF_JOBS.items()
    )
    for kind, queue in found.items():
        waiting.add_metric((kind,), queue.due)
        postponed.add_metric((kind,), queue.postponed)
        failed.add_metric((kind,), queue.failed)
        oldest.add_metric((kind,), queue.oldest_seconds)
    yield from (waiting, postponed, failed, oldest)


def _letters(session: Session, now: datetime) -> Iterator[GaugeMetricFamily]:
    found = unsent_letters(session)
    yield _gauge("lms_mail_waiting", "Letters that are not sent yet.", found.waiting)
    yield _gauge("lms_mail_failed", "Letters that are not sent and not tried again.", found.failed)
    yield _gauge("lms_mail_oldest_seconds", "Age of the oldest letter that waits.", _seconds(found.oldest, now))


def _platforms(session: Session, now: datetime) -> Iterator[GaugeMetricFamily]:
    found = silent_platforms(session, before=now)
    longest = min((one.since for one in found), default=None)
    yield _gauge("lms_platforms_silent", "Platforms that do not answer.", len(found))
    yield _gauge("lms_platforms_silent_seconds", "Length of the longest outage of a platform.", _seconds(longest, now))


def _disk(data: Path) -> Iterator[GaugeMetricFamily]:
    space = space_of(data)
    yield _gauge("lms_disk_free_bytes", "Free space for the data.", space.free)
    yield _gauge("lms_disk_size_bytes", "Size of the file system of the data.", space.total)


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_text, value=value)


def _seconds(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
