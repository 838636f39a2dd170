"""Sample data for ``make run``: two organisations, three sites, groups at different stages; all invented.

Everything is created by the operations that the screens use, and the jobs that a worker would run are run here.
"""

from collections.abc import Callable
from datetime import datetime
from time import monotonic

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import composition
from lms.core.clock import utc_now
from lms.core.i18n import use_locale
from lms.core.jobs.queueing import job_notifier
from lms.core.jobs.running import due_kinds, run_pending
from lms.core.people.models import Account
from lms.core.settings import Settings
from lms.demo.world import cast, courses, groups, places

LOG_INS = tuple((who, person.username or "", person.password or "") for who, person in cast.WHO)
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
            seed(session, utc_now(), lambda: settle(parts))
            session.commit()
        settle(parts)
    finally:
        job_notifier.send = send
        parts.engine.dispose()
    log.info("sample_data", seconds=round(monotonic() - began, 1))
    return True


def settle(parts: composition.Parts) -> None:
    """Runs every waiting job, as the worker would."""
    while True:
        with parts.sessions() as session:
            due = due_kinds(session)
        if not due:
            return
        for kind in due:
            run_pending(parts.sessions, kind)


def seed(session: Session, now: datetime, work: Callable[[], None]) -> None:
    """Creates the whole sample; ``work`` runs the jobs committed so far."""

    def commit_and_work() -> None:
        session.commit()
        work()
        session.expire_all()

    world = places.settle(session, now)
    lessons, checks = courses.lessons(world)
    speech = courses.speech(world)
    courses.others(world)
    finished = groups.found(
        world, cast.LEADER, lessons, "Весенний набор", cast.FINISHED, starts=-70, ends=-4, order="64-у"
    )
    running = groups.found(world, cast.LEADER, lessons, "Осенний набор", cast.AUTUMN, starts=-16, ends=24, order="88-у")
    winter = groups.found(world, cast.LEADER, lessons, "Зимний набор", cast.WINTER, starts=8, ends=52, order="97-у")
    kindergarten = groups.found(
        world, cast.SPEECH_LEADER, speech, "Первая группа", cast.SPEECH, starts=-12, ends=25, order="12-к"
    )
    finished.checks = running.checks = checks
    groups.call(winter, 6)
    for group in (finished, running, kindergarten):
        groups.study(group, commit_and_work)
    groups.complete(finished, commit_and_work)
