"""Metrics of the web processes for Prometheus: requests, processor time, statements sent to the database.

They are measured where ``LMS_METRICS_TOKEN`` is set. With several processes each writes its values into files of its
own in the folder of ``PROMETHEUS_MULTIPROC_DIR``, and whichever process is asked adds them up (decision 43).
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from flask import Flask, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from werkzeug.wrappers import Response

from lms.core import statements

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Variable of the environment that names the folder for the values of several processes; none: of this one alone."""
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""
EXTENSION = "metrics"
"""Name under which the application keeps its ``WebMetrics``."""


class WebMetrics:
    """The metrics of the web processes."""

    def __init__(self) -> None:
        self.folder = os.environ.get(FOLDER)
        if self.folder:
            Path(self.folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "lms_request_seconds",
            "Requests and their duration, by endpoint, method and class of the status.",
            ("endpoint", "method", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.cpu = self._counter("lms_request_cpu_seconds", "Processor time of requests.")
        self.statements = self._counter("lms_database_statements", "Statements that requests sent to the database.")
        self.waits = self._counter("lms_database_seconds", "Seconds for which requests waited for their statements.")
        self.process_cpu = Counter(
            "lms_web_cpu_seconds", "Processor time of the web processes, starts included.", registry=self.registry
        )
        self.clock = ProcessClock()
        self._known: dict[tuple[str, ...], tuple[Histogram, Counter, Counter, Counter]] = {}

    def _counter(self, name: str, help_text: str) -> Counter:
        return Counter(name, help_text, ("endpoint",), registry=self.registry)

    def begin(self) -> None:
        """Notes the processor time of this thread at the start of the request."""
        g.cpu_began = time.thread_time()

    def note(self, response: Response) -> Response:
        """Adds the request that this response ends."""
        endpoint = request.endpoint or "none"
        method = request.method if request.method in METHODS else "other"
        now, cpu = time.perf_counter(), time.thread_time()
        duration, cpu_time, count, wait = self._of(endpoint, method, f"{response.status_code // 100}xx")
        duration.observe(now - g.get("began", now))
        cpu_time.inc(cpu - g.get("cpu_began", cpu))
        usage = statements.current()
        if usage is not None and usage.count:
            count.inc(usage.count)
            wait.inc(usage.seconds)
        self.process_cpu.inc(self.clock.advance())
        return response

    def _of(self, *labels: str) -> tuple[Histogram, Counter, Counter, Counter]:
        """Returns the metrics with these labels; finding them by the library costs more than adding to them."""
        if (known := self._known.get(labels)) is None:
            counters = (self.cpu, self.statements, self.waits)
            cpu, count, wait = (counter.labels(labels[0]) for counter in counters)
            known = self._known[labels] = (self.requests.labels(*labels), cpu, count, wait)
        return known

    def exposition(self, others: Iterable[Metric]) -> bytes:
        """Returns the metrics of all web processes, and these others, in the text format of Prometheus."""
        registry = CollectorRegistry()
        registry.register(_Given(others))
        if not self.folder:
            return generate_latest(self.registry) + generate_latest(registry)
        MultiProcessCollector(registry, self.folder)
        return generate_latest(registry)


class ProcessClock:
    """Processor time of this process since the last question."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen = 0.0

    def advance(self) -> float:
        """Returns the seconds since the call before; at the first call, since the start of the process."""
        with self._lock:
            now = time.process_time()
            passed, self._seen = now - self._seen, now
            return max(passed, 0.0)


class _Given(Collector):
    """Metrics that were read before."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        return self._found


def init_metrics(app: Flask) -> None:
    """Measures every request."""
    measured = app.extensions[EXTENSION] = WebMetrics()
    app.before_request(measured.begin)
    app.after_request(measured.note)
