"""A real browser on the running service: gunicorn, worker, scheduler, PostgreSQL, Valkey.

All browser tests share one database; each creates its own site and people (``live.sessions``).
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Playwright, sync_playwright
from pydantic import SecretStr
from sqlalchemy.orm import Session, sessionmaker

from lms.composition import configure_keys
from lms.core.clock import utc_now
from lms.core.db import make_engine, make_sessions
from lms.core.people.models import Account
from lms.core.people.sessions import open_session
from lms.core.settings import Settings
from lms.devserver.supervisor import Servers
from lms.http.login import COOKIE
from tests.support import browser_failures
from tests.support.chromium import find_chromium
from tests.support.cookie_settings import start_without_frame_cookies
from tests.support.platform.certificates import Certificates
from tests.support.platform.strict import StrictPlatform
from tests.support.processes import Running, free_port, running_processes, wait_for_address
from tests.support.screens import DESKTOP, PHONE, check_screen
from tests.support.thoroughness import FULL
from tests.support.watching import FAULTS, watch

WIDTHS = {"desktop": DESKTOP, "phone": PHONE}
SCREENS = (("desktop", "en"), ("phone", "ru"))
"""Width and language in which each screen is checked: both widths and both languages, in two visits instead of four."""
FLOW_WIDTHS = ("phone", "desktop") if FULL else ("phone",)
"""Widths of the flows whose steps are the same at both; ``check_widths`` checks their screens at both at every run."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--always-sparkplug",  # axe runs once a page: a tenth less CPU time
]


@dataclass(slots=True)
class Live:
    """The running service."""

    url: str
    sessions: sessionmaker[Session]
    processes: Running

    def use_keys(self) -> None:
        """Seals and signs in this process under the secret of the running service."""
        secret_key = SecretStr(self.processes.environment["LMS_SECRET_KEY"])
        configure_keys(Settings(secret_key=secret_key))


@pytest.fixture(scope="session")
def live(
    servers: Servers,
    make_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
    certificates: Certificates,
) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    port, database_url = free_port(), make_database()
    address = f"http://127.0.0.1:{port}"
    with running_processes(
        folder / "logs",
        database_url=database_url,
        redis_url=servers.redis_url,
        data=folder / "data",
        LMS_PUBLIC_URL=address,
        LMS_SECOND_FACTOR="optional",  # administrators of these tests log in without a phone
        **certificates.environment(),
    ) as processes:
        processes.start_web(port)
        processes.start_worker()
        wait_for_address(f"{address}/readyz")
        engine = make_engine(database_url)
        yield Live(address, make_sessions(engine), processes)
        engine.dispose()


@pytest.fixture(scope="session")
def secure(live: Live, certificates: Certificates) -> Live:
    """The same service over TLS, on another site than a platform on localhost: its cookies in frames are
    third-party.
    """
    port = free_port()
    address = f"https://127.0.0.1:{port}"
    live.processes.start_web(port, name="secure", certificates=certificates, LMS_PUBLIC_URL=address)
    wait_for_address(f"{address}/readyz", certificates.client_context())
    return Live(address, live.sessions, live.processes)


@pytest.fixture
def framing(secure: Live, certificates: Certificates) -> Iterator[StrictPlatform]:
    """A platform that knows the service's TLS address; not yet registered with the service."""
    with StrictPlatform(certificates, tool=secure.url) as started:
        started.asks_for_keys = True
        yield started


@pytest.fixture(autouse=True)
def _no_faults() -> Iterator[None]:
    """Fails a test whose page had a script error or a request refused by its security policy."""
    FAULTS.clear()
    yield
    assert not FAULTS


@pytest.fixture(scope="session")
def playwright_here() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright_here: Playwright) -> Iterator[Browser]:
    started = playwright_here.chromium.launch(executable_path=str(find_chromium()), args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def without_frame_cookies(playwright_here: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    started = start_without_frame_cookies(playwright_here, tmp_path_factory.mktemp("profile"), FLAGS)
    yield started
    started.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Runs a test, and a failed one once more with traces."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in browser_failures.run_again_if_failed(item, nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed and browser_failures.CONTEXTS in item.stash:
        traced = item.stash.get(browser_failures.TRACED, False)
        saved = browser_failures.save(item.stash[browser_failures.CONTEXTS], item.name, traced=traced)
        report.sections.append((browser_failures.TITLE, "\n".join(map(str, saved))))
    return report


@pytest.fixture
def contexts(request: pytest.FixtureRequest) -> Iterator[list[BrowserContext]]:
    """The contexts of a test, closed at its end."""
    opened = request.node.stash[browser_failures.CONTEXTS] = list[BrowserContext]()
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def open_page(
    live: Live, chromium: Browser, contexts: list[BrowserContext], request: pytest.FixtureRequest
) -> Callable[..., Page]:
    """Returns a function that opens a page with its own cookies: ``open_page(account, width="phone", locale="en",
    at=secure)``.
    """

    def opener(
        account: Account | None = None,
        *,
        width: str = "desktop",
        locale: str = "ru",
        at: Live | None = None,
        browser: Browser = chromium,
        **more: object,
    ) -> Page:
        url = (at or live).url
        context = browser.new_context(
            base_url=url,
            viewport=WIDTHS[width],
            locale="ru-RU" if locale == "ru" else "en-GB",
            ignore_https_errors=url.startswith("https:"),  # of the tests' own authority
            **more,
        )
        context.set_default_timeout(8000)
        if request.node.stash.get(browser_failures.TRACED, False):
            browser_failures.record(context)
        contexts.append(context)
        prefix = "__Host-" if url.startswith("https:") else ""
        cookies = [{"name": f"{prefix}stazhirovka_language", "value": locale, "url": url}]
        if account is not None:
            cookies.append({"name": f"{prefix}{COOKIE}", "value": _token(live, account), "url": url})
        context.add_cookies(cookies)
        return watch(context.new_page())

    return opener


def _token(live: Live, account: Account) -> str:
    with live.sessions.begin() as session:
        mine = session.get_one(Account, account.id)
        return open_session(session, mine, user_agent="tests", ip_address="127.0.0.1", now=utc_now())


@pytest.fixture(scope="session")
def check_page() -> Callable[[Page | Frame], None]:
    """Asserts the rules of every screen, on a page or in a frame."""
    return check_screen
