"""Connecting platforms in a browser, by a one-time address and by hand; every page accessible, without sideways
scrolling.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.people.models import Account
from lms.lti.connections import operations, registration_links
from lms.lti.connections.platform_settings import PlatformSettings
from lms.lti.models.platforms import FAMILIES, Deployment, Platform, Refusal
from tests.browser.conftest import SCREENS, Live
from tests.factories import make
from tests.support.platform.certificates import Certificates
from tests.support.platform.strict import StrictPlatform

PLACE = "/admin/platforms"


@pytest.fixture
def administrator(live: Live) -> Account:
    with live.sessions.begin() as session:
        return make.account(session, is_administrator=True)


@pytest.fixture
def there(live: Live, certificates: Certificates) -> Iterator[StrictPlatform]:
    """A platform that will connect to the service."""
    with StrictPlatform(certificates, tool=live.url) as started:
        yield started


def connected(live: Live, **changes: object) -> Platform:
    """A connection with launches, refused launches, and a deployment that waits for acceptance."""
    number = next(make.count)
    usual = {"family": "moodle", "issuer": f"https://moodle{number}.example.org", "client_id": f"client{number}"}
    now = utc_now()
    live.use_keys()
    with live.sessions.begin() as session:
        given = PlatformSettings(**(usual | {"name": f"Moodle гимназии {number}"} | changes))  # type: ignore[arg-type]
        made = operations.add(session, actor=SYSTEM, given=given, deployment_id="1", now=now)
        made.last_launch_at = now - timedelta(minutes=7)
        session.add(Deployment(platform_id=made.id, deployment_id="17:a9f03b1c5d7e4f60"))
        session.add(Refusal(platform_id=made.id, reason="expired", detail="exp", request_id="0123456789abcdef"))
        session.add(Refusal(reason="issuer", issuer="https://stranger.example.org", client_id="who"))
        return made


@pytest.fixture
def pages(live: Live) -> list[str]:
    made = connected(live)
    with live.sessions.begin() as session:
        address, token = registration_links.create_link(session, actor=SYSTEM, now=utc_now())
        _used, spent = registration_links.create_link(session, actor=SYSTEM, now=utc_now() - timedelta(days=2))
    return [
        "/admin",
        PLACE,
        f"{PLACE}/new",
        *(f"{PLACE}/new/{family}" for family in FAMILIES),
        *(f"{PLACE}/{made.id}{part}" for part in ("", "/edit", "/remove", "/anew")),
        f"{PLACE}/addresses/{address.id}",
        f"{PLACE}/keys",
        f"{PLACE}/refused",
        f"/lti/register/{token}",
        f"/lti/register/{spent}",
    ]


@pytest.mark.parametrize(("width", "locale"), SCREENS)
def test_pages_fit_and_are_accessible(
    administrator: Account,
    pages: list[str],
    open_page: Callable[..., Page],
    check_page: Callable[[Page], None],
    width: str,
    locale: str,
):
    page = open_page(administrator, width=width, locale=locale)
    for address in pages:
        page.goto(address)
        for fold in page.locator("details.more > summary").all():
            fold.click()
        check_page(page)


def test_one_time_address_connects_platform(
    live: Live, administrator: Account, there: StrictPlatform, open_page: Callable[..., Page], check_page
):
    page = open_page(administrator, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/admin")
    page.get_by_role("link", name="Платформы").click()
    page.get_by_role("link", name="Подключить платформу").first.click()
    page.get_by_role("button", name="Создать адрес").click()
    page.get_by_role("button", name="Скопировать адрес").click()
    address = page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(f"{live.url}/lti/register/")
    expect(page.get_by_text("Ждём платформу")).to_be_visible()

    theirs = open_page()
    theirs.goto(address)
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Этот адрес для платформы")
    theirs.goto(f"{address}?{there.registration_query()}")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Подключено")
    expect(theirs.get_by_text("Активировать")).to_be_visible()
    check_page(theirs)
    assert there.complaints == []

    page.get_by_role("link", name="К подключению").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Moodle, localhost( \(\d+\))?$"))
    page.get_by_role("button", name="Спросить сейчас").click()
    expect(page.get_by_text("Платформа показала 1 ключ")).to_be_visible()
    expect(page.get_by_text("даёт доступ к оценкам")).to_be_visible()
    check_page(page)


def test_registration_asks_frame_to_close(live: Live, there: StrictPlatform, open_page: Callable[..., Page]):
    with live.sessions.begin() as session:
        _address, token = registration_links.create_link(session, actor=SYSTEM, now=utc_now())
    page = open_page()
    page.goto("/log-in")  # a page of the service stands in for the one that opens a window
    with page.expect_popup() as opened:
        page.evaluate(
            """url => {
                addEventListener('message', (event) => { document.title = event.data.subject; });
                window.open(url);
            }""",
            f"{live.url}/lti/register/{token}?{there.registration_query()}",
        )
    opened.value.get_by_role("button", name="Закрыть").click()
    expect(page).to_have_title("org.imsglobal.lti.close")


def test_registration_closes_in_platform_frame(secure: Live, framing: StrictPlatform, open_page: Callable[..., Page]):
    with secure.sessions.begin() as session:
        _address, token = registration_links.create_link(session, actor=SYSTEM, now=utc_now())
    page = open_page(at=secure)
    page.goto(framing.url("openid-configuration"))  # any page of the platform's own
    page.evaluate(
        """url => {
            addEventListener('message', (event) => {
                if (event.data.subject === 'org.imsglobal.lti.close') document.title = event.data.subject;
            });
            const frame = Object.assign(document.createElement('iframe'), { src: url, width: 900, height: 500 });
            document.body.append(frame);
        }""",
        f"{secure.url}/lti/register/{token}?{framing.registration_query()}",
    )
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_have_text("Подключено")
    expect(page).to_have_title("org.imsglobal.lti.close", timeout=15_000)


def test_moodle_is_connected_by_hand(administrator: Account, live: Live, open_page: Callable[..., Page], check_page):
    page = open_page(administrator, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{PLACE}/new")
    page.get_by_role("link", name="Moodle", exact=True).click()
    page.get_by_role("button", name="URL-адрес инициирования входа").click()
    assert page.evaluate("navigator.clipboard.readText()") == f"{live.url}/lti/login"
    page.get_by_label("ID платформы").fill("moodle.example.org")
    page.get_by_label("ID клиента").fill("aBc123")
    page.get_by_role("button", name="Подключить", exact=True).click()
    expect(page.locator("#issuer-err")).to_be_visible()
    expect(page.get_by_label("ID клиента")).to_have_value("aBc123")
    check_page(page)
    page.get_by_label("ID платформы").fill("https://moodle.example.org")
    page.get_by_label("ID развертывания").fill("3")
    page.get_by_role("button", name="Подключить", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Moodle, moodle.example.org")
    expect(page.get_by_role("heading", name="Спросите, отвечает ли платформа")).to_be_visible()
    expect(page.get_by_text("https://moodle.example.org/mod/lti/token.php")).to_be_visible()
    check_page(page)


def test_deployment_is_accepted_and_connection_removed(
    live: Live, administrator: Account, open_page: Callable[..., Page]
):
    made = connected(live)
    page = open_page(administrator, width="phone")
    page.goto(f"{PLACE}/{made.id}")
    page.get_by_role("button", name="Принять", exact=True).click()
    expect(page.get_by_text("Теперь запуски из этого развёртывания принимаются.")).to_be_visible()
    page.get_by_role("link", name="Удалить подключение").click()
    page.get_by_role("button", name="Удалить").click()
    expect(page.get_by_role("heading", name="Это подключение удалено")).to_be_visible()
    expect(page.get_by_role("link", name="Подключить заново").first).to_be_visible()
