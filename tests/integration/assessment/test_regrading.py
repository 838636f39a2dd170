"""A corrected key corrects the results: preview, a run in batches, nothing lowered without the leader's word."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from assessment.attempts import operations as attempts
from assessment.attempts import regrading
from assessment.attempts.corrections import corrected_questions, corrections_of
from assessment.attempts.grading import grade_many, regrade_many
from assessment.attempts.queries import attempt_summary
from assessment.certificates.operations import number_many
from assessment.completion.operations import EVALUATE, evaluate_enrolment
from assessment.models.certificates import Certificate
from assessment.models.self_checks import Attempt, SelfCheckItem
from assessment.questions.model import Question
from assessment.questions.registry import question_type
from assessment.self_checks import operations as self_checks
from courses.actors import actor_of
from lms.core.clock import utc_now
from lms.core.db import make_sessions
from lms.core.jobs.models import Job
from lms.core.jobs.run_models import JobRun
from lms.core.jobs.running import run_pending
from tests.factories import make
from tests.support.browsing import log_in
from tests.support.checks import make_check

GIFT = """
::Один::Когда пишут протокол? {=На уроке ~После урока}

::Два::Сколько минут длится академический час? {#45:0}
"""
ESSAY = "\n::Эссе::Опишите эпизод. {}\n"


class World:
    """An obligatory self-check with a wrong key; one trainee answered by the key, one as it should be."""

    def __init__(self, session: Session, gift: str = GIFT) -> None:
        self.session = session
        self.version = make.programme(session, self_check_threshold=60, hours_needed=Decimal(0))
        self.site_id = self.version.programme.site_id
        self.check = make_check(session, self.version, gift)
        cohort = make.cohort(session, self.version)
        self.misled, self.knowing = (make.enrolment(session, cohort) for _ in range(2))
        self.leader = make.member(session, "leader", site=self.version.programme.site)
        self.actor = actor_of(session, self.leader)

    def item(self, place: int = 0) -> SelfCheckItem:
        return sorted(self.check.items, key=lambda one: one.position)[place]

    def option(self, text: str) -> str:
        options = self.item().question.content["payload"]["options"]
        return next(one["id"] for one in options if one["text"]["source"] == text)

    def attempt(self, enrolment, text: str, number: str = "45", essay: str | None = None) -> Attempt:
        begun = attempts.begin(self.session, self.check, enrolment, now=utc_now())
        values = [{"choice": self.option(text)}, {"text": number}, {"text": essay}]
        answers = {str(key): value for (key, _mark), value in zip(begun.items, values, strict=False)}
        attempts.save(self.session, begun, answers, now=utc_now())
        attempts.hand_in(self.session, begun, now=utc_now())
        grade_many(self.session, [begun.id])
        self.session.expire_all()
        return begun

    def revise(self, place: int = 0, *, mark: str | None = None, **weights: str) -> None:
        """Corrects the mark of a question, or the weights of its options by their texts."""
        item = self.item(place)
        question = Question.from_json(item.question.content)
        payload = question.payload
        if weights:
            options = [one | {"weight": weights.get(one["text"]["source"], "0")} for one in payload["options"]]
            payload = payload | {"options": options}
        changed = replace(question, payload=payload, mark=Decimal(mark) if mark else item.mark)
        self_checks.revise_question(
            self.session, actor=self.actor, check=self.check, item=item, question=changed, site_id=self.site_id
        )

    def correct(self) -> None:
        self.revise(**{"После урока": "100"})

    def start(self, *, lower: bool = False) -> JobRun:
        return regrading.start(self.session, actor=self.actor, check=self.check, lower=lower, site_id=self.site_id)

    def regrade(self, *, lower: bool = False) -> JobRun:
        run = self.start(lower=lower)
        while regrading.regrade_next(self.session, run):
            pass
        run.state = "done"
        self.session.flush()
        self.session.expire_all()
        return run


@pytest.fixture
def world(session) -> World:
    return World(session)


def test_preview_names_who_rises_and_who_falls(session, world):
    one, two = world.attempt(world.misled, "На уроке"), world.attempt(world.knowing, "После урока")
    assert [one.percent, two.percent] == [100, 50]
    assert regrading.preview(session, world.check).count == 0
    world.correct()
    found = regrading.preview(session, world.check)
    assert (found.count, found.kept, found.same) == (2, 0, 0)
    [up], [down] = found.rising, found.falling
    assert (up.enrolment, up.before, up.after, up.passes) == (world.knowing, 50, 100, True)
    assert (down.enrolment, down.before, down.after, down.passes) == (world.misled, 100, 50, False)
    assert [one.percent, two.percent] == [100, 50]


def test_nothing_is_lowered_without_the_leaders_word(session, world):
    misled, knowing = world.attempt(world.misled, "На уроке"), world.attempt(world.knowing, "После урока")
    world.correct()
    run = world.regrade()
    assert (run.steps_done, run.steps_total) == (2, 2)
    assert [misled.percent, knowing.percent] == [100, 100]
    assert [line["state"] for line in misled.result["questions"]] == ["wrong", "right"]
    found = regrading.preview(session, world.check)
    assert (found.count, found.kept, len(found.falling), found.rising) == (0, 1, 1, [])
    regrade_many(session, [misled.id])
    session.expire_all()
    assert misled.percent == 100
    world.regrade(lower=True)
    assert (misled.percent, misled.points, "floor" in misled.result) == (50, 1, False)
    assert regrading.preview(session, world.check).kept == 0


def test_attempt_is_graded_once_and_keeps_its_history(session, world):
    attempt = world.attempt(world.knowing, "После урока")
    before = attempt.items
    world.correct()
    world.regrade()
    graded_at = attempt.graded_at
    assert world.regrade().steps_done == 0
    assert attempt.graded_at == graded_at
    assert [(one["percent"], one["items"]) for one in attempt.result["earlier"]] == [("50.00", before)]
    assert corrections_of(session, world.check.id).count == 0


def test_corrected_mark_counts_and_wording_does_not(session, world):
    attempt = world.attempt(world.misled, "На уроке", number="44")
    item = world.item()
    question = Question.from_json(item.question.content)
    self_checks.revise_question(
        session,
        actor=world.actor,
        check=world.check,
        item=item,
        question=replace(question, name="Когда ведут протокол"),
        site_id=world.site_id,
    )
    assert corrections_of(session, world.check.id).count == 0
    world.revise(mark="3")
    assert corrections_of(session, world.check.id).count == 1
    world.regrade()
    assert (attempt.points, attempt.max_points, attempt.percent) == (3, 4, 75)


def test_points_of_a_person_for_an_essay_stay(session):
    world = World(session, GIFT + ESSAY)
    attempt = world.attempt(world.knowing, "После урока", essay="Тишина")
    essay = attempt.items[2][0]
    attempts.give_points(
        session, attempt, actor=world.actor, question_id=essay, points=Decimal("0.5"), comment="Подробнее"
    )
    regrade_many(session, [attempt.id])
    session.expire_all()
    assert (attempt.state, attempt.points) == ("graded", Decimal("1.5"))
    world.correct()
    world.revise(2, mark="2")
    world.regrade()
    assert (attempt.state, attempt.points, attempt.max_points) == ("graded", Decimal("2.5"), 4)
    essay = str(attempt.items[2][0])
    assert (attempt.result["given"][essay], attempt.result["comments"][essay]) == ("0.5", "Подробнее")


def test_completion_certificate_and_topic_follow(session, world):
    misled = world.attempt(world.misled, "На уроке")
    world.attempt(world.knowing, "После урока")
    for enrolment in (world.misled, world.knowing):
        evaluate_enrolment(session, enrolment.id)
    number_many(session, [world.misled.id])
    hours = world.misled.hours_done
    assert (hours, world.knowing.hours_done) == (4, 0)
    world.correct()
    world.regrade()
    jobs = select(Job.subject_id).where(Job.kind == EVALUATE, Job.state == "waiting")
    assert {world.misled.id, world.knowing.id} <= set(session.scalars(jobs))
    for enrolment in (world.misled, world.knowing):
        evaluate_enrolment(session, enrolment.id)
    certificate = session.scalars(select(Certificate).where(Certificate.enrolment_id == world.misled.id)).one()
    assert (world.knowing.hours_done, world.misled.hours_done, certificate.flagged_at) == (4, 4, None)
    world.regrade(lower=True)
    assert (misled.percent, world.misled.hours_done) == (50, 0)
    evaluate_enrolment(session, world.misled.id)
    assert certificate.withdrawn_at is None
    assert certificate.flagged_at is not None
    assert not attempt_summary(session, world.check, world.misled).passed


def test_one_run_at_a_time(session, world):
    world.attempt(world.knowing, "После урока")
    world.correct()
    assert world.start() is world.start(lower=True)
    assert session.scalar(select(func.count()).select_from(JobRun)) == 1


def test_answer_to_a_pair_follows_its_corrected_wording():
    kind = question_type("matching")
    rows = [{"left": {"source": "Вызов"}, "right": "ставят вопрос"}, {"left": {"source": "Итог"}, "right": "оценивют"}]
    old = kind.normalise_payload({"pairs": rows})
    fixed = [one | {"right": "оценивают"} if one["right"] == "оценивют" else one for one in old["pairs"]]
    new = kind.normalise_payload({"pairs": fixed})
    answer = {"pairs": {one["id"]: one["right_id"] for one in old["pairs"]}}
    assert kind.grade(new, answer).fraction != 1
    assert kind.grade(new, kind.carry_answer(old, new, answer)).fraction == 1


# The worker


@pytest.fixture
def own_sessions(own_engine: Engine, sessions: object) -> sessionmaker[Session]:
    return make_sessions(own_engine)


def test_killed_run_goes_on_and_grades_each_attempt_once(own_sessions, monkeypatch):
    monkeypatch.setattr(regrading, "BATCH", 3)
    with own_sessions.begin() as session:
        world = World(session)
        ids = [world.attempt(make.enrolment(session, world.misled.cohort), "После урока").id for _each in range(8)]
        world.correct()
        run_id = world.start().id
    taken: list[int] = []

    def killed_once(session: Session, run: JobRun) -> bool:
        taken.append(run.steps_done)
        more = regrading.regrade_next(session, run)
        if len(taken) == 2:
            raise SystemExit
        return more

    from lms.core.jobs import kinds, runs

    monkeypatch.setitem(
        kinds._kinds, regrading.REGRADE_CHECK, runs.run_kind(regrading.REGRADE_CHECK, "grading", killed_once)
    )
    with pytest.raises(SystemExit):
        run_pending(own_sessions, regrading.REGRADE_CHECK)
    run_pending(own_sessions, regrading.REGRADE_CHECK)
    assert taken == [0, 3, 3, 6]
    with own_sessions() as session:
        run = session.get_one(JobRun, run_id)
        assert (run.state, run.steps_done, run.steps_total) == ("done", 8, 8)
        found = session.scalars(select(Attempt).where(Attempt.id.in_(ids))).all()
        assert {(one.percent, len(one.result["earlier"])) for one in found} == {(100, 1)}


# Pages


def test_leader_sees_the_notice_the_preview_and_the_progress(client, session, world):
    world.attempt(world.misled, "На уроке")
    world.attempt(world.knowing, "После урока")
    world.correct()
    session.commit()
    log_in(client, session, world.leader)
    check = f"/programmes/{world.version.id}/self-checks/{world.check.id}"
    assert "2 попытки оценены по старому ключу" in client.get(check).text
    page = client.get(f"{check}/regrade").text
    assert "1 результат вырастет" in page
    assert "1 результат снизился бы" in page
    assert 'name="lower"' in page
    started = client.post(f"{check}/regrade", follow_redirects=True).text
    assert "Оценено заново: 0 из 2" in started
    assert "Оценено заново: 0 из 2" in client.get(f"{check}/regrade/state").text
    run = session.scalars(select(JobRun)).one()
    assert run.parameters == {"self_check_id": world.check.id, "lower": False}
    regrading.regrade_next(session, run)
    run.state = "done"
    session.commit()
    assert client.get(f"{check}/regrade/state").location == f"{check}/regrade"
    done = client.get(f"{check}/regrade").text
    assert "Заново оценены 2 попытки" in done
    assert "1 из них пока сохранил прежний результат" in done
    assert "по старому ключу" not in client.get(check).text


def test_teacher_sees_the_preview_without_the_decision(client, session, world):
    world.attempt(world.knowing, "После урока")
    world.correct()
    teacher = make.member(session, "teacher", site=world.version.programme.site)
    session.commit()
    log_in(client, session, teacher)
    page = f"/programmes/{world.version.id}/self-checks/{world.check.id}/regrade"
    assert "решает руководитель площадки" in client.get(page).text
    assert client.post(page).status_code == 403


def test_trainee_does_not_read_the_wrong_key(client, session, world):
    attempt = world.attempt(world.knowing, "После урока")
    world.attempt(world.knowing, "На уроке")
    address = f"/attempts/{attempt.id}/result"
    log_in(client, session, world.knowing.person.account)
    assert '<div class="key after">' in client.get(address).text
    world.correct()
    assert corrected_questions(session, attempt) == {attempt.items[0][0]}
    session.commit()
    before = client.get(address).text
    assert '<div class="key after">' not in before
    assert "Ключ этого вопроса исправлен после попытки" in before
    world.regrade()
    session.commit()
    after = client.get(address).text
    assert "100 % — пройден" in after
    assert "исправлен" not in after


def test_page_of_a_spared_trainee_says_that_the_result_stays(client, session, world):
    attempt = world.attempt(world.misled, "На уроке")
    world.correct()
    world.regrade()
    session.commit()
    log_in(client, session, world.misled.person.account)
    page = client.get(f"/attempts/{attempt.id}/result").text
    assert "100 % — пройден" in page
    assert "Ваш результат остаётся прежним" in page
    assert "После урока" in page.partition('<div class="key after">')[2]


class Stopping:
    """A leader's page of a self-check with five attempts that are graded anew two at a time."""

    def __init__(self, client, sessions: sessionmaker[Session]) -> None:
        self.client, self.sessions = client, sessions
        with sessions() as session:
            world = World(session)
            for _each in range(5):
                world.attempt(make.enrolment(session, world.misled.cohort), "После урока")
            world.correct()
            self.run_id = world.start().id
            log_in(client, session, world.leader)
            self.page = f"/programmes/{world.version.id}/self-checks/{world.check.id}/regrade"
            session.commit()

    def work(self, steps: int) -> tuple[str, int]:
        run_pending(self.sessions, regrading.REGRADE_CHECK, at_most=steps)
        with self.sessions() as session:
            run = session.get_one(JobRun, self.run_id)
            return run.state, run.steps_done

    def ask(self, do: str) -> str:
        return self.client.post(f"{self.page}/run", data={"do": do}, follow_redirects=True).text


@pytest.fixture
def stopping(client, sessions, monkeypatch) -> Stopping:
    monkeypatch.setattr(regrading, "BATCH", 2)
    return Stopping(client, sessions)


def test_leader_stops_and_continues(stopping):
    assert stopping.work(1) == ("running", 2)
    assert "Останавливаем. Оценено заново: 2 из 5" in stopping.ask("stop")
    assert stopping.work(9) == ("paused", 2)
    page = stopping.client.get(stopping.page).text
    assert "Остановлено. Оценено заново: 2 из 5" in page
    assert 'name="lower"' not in page
    stopping.client.post(stopping.page)  # the form of another tab: no second run beside the stopped one
    assert stopping.work(9) == ("paused", 2)
    assert "Оценено заново: 2 из 5" in stopping.ask("continue")
    assert stopping.work(9) == ("done", 5)
    assert "Заново оценено 5 попыток" in stopping.client.get(stopping.page).text


def test_leader_ends_early_and_starts_again(stopping):
    stopping.work(1)
    stopping.ask("stop")
    stopping.work(9)
    stopping.ask("end")
    assert stopping.work(9) == ("cancelled", 2)
    page = stopping.client.get(stopping.page).text
    assert "Закончено раньше времени. Оценено заново: 2 из 5" in page
    assert "3 попытки оценены по старому ключу" in page
    stopping.ask("continue")
    assert stopping.work(9) == ("cancelled", 2)
    assert "Оценено заново: 0 из 3" in stopping.client.post(stopping.page, follow_redirects=True).text
    stopping.work(9)
    assert "Заново оценены 3 попытки" in stopping.client.get(stopping.page).text
