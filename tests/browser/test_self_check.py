"""A self-check in a real browser: every type of question, a lost connection, a closed page, the worker's result."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from assessment.attempts.queries import attempt_questions
from assessment.attempts.regrading import REGRADE_CHECK
from assessment.models.self_checks import Attempt, CompetencyRating, SelfCheck
from lms.core.jobs.models import Job
from lms.core.jobs.run_models import JobRun
from lms.core.jobs.runs import NEVER
from tests.browser.conftest import FLOW_WIDTHS
from tests.factories import make
from tests.integration.assessment.test_regrading import World
from tests.support.checks import ALL_KINDS, make_check, right_values
from tests.support.screens import check_widths


@pytest.fixture
def trainee(live):
    """Returns a trainee of a group whose programme has a self-check with every type of question."""
    with live.sessions.begin() as session:
        version = make.programme(session, asks_rating=True)
        enrolment = make.enrolment(session, make.cohort(session, version))
        check = make_check(session, version, attempts_allowed=2, time_limit_minutes=30)
        return enrolment, check


def fill(page: Page, values: dict, keys: list[str]) -> None:
    """Answers these questions by clicking, choosing and typing."""
    for key in keys:
        for name in [one for one in values if one.startswith(f"q{key}-")]:
            controls = page.locator(f'[name="{name}"]')
            said = values[name] if isinstance(values[name], list) else [values[name]]
            kind = controls.first.evaluate("e => e.type")
            for one in said:
                if kind in ("radio", "checkbox"):
                    page.locator(f'[name="{name}"][value="{one}"]').check()
                elif kind == "select-one":
                    controls.first.select_option(one)
                else:
                    controls.first.fill(one)


def attempt_in(live, page: Page) -> Attempt:
    with live.sessions() as session:
        return session.get_one(Attempt, int(page.url.rstrip("/").rsplit("/", 1)[1]))


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_answers_survive_lost_connection_and_closed_page(live, open_page, trainee, width):
    enrolment, check = trainee
    page = open_page(enrolment.person.account, width=width)
    page.goto(f"/course/{enrolment.id}/self-checks/{check.id}")
    check_widths(page)
    page.locator("main .btn-primary").dblclick()
    page.wait_for_url("**/attempts/*")
    check_widths(page)
    attempt = attempt_in(live, page)
    with live.sessions() as session:
        values = right_values(session, attempt)
        keys = [str(one.id) for one in attempt_questions(session, attempt)]
    expect(page.locator("[data-clock]")).to_contain_text("29:")
    fill(page, values, keys[:4])
    expect(page.locator("[data-saved]")).to_contain_text("Сохранено в")
    expect(page.locator("[data-done]")).to_have_text("3")

    page.context.set_offline(True)
    fill(page, values, keys[4:6])
    expect(page.locator("[data-saved]")).to_contain_text("Хранится на этом устройстве")
    expect(page.locator("#line")).to_contain_text("Нет связи")
    page.locator(".bar .btn-primary").click()
    page.locator("dialog .btn-primary").click()
    expect(page.locator("#toasts")).to_contain_text("Ответы хранятся на этом устройстве")
    address = page.url
    context = page.context
    page.close()

    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("[data-done]")).to_have_text("5")
    expect(page.locator("[data-saved]")).to_contain_text("Сохранено в")
    assert len([one for one in attempt_in(live, page).answers.values() if one]) == 5

    fill(page, values, keys[6:])
    expect(page.locator("[data-done]")).to_have_text("8")
    expect(page.locator("[data-blank]")).to_be_hidden()
    page.locator(".bar .btn-primary").click()
    page.wait_for_url("**/result")
    expect(page.locator("#verdict")).to_contain_text("Пока 87,5")
    expect(page.locator("main")).to_contain_text("ждёт проверки")
    check_widths(page)
    with live.sessions() as session:
        row = session.get_one(Attempt, attempt.id)
        assert (row.state, row.number) == ("needs_person", 1)


def test_two_tabs_keep_both_answers(live, open_page, trainee):
    enrolment, check = trainee
    first = open_page(enrolment.person.account)
    first.goto(f"/course/{enrolment.id}/self-checks/{check.id}")
    first.locator("main .btn-primary").click()
    first.wait_for_url("**/attempts/*")
    attempt = attempt_in(live, first)
    with live.sessions() as session:
        values = right_values(session, attempt)
        keys = [str(one.id) for one in attempt_questions(session, attempt)]
    second = first.context.new_page()
    second.goto(first.url)
    fill(first, values, keys[1:2])
    expect(first.locator("[data-saved]")).to_contain_text("Сохранено в")
    fill(second, values, keys[2:3])
    expect(second.locator("[data-saved]")).to_contain_text("Сохранено в")
    assert set(attempt_in(live, first).answers) == {keys[1], keys[2]}
    second.locator(".bar .btn-primary").click()
    second.locator("dialog .btn-primary").click()
    second.wait_for_url("**/result")
    fill(first, values, keys[3:4])
    first.wait_for_url("**/result")


def test_answer_kept_offline_is_offered_beside_a_newer_one(live, open_page):
    with live.sessions.begin() as session:
        version = make.programme(session)
        enrolment = make.enrolment(session, make.cohort(session, version))
        check = make_check(session, version, "::Тема::Назовите тему {=опыт}")
        account = enrolment.person.account
    laptop, phone = open_page(account), open_page(account)
    laptop.goto(f"/course/{enrolment.id}/self-checks/{check.id}")
    laptop.locator("main .btn-primary").click()
    laptop.wait_for_url("**/attempts/*")
    key = str(attempt_in(live, laptop).items[0][0])
    phone.goto(laptop.url)
    laptop.context.set_offline(True)
    field = f'[name="q{key}-text"]'
    laptop.locator(field).fill("с ноутбука без связи")
    expect(laptop.locator("[data-saved]")).to_contain_text("на этом устройстве")
    phone.locator(field).fill("с телефона")
    expect(phone.locator("[data-saved]")).to_contain_text("Сохранено в")
    laptop.context.set_offline(False)
    laptop.reload()
    both = laptop.locator("[data-conflict]")
    expect(both).to_contain_text("с телефона")
    expect(laptop.locator(field)).to_have_value("с ноутбука без связи")
    assert attempt_in(live, laptop).answers == {key: {"text": "с телефона"}}
    both.get_by_role("button", name="Взять сохранённый ответ").click()
    expect(laptop.locator(field)).to_have_value("с телефона")
    phone.locator(field).fill("с телефона, дважды")
    expect(phone.locator("[data-saved]")).to_contain_text("Сохранено в")
    laptop.locator(field).fill("с ноутбука")
    both.get_by_role("button", name="Оставить мой ответ").click()
    expect(both).to_have_count(0)
    expect(laptop.locator("[data-saved]")).to_contain_text("Сохранено в")
    laptop.reload()
    expect(laptop.locator(field)).to_have_value("с ноутбука")


def test_questions_are_imported_and_editor_rows_added(live, open_page, check_page):
    with live.sessions.begin() as session:
        version = make.programme(session)
        leader = make.member(session, "leader", site=version.programme.site)
    for width in ("desktop", "phone"):
        page = open_page(leader, width=width, reduced_motion="reduce")  # axe measures colours, not fades
        page.goto(f"/programmes/{version.id}/self-checks/new")
        check_page(page)
        page.get_by_label("Название").fill("Что вы увидели")
        page.get_by_role("button", name="Создать").click()
        source = (ALL_KINDS + "\n\n::Сломан::Что? {=один ~два\n").encode()
        page.set_input_files("input[type=file]", {"name": "вопросы.gift", "mimeType": "text/plain", "buffer": source})
        page.get_by_role("button", name="Прочитать файл").click()
        expect(page.locator("main")).to_contain_text("Сломан")
        check_page(page)
        page.get_by_role("button", name="Добавить вопросы").click()
        expect(page.locator(".q-list > li")).to_have_count(9)
        check_page(page)
        page.locator(".q-list > li").first.locator("[value=down] ~ button").click()
        expect(page.locator(".q-list > li").nth(1)).to_contain_text("Вступление")
        page.get_by_role("link", name="Один верный вариант").click()
        page.get_by_role("button", name="Ещё вариант").click()
        expect(page.locator('[name="options-3-text-source"]')).to_be_visible()
        expect(page.locator(".htmx-swapping, .htmx-settling")).to_have_count(0)
        check_page(page)
        page.locator(".form-foot .btn-primary").click()
        expect(page.locator(".errors")).to_be_visible()
        page.locator('[name="text-source"]').fill("Кто ведёт протокол?")
        page.locator('[name="options-0-text-source"]').fill("наблюдатель")
        page.locator('[name="options-0-weight"]').select_option("100")
        page.locator('[name="options-1-text-source"]').fill("никто")
        page.locator(".form-foot .btn-primary").click()
        expect(page.locator(".q-list > li")).to_have_count(10)
    with live.sessions() as session:
        checks = session.scalars(select(SelfCheck).where(SelfCheck.programme_id == version.programme_id)).all()
        assert [one.title for one in checks] == ["Что вы увидели"] * 2


@pytest.mark.parametrize("width", FLOW_WIDTHS)
def test_ratings_before_and_after_show_growth(live, open_page, trainee, width):
    enrolment, _check = trainee
    page = open_page(enrolment.person.account, width=width)
    for moment, level, told in (("before", 1, "лист ещё раз"), ("after", 3, "Оба листа заполнены")):
        page.goto(f"/course/{enrolment.id}/rating/{moment}")
        lines = page.locator("fieldset.rate")
        for place in range(lines.count()):
            lines.nth(place).locator("input").nth(level).check()
        expect(page.locator("[data-saved]")).to_contain_text("Сохранено в")
        check_widths(page)
        page.locator(".bar .btn-primary").click()
        page.get_by_role("dialog").get_by_role("button", name="Сдать лист").click()
        expect(page.locator("main")).to_contain_text(told)
        check_widths(page)
    expect(page.locator("main")).to_contain_text("рост на\xa02")
    with live.sessions() as session:
        states = session.scalars(select(CompetencyRating.state).where(CompetencyRating.enrolment_id == enrolment.id))
        assert list(states) == ["scored", "scored"]


def test_page_follows_grading_anew_until_it_is_stopped_and_done(live, open_page):
    """The page that waits for the worker shows by itself that the run was stopped; the leader lets it continue."""
    with live.sessions.begin() as session:
        world = World(session)
        world.attempt(world.knowing, "После урока")
        world.correct()
        run_id = world.start().id
        of_run = (Job.kind == REGRADE_CHECK, Job.subject_id == run_id)
        session.execute(update(Job).where(*of_run).values(run_after=NEVER))  # until the leader lets it continue
        leader = world.leader
        session.refresh(leader)
        address = f"/programmes/{world.version.id}/self-checks/{world.check.id}/regrade"
    page = open_page(leader)
    page.goto(address)
    expect(page.get_by_text("Оценено заново: 0 из 1")).to_be_visible()
    expect(page.get_by_role("button", name="Остановить")).to_be_visible()
    check_widths(page)
    with live.sessions.begin() as session:
        run = session.get_one(JobRun, run_id)
        run.request, run.state = "pause", "paused"
    expect(page.get_by_text("Остановлено. Оценено заново: 0 из 1")).to_be_visible()
    check_widths(page)
    page.get_by_role("button", name="Продолжить").click()
    expect(page.get_by_text("Заново оценена 1 попытка")).to_be_visible()
    check_widths(page)
