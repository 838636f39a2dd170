"""Certificates in a real browser with the real worker: announced, downloaded, archived, verified."""

import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import delete, select

from assessment.certificates.codes import grouped
from assessment.models.certificates import Certificate
from lms.core.auth.models import Throttle
from lms.core.people.models import Account
from tests.browser.conftest import SCREENS, Live
from tests.factories import attestation, make

Opener = Callable[..., Page]
Check = Callable[[Page], None]


@dataclass
class Group:
    """A trainee with one work that waits for its review, and the leader; the completion rule has no other condition."""

    live: Live
    submission_id: int
    enrolment_id: int
    cohort_id: int
    name: str
    trainee: Account
    leader: Account

    def accept(self, desk: Page) -> None:
        """Accepts the work as the leader, with full points."""
        desk.goto(f"/grading/{self.submission_id}")
        for crit in desk.locator(".crit").all():
            crit.locator("label").last.click()
        desk.get_by_role("button", name=re.compile("Зачтено|Accept")).click()
        expect(desk.locator("[data-flash=ok]")).to_be_visible()

    def code(self) -> str:
        """Returns the certificate's code once the worker has issued it."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with self.live.sessions() as session:
                found = session.scalar(select(Certificate).where(Certificate.enrolment_id == self.enrolment_id))
                if found is not None and found.file_id is not None:
                    return grouped(found.code)
            time.sleep(0.2)
        raise AssertionError(self.live.processes.log("worker")[-3000:])


@pytest.fixture
def group(live: Live) -> Group:
    with live.sessions.begin() as session:
        site = make.site(session)
        version = make.programme(session, site, title="Наблюдение и протокол", hours_needed=Decimal(0))
        task = attestation.task(session, version)
        enrolment = make.enrolment(session, make.cohort(session, version))
        submission = attestation.handed_in(session, task, enrolment)
        leader, person = make.member(session, "leader", site=site), enrolment.person
        return Group(live, submission.id, enrolment.id, enrolment.cohort_id, person.full_name, person.account, leader)


def test_accepted_work_leads_to_verified_certificate(
    group: Group, open_page: Opener, check_page: Check, tmp_path: Path
):
    page = open_page(group.trainee)
    page.goto("/certificates")
    expect(page.get_by_role("link", name="Скачать PDF")).to_have_count(0)
    check_page(page)
    group.accept(open_page(group.leader))
    group.code()
    paper = downloaded_by_trainee(page, tmp_path)
    page.goto("/")
    expect(page.locator("main")).to_contain_text("ертификат")
    office = open_page(group.leader)
    office.goto(f"/groups/{group.cohort_id}/certificates")
    expect(office.locator("main")).to_contain_text(group.name)
    with office.expect_download() as waiting:
        office.locator("main a.btn-primary").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        [name] = archive.namelist()
        assert archive.read(name) == paper.read_bytes()
        assert group.name.split()[0] in name
    page.goto("/certificates")
    link = page.get_by_role("link", name="Как её видят другие").or_(page.locator("a[href^='/verify/']")).first
    verified_by_a_stranger(open_page(width="phone"), str(link.get_attribute("href")), group, paper, tmp_path)


def downloaded_by_trainee(page: Page, folder: Path) -> Path:
    """Returns the downloaded file once the worker has issued it."""
    page.reload()
    link = page.get_by_role("link", name="Скачать PDF")
    with page.expect_download() as waiting:
        link.click()
    assert waiting.value.suggested_filename.endswith(".pdf")
    paper = folder / "certificate.pdf"
    waiting.value.save_as(paper)
    assert paper.read_bytes().startswith(b"%PDF-")
    return paper


def verified_by_a_stranger(page: Page, address: str, group: Group, paper: Path, folder: Path) -> None:
    """Verifies the certificate by its printed code, then by the file."""
    page.goto("/verify")
    page.get_by_role("textbox", name="Код с документа").fill(address.rpartition("/")[2].lower().replace("-", " "))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("документ подлинный")
    expect(page.locator("main")).to_contain_text(group.name)
    page.locator("details.file summary").click()
    answer = page.locator("[data-answer]")
    page.get_by_label("Файл сертификата").or_(page.locator("details.file input")).first.set_input_files(paper)
    expect(answer).to_contain_text("Это тот самый файл")
    changed = folder / "changed.pdf"
    changed.write_bytes(paper.read_bytes() + b"%")
    page.locator("details.file input").set_input_files(changed)
    expect(answer).to_contain_text("Это не тот файл")
    verified_before_script_has_loaded(page, paper)


def verified_before_script_has_loaded(page: Page, paper: Path) -> None:
    """Chooses the file while the page's script is still on its way, as on a slow connection."""
    scripts: list[Route] = []
    page.route("**/*verify*.js", lambda route: scripts.append(route))  # noqa: PLW0108 Playwright cannot take a built-in
    with page.expect_request("**/*verify*.js"):
        page.reload(wait_until="commit")
    page.locator("details.file summary").click()
    page.locator("details.file input").set_input_files(paper)
    for script in scripts:
        script.continue_()
    expect(page.locator("[data-answer]")).to_contain_text("Это тот самый файл")


@pytest.mark.parametrize(("width", "locale"), SCREENS)
def test_pages_are_accessible_and_fit(group: Group, open_page: Opener, check_page: Check, width: str, locale: str):
    visitor = open_page(width=width, locale=locale)
    trainee = open_page(group.trainee, width=width, locale=locale)
    leader = open_page(group.leader, width=width, locale=locale)
    of_group = f"/groups/{group.cohort_id}/certificates"
    for page, address in ((trainee, "/certificates"), (leader, of_group)):
        page.goto(address)
        check_page(page)
    group.accept(open_page(group.leader))
    code = group.code()
    places = [(trainee, "/certificates"), (leader, of_group)]
    places += [(visitor, address) for address in ("/verify", f"/verify/{code}", "/verify/АБВГ", "/verify?code=АБВГ")]
    for page, address in places:
        page.goto(address)
        check_page(page)
    leader.goto(of_group)
    leader.locator("a[href$='/withdraw']").click()
    check_page(leader)
    leader.locator("[name=reason]").fill("Ошибка в фамилии, приказ № 212")
    leader.locator("main form button[type=submit]").last.click()
    leader.wait_for_url(f"**{of_group}")
    visitor.goto(f"/verify/{code}")
    expect(visitor.locator(".verdict.is-stop")).to_contain_text("Ошибка в фамилии")
    check_page(visitor)


def test_wrong_code_is_reported_and_many_are_throttled(live: Live, group: Group, open_page: Opener, check_page: Check):
    group.accept(open_page(group.leader))
    code = group.code()
    with live.sessions.begin() as session:
        session.execute(delete(Throttle))
    page = open_page()
    last = "0" if code[-1] != "0" else "1"
    page.goto("/verify")
    page.get_by_role("textbox", name="Код с документа").fill(code[:-1] + last)
    page.get_by_role("button", name="Проверить", exact=True).click()
    expect(page.locator("#code-err")).to_be_visible()
    expect(page.get_by_role("textbox", name="Код с документа")).to_have_value(re.compile(re.escape(code[:6])))
    for _wrong in range(30):
        assert page.request.get(f"/verify/{code[:-1]}{last}").status == 404
    answer = page.goto(f"/verify/{code[:-1]}{last}")
    assert answer is not None
    assert answer.status == 429
    expect(page.locator("main")).to_contain_text("Слишком много")
    check_page(page)
    assert page.request.get(f"/verify/{code}").status == 200
    with live.sessions.begin() as session:
        session.execute(delete(Throttle))
