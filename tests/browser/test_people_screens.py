"""Screens of log-in, account, administration and registry: accessible, without sideways scrolling, in both
languages.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.jobs.models import Job
from lms.core.mail.models import Message
from lms.core.people import one_time_links, operations
from lms.core.people.models import Account
from lms.registry.models import Membership, Site
from tests.browser.conftest import SCREENS, Live
from tests.factories import make

SECRET = "три зелёных кота"


@dataclass
class People:
    """Accounts and objects that the screens show."""

    administrator: Account
    methodologist: Account
    newcomer: Account
    site: Site
    message_id: int
    token: str


def prepared(session: Session) -> People:
    number = next(make.count)
    site = make.site(session, theme="Исследовательский урок в начальной школе")
    leader = make.person(session, surname="Северцева", given_name="Алла", patronymic="Игоревна")
    session.add(Membership(person_id=leader.id, role="leader", site_id=site.id, starts_on=make.TODAY))
    administrator = make.account(session, is_administrator=True, email=f"admin{number}@example.org")
    newcomer = make.account(session, username=f"newcomer{number}")
    letter = Message(recipient="nina@example.org", subject="Приглашение", body="Здравствуйте!\n\nhttps://example.org/x")
    job = Job(kind="tests.look", subject_id=7, unique_key=f"look{number}", state="dead", last_error="Traceback\nОшибка")
    session.add_all([letter, job])
    session.flush()
    token = one_time_links.issue(session, account=newcomer, purpose="invitation", actor=SYSTEM, now=utc_now())
    methodologist = make.member(session, "methodologist", authority=site.authority)
    return People(administrator, methodologist, newcomer, site, letter.id, token)


@pytest.fixture
def people(live: Live) -> People:
    with live.sessions.begin() as session:
        return prepared(session)


def addresses(people: People) -> dict[str, list[str]]:
    site, person = people.site, people.newcomer.person_id
    return {
        "anyone": [
            "/log-in",
            "/log-in/card",
            "/log-in/code",
            "/password/forgotten",
            f"/link/{people.token}",
            "/link/nothing",
        ],
        "administrator": [
            "/account",
            "/account/second-factor",
            "/admin",
            "/admin/people",
            "/admin/people/new",
            f"/admin/people/{person}",
            f"/admin/people/{people.administrator.person_id}",
            "/admin/outbox",
            f"/admin/outbox/{people.message_id}",
            "/admin/jobs",
            "/admin/audit",
            "/admin/consent",
            "/admin/authorities/new",
        ],
        "methodologist": [
            "/registry",
            f"/registry/sites/{site.id}",
            f"/registry/sites/{site.id}/edit",
            f"/registry/sites/{site.id}/status",
            f"/registry/statuses/{site.statuses[0].id}/end",
            "/registry/organizations",
            f"/registry/organizations/{site.organization_id}",
            f"/registry/organizations/{site.organization_id}/edit",
            f"/registry/authorities/{site.authority_id}",
            f"/registry/site/{site.id}/members/new?q=Се",
            f"/registry/site/{site.id}/members/new?new=1",
        ],
    }


@pytest.mark.parametrize(("width", "locale"), SCREENS)
@pytest.mark.parametrize("who", ["anyone", "administrator", "methodologist"])
def test_screens_are_accessible_and_fit(
    live: Live,
    people: People,
    open_page: Callable[..., Page],
    check_page: Callable[[Page], None],
    who: str,
    width: str,
    locale: str,
):
    account = None if who == "anyone" else getattr(people, who)
    page = open_page(account, width=width, locale=locale)
    with live.sessions() as session:
        session.add(people.site)
        paths = addresses(people)[who]
    for path in paths:
        page.goto(path)
        check_page(page)


def test_card_allows_first_log_in_without_email(live: Live, people: People, open_page: Callable[..., Page]):
    """An administrator prints a card; its owner logs in with it and chooses a password."""
    office = open_page(people.administrator)
    office.goto(f"/admin/people?q={people.newcomer.username}")
    office.locator("td input[type=checkbox]").check()
    office.get_by_role("button", name="Напечатать карточки").click()
    code = office.locator(".login-card code").nth(1).inner_text()
    visitor = open_page(width="phone")
    visitor.goto("/log-in")
    visitor.get_by_role("link", name="Войти по карточке").click()
    visitor.get_by_label("Логин с карточки").fill(people.newcomer.username)
    visitor.get_by_label("Код с карточки").fill(code.lower())
    visitor.get_by_role("button", name="Продолжить").click()
    visitor.get_by_label("Новый пароль").fill(SECRET)
    visitor.get_by_label("Ещё раз тот же").fill(SECRET)
    visitor.get_by_role("button", name="Сохранить и войти").dblclick()
    visitor.wait_for_url("**/")
    visitor.goto("/account")
    expect(visitor.locator("h1")).to_have_text("Моя учётная запись")
    again = open_page()
    again.goto("/log-in")
    again.get_by_label("Логин или электронная почта").fill(people.newcomer.username)
    again.get_by_label("Пароль").fill(SECRET)
    again.get_by_role("button", name="Войти").click()
    again.wait_for_url("**/")


def test_wrong_password_is_reported_at_field(live: Live, people: People, open_page: Callable[..., Page]):
    with live.sessions.begin() as session:
        account = session.get_one(Account, people.newcomer.id)
        operations.set_password(session, actor=None, account=account, password=SECRET, now=utc_now())
    page = open_page()
    page.goto("/log-in")
    page.get_by_label("Логин или электронная почта").fill(people.newcomer.username)
    page.get_by_label("Пароль").fill("не тот пароль")
    page.keyboard.press("Enter")
    expect(page.locator("#password-err")).to_contain_text("не подходит")
    expect(page.get_by_label("Логин или электронная почта")).to_have_value(people.newcomer.username)
