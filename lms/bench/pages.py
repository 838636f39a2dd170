"""Figures of single pages: processor time of web and database a request, statements, bytes and elements.

Processor time wavers least: the client's own is not in it, and the clock does not matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from statistics import median

from lms.app import create_app
from lms.bench import processor
from lms.bench.browser import Browser
from lms.bench.figures import Figure
from lms.bench.load import Wanted, requests_a_second
from lms.bench.queries import count
from lms.bench.world import World
from lms.cli.throwaway import RunningService
from lms.http.login import COOKIE

REQUESTS = 60
"""Requests of one round; the kernel counts processor time in hundredths of a second."""
THROUGHPUT = ("page_course", "page_dashboard")
"""Pages that eight clients also ask for at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its reader: the path and the token of the session."""

    name: str
    path: str
    token: str


class Pages:
    """Measures pages of the running service beside the plain page."""

    def __init__(self, service: RunningService, world: World, plain: "PlainService") -> None:
        self.service, self.world, self.plain = service, world, plain
        self.app = create_app(service.parts.settings)

    def pages(self) -> dict[str, Page]:
        """Returns the pages by the names of their figures."""
        world, (enrolment, trainee) = self.world, self.world.trainees[0]
        known = (
            Page("page_course", f"/course/{enrolment}", trainee),
            Page("page_dashboard", "/", trainee),
            Page("page_grid_500", f"/groups/{world.stage.cohort}", world.leader),
            Page("page_queue", "/grading", world.leader),
            Page("page_task", f"/course/{enrolment}/tasks/{world.stage.task}", trainee),
        )
        return {one.name: one for one in known}

    def measure(self, chosen: Sequence[str], rounds: int) -> Iterator[Figure]:
        """Yields the chosen figures."""
        for name, page in self.pages().items():
            if name in chosen:
                figure = self._figure(page, rounds)
                yield self._with_throughput(figure, rounds) if name in THROUGHPUT else figure

    def _figure(self, page: Page, rounds: int) -> Figure:
        """Returns the figure of processor time: milliseconds a request, beside those of the plain page."""
        ours = Browser(self.service.address, {COOKIE: page.token})
        bare = Browser(self.plain.address)
        taken = [(self._spent(ours, page.path), self.plain.spent(bare)) for _round in range(rounds)]
        value, floor = (round(median(side), 1) for side in zip(*taken, strict=True))
        text = ours.get(page.path).text
        details = {
            "cpu_ms": value,
            "statements": count(self.app.test_client(), page.path, page.token),
            "bytes": len(text.encode()),
            "elements": elements(text),
        }
        return Figure(page.name, value, "ms", "lower", floor, round(value / floor, 2), details)

    def _with_throughput(self, figure: Figure, rounds: int) -> Figure:
        """Returns the figure with requests per second of eight clients as its value."""
        page = self.pages()[figure.name]
        readers = self.world.trainees
        path = "/course/{}" if page.name == "page_course" else "/"
        asked = [Wanted(path.format(key), f"{COOKIE}={token}") for key, token in readers]
        bare = [Wanted("/")] * len(readers)
        values = []
        for _round in range(rounds):
            values.append((requests_a_second(self.service.address, asked), requests_a_second(self.plain.address, bare)))
        value, ceiling = (round(median(side), 1) for side in zip(*values, strict=True))
        ratio = round(value / ceiling, 2)
        details = {**figure.details, "cpu_floor_ms": figure.ceiling or 0.0}
        return replace(figure, value=value, unit="1/s", better="higher", ceiling=ceiling, ratio=ratio, details=details)

    def _spent(self, browser: Browser, path: str) -> float:
        return spent(browser, path, [*web_of(self.service), *database_of(self.service)])


@dataclass(frozen=True, slots=True)
class PlainService:
    """The plain page, served as the product is."""

    address: str
    pids: tuple[int, ...]
    """Its web process, and the database."""

    def spent(self, browser: Browser) -> float:
        """Returns milliseconds of processor time a request."""
        return spent(browser, "/", self.pids)


def spent(browser: Browser, path: str, pids: Sequence[int]) -> float:
    """Returns milliseconds of processor time a request of these process families, of so many requests."""
    for _warm in range(10):
        browser.get(path)
    before = processor.seconds(pids)
    for _one in range(REQUESTS):
        browser.get(path)
    return (processor.seconds(pids) - before) * 1000 / REQUESTS


def web_of(service: RunningService) -> list[int]:
    """Returns the process of the web; its workers are its children."""
    process = service.children[0].process
    return [process.pid] if process else []


def database_of(service: RunningService) -> list[int]:
    """Returns the process of the database; the processes of its connections are its children."""
    server = service.servers.postgres
    return [server.process.pid] if server is not None and server.process is not None else []


def elements(text: str) -> int:
    """Returns the number of elements of a page."""
    counter = _Elements()
    counter.feed(text)
    return counter.found


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = 0

    def handle_starttag(self, _tag: str, _attributes: object) -> None:
        self.found += 1
