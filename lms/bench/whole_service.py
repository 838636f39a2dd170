"""Figures of the service as a whole: an imported document, a large upload, the start of the web, memory."""

import io
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from statistics import median

from courses.importing.reader import read_programmes
from lms.bench import processor
from lms.bench.browser import Browser
from lms.bench.figures import Figure
from lms.bench.pages import web_of
from lms.bench.world import World
from lms.cli.processes import stop_all
from lms.cli.run import listening, readiness, web_child
from lms.cli.throwaway import RunningService
from lms.demo.browser import Upload, multipart
from lms.demo.samples.make import programme_docx
from lms.http.login import COOKIE

MEGABYTE = 1024 * 1024
UPLOAD = 49 * MEGABYTE
"""A little below the limit of an upload, 50 MB."""
AIM_IMPORT_MS, AIM_MEMORY_MB = 500.0, 120.0
SERVED = 5_000
GROWN = 20_000


def import_docx(*, rounds: int) -> Figure:
    """Returns the processor time in which a programme's Word document is read."""
    document = programme_docx()
    values = []
    for _round in range(rounds):
        began = time.process_time()
        read_programmes(io.BytesIO(document), "programme.docx")
        values.append((time.process_time() - began) * 1000)
    value = round(median(values), 1)
    return Figure("import_docx", value, "ms", "lower", AIM_IMPORT_MS, round(value / AIM_IMPORT_MS, 2))


def upload_50mb(service: RunningService, world: World, *, rounds: int) -> Figure:
    """Returns the seconds in which a video of nearly fifty megabytes is added to a work, and the web's processor
    time.
    """
    enrolment, token = world.trainees[-1]
    browser, path = Browser(service.address, {COOKIE: token}), f"/course/{enrolment}/tasks/{world.stage.task}"
    seconds, spent = [], []
    for number in range(rounds):
        fields = {"csrf_token": browser.get(path).form(path).fields["csrf_token"]}
        body, kind = multipart(fields, [Upload(f"urok-{number}.mp4", _video(number))], field="file")
        before, began = processor.seconds(web_of(service)), time.perf_counter()
        browser.post(f"{path}/files", body, kind)
        seconds.append(time.perf_counter() - began)
        spent.append((processor.seconds(web_of(service)) - before) * 1000)
    return Figure(
        "upload_50mb", round(median(seconds) * 1000, 1), "ms", "lower", details={"cpu_ms": round(median(spent), 1)}
    )


def _video(number: int) -> bytes:
    """Returns a file that begins as an MP4; no two have the same content."""
    head = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + number.to_bytes(8, "big")
    return head + uuid.uuid4().bytes * ((UPLOAD - len(head)) // 16)


def cold_start(service: RunningService, *, rounds: int) -> Figure:
    """Returns the seconds from the start of a web process until it answers; the first round fills the caches."""
    settings = service.parts.settings.model_copy(update={"port": 0})
    values = []
    for _round in range(rounds + 1):
        with listening(settings) as web:
            child = web_child(settings, web, service.environment, 1, 4)
            child.log = settings.data / "logs" / "cold.log"
            began = time.perf_counter()
            child.start()
            try:
                while readiness(f"http://{settings.host}:{web.getsockname()[1]}/readyz") != "ok":
                    time.sleep(0.01)
                values.append(time.perf_counter() - began)
            finally:
                stop_all([child], lambda: True)
    return Figure("cold_start", round(median(values[1:]) * 1000, 1), "ms", "lower")


def memory(service: RunningService, world: World) -> Iterator[Figure]:
    """Yields the memory of a web worker after 5,000 and 20,000 requests, and of a job worker."""
    readers = [Browser(service.address, {COOKIE: token}) for _key, token in world.trainees]
    sizes = {}
    for number in range(GROWN):
        enrolment, _token = world.trainees[number % len(readers)]
        readers[number % len(readers)].get(f"/course/{enrolment}" if number % 2 else "/")
        if number + 1 in (SERVED, GROWN):
            sizes[number + 1] = largest(web_of(service))
    grown = {"after_20000": sizes[GROWN]}
    yield Figure(
        "memory_web", sizes[SERVED], "MB", "lower", AIM_MEMORY_MB, round(sizes[SERVED] / AIM_MEMORY_MB, 2), grown
    )
    workers = [child.process.pid for child in service.children[1:] if child.process]
    jobs = largest(workers)
    yield Figure("memory_jobs", jobs, "MB", "lower", AIM_MEMORY_MB, round(jobs / AIM_MEMORY_MB, 2))


def largest(pids: list[int]) -> float:
    """Returns the memory of the largest process of these families, in MB."""
    sizes = [0.0]
    for pid in processor.family(pids):
        with suppress(OSError):  # it has ended meanwhile
            sizes.append(processor.megabytes(pid))
    return round(max(sizes), 1)
