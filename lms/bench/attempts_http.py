"""Attempts at a self-check of twenty questions over HTTP, from the page with the conditions to the result."""

import threading
import time
from collections.abc import Mapping
from statistics import median

from sqlalchemy.orm import Session

from assessment.models.self_checks import Attempt
from lms.bench.browser import Browser
from lms.bench.figures import Figure
from lms.bench.world import World
from lms.cli.throwaway import RunningService
from lms.demo.answers import raw_answer
from lms.demo.trainee_work import questions_of
from lms.http.login import COOKIE

EACH = 6
"""Attempts of each trainee in a round."""
AIM = 20 * 2.4
"""Twenty times the attempts a second of a Moodle 4.5, which takes 2.4 on two cores."""
PAUSE, PATIENCE = 0.1, 60.0


class Trainee:
    """Takes the self-check again and again."""

    def __init__(self, service: RunningService, world: World, enrolment_id: int, token: str) -> None:
        self.browser = Browser(service.address, {COOKIE: token})
        self.sessions = service.parts.sessions
        self.path = f"/course/{enrolment_id}/self-checks/{world.stage.self_check}"
        self.trouble = ""

    def run(self, times: int) -> None:
        """Takes so many attempts; keeps what went wrong."""
        try:
            for _one in range(times):
                self.take()
        except (ValueError, OSError) as error:
            self.trouble = str(error)

    def take(self) -> None:
        """Begins, answers, saves, hands in and waits for the result."""
        conditions = self.browser.get(self.path)
        address = self.browser.send(conditions.form("/begin")).location
        form = self.browser.get(address).form("/hand-in")
        attempt_id = int(address.rpartition("/")[2])
        with self.sessions() as session:
            answers = raw_answers(session, attempt_id)
        result = self.browser.send(form, {**answers, "hand_in": ["1"]}).location
        limit = time.monotonic() + PATIENCE
        while 'hx-get="' in self.browser.get(result).text.partition("<main")[2]:
            if time.monotonic() > limit:
                raise ValueError(f"attempt {attempt_id} is not graded")
            time.sleep(PAUSE)


def raw_answers(session: Session, attempt_id: int) -> Mapping[str, list[str]]:
    """Returns the right answers as the fields of the page."""
    questions = questions_of(session, session.get_one(Attempt, attempt_id))
    return {
        f"q{key}-{name}": list(values)
        for key, one in questions.items()
        for name, values in raw_answer(one.kind, one.payload).items()
    }


def measure(service: RunningService, world: World, *, rounds: int) -> Figure:
    """Returns attempts per second of all trainees at once."""
    values = [_round(service, world) for _round_number in range(rounds)]
    value = round(median(values), 1)
    return Figure("attempt_http", value, "1/s", "higher", AIM, round(value / AIM, 2))


def _round(service: RunningService, world: World) -> float:
    trainees = [Trainee(service, world, key, token) for key, token in world.trainees]
    threads = [threading.Thread(target=one.run, args=(EACH,)) for one in trainees]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if trouble := [one.trouble for one in trainees if one.trouble]:
        raise ValueError(trouble[0])
    return EACH * len(trainees) / (time.perf_counter() - began)
