"""The people of the load test, for ``locust --locustfile``: trainees who study and leaders who grade.

Runs in a process of its own, which knows the service by its pages only. Locust makes the clock's and the threads'
functions of this process yield to the other people, therefore no module of the product imports this file.
"""

import os
import random
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import locust
import locust.exception
from locust.contrib.fasthttp import FastHttpUser

from lms.bench.under_load.ledger import Ledger
from lms.bench.under_load.pages import Reply
from lms.bench.under_load.plan import PLAN_FILE, Visitor, read_plan
from lms.demo.browser import PageForm, Upload, multipart

PLAN = read_plan(Path(os.environ[PLAN_FILE]))
LEDGER = Ledger(Path(PLAN.ledger).open("a", encoding="utf-8", buffering=1))  # noqa: SIM115  # open until the end
TRAINEES, LEADERS = iter(PLAN.trainees), iter(PLAN.leaders)
POLL_SECONDS = 0.5
"""The page of an ungraded attempt asks about so often."""
RETURNED_SHARE = 0.2
"""Works that a leader returns instead of accepting."""
GRADED_SECONDS = 120.0
"""Seconds within which an attempt must be graded."""
PATIENCE = 60.0
"""Seconds after which a person gives up a page that does not come."""
AGAIN = (0.8, 1.6)
"""Seconds before a person tries again, at least and at most."""
JSON = "application/json"

Values = Mapping[str, str | Sequence[str]]


class GivenUp(Exception):
    """Raised when a person cannot get something done."""


class PersonAtWork(FastHttpUser):
    """A person whose day is a sequence of steps with a pause for thinking after each."""

    abstract = True
    who: Visitor
    steps: Iterator[None]
    at_home = 0
    """People whose day is over."""

    def on_start(self) -> None:
        """Begins the day, with choices that are the same in each run."""
        self.who = self.next_visitor()
        self.chance = random.Random(self.who.username)  # noqa: S311  # thinking times are no secret
        self.steps = self.day()

    def next_visitor(self) -> Visitor:
        """Returns the person who comes next."""
        raise NotImplementedError

    def day(self) -> Iterator[None]:
        """Yields after each step."""
        raise NotImplementedError

    def wait_time(self) -> float:
        """Returns the seconds of thinking before the next step."""
        return PLAN.pause * self.chance.uniform(0.5, 1.5)

    @locust.task
    def step(self) -> None:
        """Does the next step; after a failed one the day begins again."""
        try:
            next(self.steps)
        except StopIteration:
            self.go_home()
        except GivenUp as error:
            LEDGER.error(f"{self.who.username}: {error}")
            self.steps = self.day()

    def go_home(self) -> None:
        """Ends the run with the last person who has a day that ends."""
        PersonAtWork.at_home += 1
        if PersonAtWork.at_home == len(PLAN.trainees):
            threading.Thread(target=self.environment.runner.quit).start()
        raise locust.exception.StopUser

    def ask(
        self,
        kind: str,
        path: str,
        typed: Values | None = None,
        *,
        accepted: Sequence[int] = (),
        upload: Upload | None = None,
        script: bool = False,
    ) -> Reply:
        """Sends a request, again and again while the service is away. Raises ``GivenUp``."""
        headers = {"Accept-Language": "ru", "X-Forwarded-For": self.who.address, "Sec-Fetch-Site": "same-origin"}
        body, headers["Content-Type"] = _body(typed or {}, upload)
        headers["Accept"] = JSON if script else "text/html"
        limit = time.monotonic() + PATIENCE
        while True:
            reply = self._once(kind, path, body if typed is not None else None, headers, accepted)
            if reply is not None:
                return self._logged_in(kind, reply)
            if time.monotonic() > limit:
                raise GivenUp(f"{kind} {path} got no answer for a minute")
            time.sleep(self.chance.uniform(*AGAIN))

    def _once(self, kind: str, path: str, body: Any, headers: dict[str, str], accepted: Sequence[int]) -> Reply | None:
        """Returns the answer; ``None``: there was none, or the server failed. Raises ``GivenUp`` for a refusal."""
        at, began = time.time(), time.perf_counter()
        method = "GET" if body is None else "POST"
        answer: Any = self.client.request(method, path, name=kind, data=body, headers=headers, allow_redirects=False)
        seconds, status = time.perf_counter() - began, int(answer.status_code or 0)
        good = 200 <= status < 400 or status in accepted
        LEDGER.request(kind, at=at, seconds=seconds, status=status, good=good)
        if 400 <= status < 500 and not good:
            raise GivenUp(f"{kind} {path} was refused with {status}")
        return Reply(status, answer.headers.get("Location") or "", answer.text or "") if good else None

    def _logged_in(self, kind: str, reply: Reply) -> Reply:
        if reply.location.startswith("/log-in") and kind != "log_in":
            raise GivenUp(f"{kind} led to the log-in: the session is lost")
        return reply

    def open(self, kind: str, path: str) -> Reply:
        """Opens a page, and those that it leads to."""
        reply = self.ask(kind, path)
        while reply.location:
            reply = self.ask(kind, reply.location)
        return reply

    def log_in(self) -> Iterator[None]:
        """Logs in by the form and consents when asked."""
        page = self.ask("log_in_page", "/log-in")
        if page.location:  # logged in already
            return
        form = page.form("/log-in", naming="password")
        if form is None:
            raise GivenUp("the page of the log-in has no form")
        yield
        typed = form.fields | {"login": [self.who.username], "password": [PLAN.password]}
        home = self.open("home", self.ask("log_in", "/log-in", typed).location or "/")
        consent = home.form("", naming="document_id")
        if consent is not None:
            yield
            self.ask("consent", consent.action, {**consent.fields, "agree": "y"})
        yield


def _body(typed: Values, upload: Upload | None) -> tuple[bytes, str]:
    fields = {name: [value] if isinstance(value, str) else list(value) for name, value in typed.items()}
    if upload is not None:
        return multipart(fields, [upload])
    return urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded"


class Trainee(PersonAtWork):
    """Studies material after material, takes the self-check, hands works in."""

    fixed_count = len(PLAN.trainees)

    def next_visitor(self) -> Visitor:
        """Returns the next trainee of the plan."""
        return next(TRAINEES)

    def day(self) -> Iterator[None]:
        """Yields after each step of studying."""
        yield from self.log_in()
        course = f"/course/{self.who.enrolment}"
        for lesson in range(PLAN.lessons) if PLAN.lessons else count():
            self.open("home", "/")
            yield
            self.open("course", course)
            yield
            yield from self.study(course, PLAN.materials[lesson % len(PLAN.materials)])
            yield from self.take_self_check(f"{course}/self-checks/{PLAN.check}")
            yield from self.do_task(f"{course}/tasks/{PLAN.task}")

    def study(self, course: str, material: int) -> Iterator[None]:
        """Reads a material and confirms it."""
        page = self.open("material", f"{course}/materials/{material}")
        yield
        form = page.form("/confirm")
        if form is not None:
            self.ask("confirm", form.action, form.fields)
            LEDGER.confirmed("confirmed", enrolment=self.who.enrolment, material=material)
            yield

    def take_self_check(self, path: str) -> Iterator[None]:
        """Answers every question, each answer saved by itself, hands in and waits for the result."""
        conditions = self.open("self_check", path)
        yield
        begin = needed(conditions, "/begin")
        address = self.ask("begin", begin.action, begin.fields).location
        attempt = int(address.rpartition("/")[2])
        page = self.open("attempt", address)
        LEDGER.confirmed("begun", attempt=attempt, enrolment=self.who.enrolment)
        form = needed(page, "/hand-in")
        yield from self.answer(page, form, attempt)
        everything = {name: values for fields in PLAN.answers.values() for name, values in fields.items()}
        result = self.ask("hand_in_answers", form.action, {**form.fields, **everything, "hand_in": "sure"}).location
        LEDGER.confirmed("answers_handed_in", attempt=attempt)
        self.wait_for_result(attempt, result)
        yield

    def answer(self, page: Reply, form: PageForm, attempt: int) -> Iterator[None]:
        """Saves one answer after the other, as the page's script does."""
        address = page.saving_address()
        if address is None:
            raise GivenUp(f"the page of attempt {attempt} does not say where answers are saved")
        token = form.fields["csrf_token"]
        for question, fields in PLAN.answers.items():
            yield
            self.ask("save_answer", address, {**fields, "q": question, "csrf_token": token}, script=True)
            LEDGER.confirmed("saved", attempt=attempt, question=question)
        yield

    def wait_for_result(self, attempt: int, address: str) -> None:
        """Looks at the result's page until the attempt is graded."""
        began = time.monotonic()
        while self.open("result", address).awaits_result():
            if time.monotonic() - began > GRADED_SECONDS:
                raise GivenUp(f"attempt {attempt} is not graded")
            time.sleep(POLL_SECONDS)
        LEDGER.confirmed("result_shown", attempt=attempt, seconds=time.monotonic() - began)

    def do_task(self, path: str) -> Iterator[None]:
        """Writes the work and hands it in, unless it waits for its review or is accepted."""
        page = self.open("task", path)
        yield
        form = page.form(path, naming="text")
        if form is None:
            return
        mark = uuid.uuid4().hex
        self.ask("save_draft", f"{path}/draft", {**form.fields, "text": f"Черновик {mark}"}, script=True)
        yield
        form = self.open("task", path).form(path, naming="text")
        if form is None:
            raise GivenUp(f"the work of {path} cannot be handed in although it is a draft")
        yield
        typed = {**form.fields, "text": f"Моя работа, {mark}", "hand_in": "1"}
        file = Upload(f"{mark}.txt", f"Урок, {mark}\n".encode() * 100)
        reply = self.ask("hand_in_work", path, typed, upload=file, accepted=(403, 409, 422))
        if reply.status < 400 or mark in self.open("task", path).text:  # a try before this one has come through
            LEDGER.confirmed("work_handed_in", enrolment=self.who.enrolment, mark=mark)
        else:
            raise GivenUp(f"the work was refused with {reply.status}")
        yield


class Leader(PersonAtWork):
    """Grades what waits, works chosen by chance, so that five leaders seldom open the same one."""

    fixed_count = len(PLAN.leaders)

    def next_visitor(self) -> Visitor:
        """Returns the next leader of the plan."""
        return next(LEADERS)

    def day(self) -> Iterator[None]:
        """Yields after each step of grading."""
        yield from self.log_in()
        while True:
            queue = self.open("queue", "/grading")
            yield
            waiting = queue.waiting_works()
            if waiting:
                yield from self.grade(self.chance.choice(waiting))

    def grade(self, path: str) -> Iterator[None]:
        """Decides a work; another leader may have been quicker."""
        form = self.open("desk", path).form(path, naming="version_id")
        yield
        if form is None:
            return
        decision = "returned" if self.chance.random() < RETURNED_SHARE else "accepted"
        typed = {**form.fields, **PLAN.points, "comment": "Посмотрела, спасибо.", "decision": decision}
        reply = self.ask("decide", path, typed, accepted=(409,))
        if reply.status < 400:
            LEDGER.confirmed("decided", version=int(form.fields["version_id"][0]), decision=decision)
        yield


def needed(page: Reply, ending: str) -> PageForm:
    """Returns the form whose action ends so. Raises ``GivenUp`` when the page has none."""
    form = page.form(ending)
    if form is None:
        raise GivenUp(f"the page has no form to …{ending}")
    return form
