"""Registration, deep linking, a passed self-check, its grade in the gradebook, and the leader's view of it; real
processes.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Frame, Page, expect
from sqlalchemy import select

from courses.models.groups import Enrolment
from lms.lti.models.platforms import Platform
from tests.factories import make
from tests.support.checks import make_check
from tests.support.processes import wait_until
from tests.support.screens import tool_frame

GIFT = "::Сумма::Сколько будет 2+2? {#4}"
SENT = "отправлено"
SLOWEST = 40.0


@dataclass(slots=True)
class Story:
    """Accounts and ids of the walk."""

    administrator: object
    leader: object
    site: int
    group: int
    check: int
    title: str


@pytest.fixture
def story(secure) -> Story:
    with secure.sessions.begin() as session:
        session.expire_on_commit = False
        site = make.site(session)
        group = make.cohort(session, make.programme(session, site), title="Осень")
        check = make_check(session, group.version, GIFT, title="Проверьте, что вы сосчитали", attempts_allowed=None)
        administrator = make.account(session, is_administrator=True)
        return Story(administrator, make.member(session, "leader", site=site), site.id, group.id, check.id, check.title)


def register(page: Page, framing, story: Story, elsewhere: Page) -> None:
    """Creates a registration address as the administrator and registers the platform with it."""
    page.goto("/admin/platforms/new")
    page.get_by_label("Чья это платформа").select_option(str(story.site))
    page.locator("[name=instructors_teach]").check()
    page.locator("form[action$='/addresses'] button[type=submit]").click()
    address = page.locator("code.anywhere").inner_text()
    elsewhere.goto(framing.page("register", framing.course.administrator, tool=address))
    frame = tool_frame(elsewhere, "**/lti/register/**")
    expect(frame.locator("h1")).to_be_visible()
    assert framing.registrations, frame.locator("main").inner_text()
    elsewhere.wait_for_function("window.heard.some(said => said.subject === 'org.imsglobal.lti.close')")
    expect(page.locator("#done")).to_be_visible(timeout=15_000)


def choose(page: Page, framing, story: Story) -> None:
    """Selects the self-check for the course as the platform's teacher."""
    page.goto(framing.page("choose", framing.course.instructor))
    frame = tool_frame(page, "**/placing**")
    frame.locator("[name=show][value=programme]").uncheck()
    frame.locator("details.parts summary").click()
    frame.locator(f"[name=show][value=check-{story.check}]").check()
    frame.locator(".bar .btn-primary").click()
    frame.wait_for_selector("#chosen")
    assert story.title in frame.locator("#chosen").inner_text()


def give_consent(frame: Frame) -> None:
    """Consents to the processing of personal data, asked at the first visit."""
    if "consent" in frame.url:
        for box in frame.locator("main input[type=checkbox]").all():
            box.check()
        frame.locator("main button[type=submit]").last.click()
        frame.wait_for_url("**/self-checks/**")


def take(page: Page, framing, story: Story, link) -> None:
    """Opens the link in the course as a trainee and passes the self-check."""
    page.goto(framing.page("view", framing.course.learner, id=link.id), wait_until="commit")
    frame = tool_frame(page, "**/in/*/**")
    give_consent(frame)
    expect(frame.locator("h1")).to_contain_text(story.title)
    frame.locator("main .btn-primary").first.click()
    frame.wait_for_url("**/attempts/*")
    frame.locator("[name$='-text']").fill("4")
    frame.locator(".bar .btn-primary").click()
    frame.wait_for_url("**/result")
    expect(frame.locator("main")).to_contain_text("100", timeout=20_000)


def test_platform_receives_grade_after_registration_and_launch(secure, framing, open_page, story):
    administrator = open_page(story.administrator, at=secure)
    register(administrator, framing, story, open_page(at=secure))
    with secure.sessions() as session:
        row = session.scalars(select(Platform).where(Platform.client_id == framing.client_id)).one()
        assert (row.dynamic, row.instructors_teach, row.family) == (True, True, "moodle")

    choose(open_page(at=secure), framing, story)
    link = framing.course.links[-1]
    assert framing.course.line_items[link.line_item]["scoreMaximum"] == 100

    trainee = open_page(at=secure, width="phone")
    take(trainee, framing, story, link)
    learner = framing.course.learner
    told = wait_until(
        lambda: (
            (framing.score_of(link, learner) or {}).get("gradingProgress") == "FullyGraded"
            and framing.score_of(link, learner)
        ),
        seconds=SLOWEST,
        what="the score on the platform",
    )
    assert (told["scoreGiven"], told["scoreMaximum"]) == (100, 100)
    inside = tool_frame(trainee, "**/result")
    inside.goto(re.match(r"https://[^/]+/in/\d+/", inside.url).group() + "results")
    expect(inside.locator("main")).to_contain_text(SENT)

    leader = open_page(story.leader, at=secure)
    leader.goto(f"/groups/{story.group}/results")
    row_of_learner = leader.locator("tr", has_text=learner.family)
    expect(row_of_learner).to_contain_text(SENT)
    expect(row_of_learner).to_contain_text("100")
    with secure.sessions() as session:
        enrolled = session.scalars(select(Enrolment).where(Enrolment.cohort_id == story.group)).all()
        assert [one.person.surname for one in enrolled] == [learner.family]
    assert framing.complaints == []
