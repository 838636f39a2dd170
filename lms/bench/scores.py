"""The product's part of sending a score: the platform answers at once, so its time is not measured."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session, sessionmaker

from lms.bench.figures import Figure
from lms.bench.jobs import silent
from lms.bench.world import World, connected
from lms.core.clock import utc_now
from lms.core.jobs.running import run_pending
from lms.core.settings import Settings
from lms.lti.grades.job_names import SEND_SCORE, enqueue_platform_job
from lms.lti.models.launches import ContentItem, Context, Link, Participant
from lms.lti.models.services import LineItem, Score
from lms.lti.trust import http_client

SCORES = 200
A_FIFTH = 6.2
"""Milliseconds: a fifth of the 31 that a Moodle 4.5 takes for a score."""
HOST = "127.0.0.1"


def measure(sessions: sessionmaker[Session], settings: Settings, world: World, *, rounds: int) -> Figure:
    """Returns CPU milliseconds per score: taken, sent over HTTP, recorded; 200 of them by the worker's own loop."""
    with _instant() as address:
        http_client.configure([*settings.platform_private_hosts, HOST], settings.platform_ca_file)
        with sessions.begin() as session:
            ids = _make(session, world, address)
        values = []
        for _round in range(rounds + 1):
            with silent(), sessions.begin() as session:
                _call_for(session, ids)
            began = time.process_time()
            done = run_pending(sessions, SEND_SCORE)
            values.append((time.process_time() - began) * 1000 / done)
        http_client.configure(settings.platform_private_hosts, settings.platform_ca_file)
    value = statistics.median(values[1:])  # the first one requests the token too
    return Figure("score", round(value, 2), "ms", "lower", A_FIFTH, round(value / A_FIFTH, 2))


@contextmanager
def _instant() -> Iterator[str]:
    command = [sys.executable, "-m", "lms.bench.instant_platform"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            yield f"http://{HOST}:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def _make(session: Session, world: World, address: str) -> list[int]:
    platform = connected(session, address, "bench")
    at = Context(deployment_id=platform.deployments[0].id, context_id="1")
    session.add(at)
    session.flush()
    placement = ContentItem(context_id=at.id, cohort_id=world.few, kind="programme", title="bench", graded=True)
    session.add(placement)
    session.flush()
    link = Link(context_id=at.id, resource_link_id="1", placement_id=placement.id)
    session.add(link)
    session.flush()
    item = LineItem(link_id=link.id, url=f"{address}/item?type_id=1", label="bench", score_maximum=36, state="ready")
    people = [Participant(context_id=at.id, subject=str(one), platform_role="learner") for one in range(SCORES)]
    session.add_all([item, *people])
    session.flush()
    mark = {"scoreGiven": 18, "scoreMaximum": 36, "activityProgress": "InProgress", "gradingProgress": "FullyGraded"}
    scores = [Score(line_item_id=item.id, participant_id=one.id, wanted=mark, wanted_at=utc_now()) for one in people]
    session.add_all(scores)
    session.flush()
    return [score.id for score in scores]


def _call_for(session: Session, ids: list[int]) -> None:
    session.query(Score).filter(Score.id.in_(ids)).update({"state": "waiting", "wanted_at": utc_now()})
    for score_id in ids:
        enqueue_platform_job(session, SEND_SCORE, score_id, utc_now())
