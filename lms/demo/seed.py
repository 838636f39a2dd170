"""Sample data for ``make run``: two organisations, three sites, groups at different stages; all invented.

Everything is created by the operations that the screens use, and the jobs that a worker would run are run here.
"""

from collections.abc import Callable
from datetime import datetime
from time import monotonic

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.completion.operations import EVALUATE
from lms import composition
from lms.core.clock import utc_now
from lms.core.i18n import use_locale
from lms.core.jobs.queueing import job_notifier
from lms.core.jobs.running import run_pending
from lms.core.jobs.watching import find_due
from lms.core.people.models import Account
from lms.core.settings import Settings
from lms.demo.sample_data import courses, groups, people, registry

LOG_INS = tuple((who, person.username or "", person.password or "") for who, person in people.LOG_INS)
"""(role, user name, password) of every account with a password."""

log = structlog.get_logger()


def seed_if_empty(settings: Settings) -> bool:
    """Fills a database that has no account yet. Returns whether it did.

    Raises ``DomainError`` when the sample document cannot be read as a programme. No worker is notified: the jobs are
    run here.
    """
    parts = composition.compose(settings)
    send, job_notifier.send = job_notifier.send, None
    began = monotonic()
    try:
        with use_locale("ru"), parts.sessions() as session:
            if session.scalar(select(Account.id).limit(1)) is not None:
                return False
            seed(session, utc_now(), lambda: run_waiting_jobs(parts))
            session.commit()
        run_waiting_jobs(parts)
    finally:
        job_notifier.send = send
        parts.engine.dispose()
    log.info("sample_data", seconds=round(monotonic() - began, 1))
    return True


def run_waiting_jobs(parts: composition.Parts) -> None:
    """Runs every waiting job, as the worker would; evaluations last, because most other jobs ask for them again."""
    while due := _due(parts):
        for kind in [kind for kind in due if kind != EVALUATE] or due:
            run_pending(parts.sessions, kind)


def _due(parts: composition.Parts) -> list[str]:
    with parts.sessions() as session:
        return find_due(session, {}).kinds


def seed(session: Session, now: datetime, work: Callable[[], None]) -> None:
    """Creates the whole sample; ``work`` runs the jobs committed so far."""

    def commit_and_work() -> None:
        session.commit()
        work()
        session.expire_all()

    world = registry.create_registry(session, now)
    lessons, checks = courses.lessons(world)
    speech = courses.speech(world)
    courses.others(world)
    finished = groups.create_group(
        world, people.LEADER, lessons, "Весенний набор", people.FINISHED, starts=-70, ends=-4, order="64-у"
    )
    running = groups.create_group(
        world, people.LEADER, lessons, "Осенний набор", people.AUTUMN, starts=-16, ends=24, order="88-у"
    )
    winter = groups.create_group(
        world, people.LEADER, lessons, "Зимний набор", people.WINTER, starts=8, ends=52, order="97-у"
    )
    kindergarten = groups.create_group(
        world, people.SPEECH_LEADER, speech, "Первая группа", people.SPEECH, starts=-12, ends=25, order="12-к"
    )
    finished.checks = running.checks = checks
    groups.send_invitations(winter, 6)
    for step in (groups.study, groups.grade):  # each for all groups: the jobs run once a step, not once a group
        for group in (finished, running, kindergarten):
            step(group)
        commit_and_work()
    groups.finish_group(finished, commit_and_work)
