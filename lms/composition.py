"""Connects the parts: events, job kinds, periodic work, policies and adapters.

The application, the worker and the commands begin with ``compose``; nothing here imports Flask. Calling it again in one
process (tests do) replaces the parts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

import assessment.handlers
import assessment.jobs
import assessment.policy
import courses.actors
import courses.jobs
import courses.materials.course_items
import courses.policy
import lms.core.files.jobs
import lms.core.mail.jobs
import lms.core.notifications.queries
import lms.core.people.jobs
import lms.core.people.policy
import lms.lti.grades.queries
import lms.lti.handlers
import lms.lti.jobs
import lms.lti.policy
import lms.notices.catalogue
import lms.notices.clock
import lms.notices.handlers
import lms.notices.jobs
import lms.registry.policy
from courses.course_items import register_group_provider, register_provider
from courses.uploads.operations import register_reader
from lms.celery_options import limit_of, sender_options
from lms.core import disk, overwritten, statements
from lms.core import public_url as address
from lms.core.auth import policy
from lms.core.crypto import keyed_hash
from lms.core.db import make_engine, make_sessions
from lms.core.events import subscribe
from lms.core.files import port, scanning
from lms.core.jobs import kinds
from lms.core.jobs.queueing import job_notifier
from lms.core.jobs.running import delete_finished
from lms.core.jobs.watching import Watched
from lms.core.mail import delivery
from lms.core.mail.operations import delete_old
from lms.core.notifications import kinds as notice_kinds
from lms.core.notifications import letters, unsubscribing
from lms.core.people import personal_data, session_facts, sessions
from lms.core.sentences import declare_sentences
from lms.core.settings import Settings
from lms.error_messages.catalogue import SENTENCES
from lms.lti.messages import state
from lms.lti.trust import http_client as outgoing
from lms.lti.trust import tool_keys as keys

log = structlog.get_logger()

Periodic = Callable[[Session, datetime], None]

TABLES = (
    lms.core.people.policy.TABLE,
    lms.registry.policy.TABLE,
    courses.policy.TABLE,
    assessment.policy.TABLE,
    lms.lti.policy.TABLE,
)
JOB_KINDS = (
    *lms.core.mail.jobs.KINDS,
    *lms.core.people.jobs.KINDS,
    *courses.jobs.KINDS,
    *assessment.jobs.KINDS,
    *lms.lti.jobs.KINDS,
    *lms.notices.jobs.KINDS,
)
SESSION_FACTS = (
    courses.actors.SESSION_FACTS,
    lms.core.notifications.queries.SESSION_FACTS,
    lms.lti.grades.queries.SESSION_FACTS,
)
SUBSCRIPTIONS = (
    *assessment.handlers.SUBSCRIPTIONS,
    *lms.lti.handlers.SUBSCRIPTIONS,
    *lms.notices.handlers.SUBSCRIPTIONS,
)
ITEM_PROVIDERS = (courses.materials.course_items.MATERIALS, *assessment.handlers.ITEM_PROVIDERS)
GROUP_PROVIDERS = assessment.handlers.GROUP_PROVIDERS
UPLOAD_READERS = {**courses.jobs.UPLOAD_READERS, **assessment.jobs.UPLOAD_READERS}


def delete_finished_jobs(session: Session, now: datetime) -> None:
    """Deletes the jobs that were done longer ago than ``LMS_FINISHED_JOB_DAYS``."""
    delete_finished(session, before=now - timedelta(days=parts().settings.finished_job_days))


def watch_disk(session: Session, now: datetime) -> None:
    """Tells the administrators when the disk of the data is nearly full."""
    disk.tell_administrators(session, disk.space_of(parts().settings.data.resolve()), now)


def delete_old_rows(session: Session, now: datetime) -> None:
    """Deletes ended sessions and old e-mails, by the terms of the settings."""
    settings = parts().settings
    sessions.delete_ended(session, before=now - timedelta(days=settings.ended_session_days))
    delete_old(session, before=now - timedelta(days=settings.message_days))


def send_digests(session: Session, now: datetime) -> None:
    """Writes the morning's digests of notices, by the installation's clock for people without a time zone."""
    letters.send_digests(session, now, zone=parts().settings.time_zone)


PERIODIC: dict[str, tuple[float, Periodic]] = {
    "watch_disk": (900.0, watch_disk),
    "delete_finished_jobs": (3600.0, delete_finished_jobs),
    "delete_old_rows": (24 * 3600.0, delete_old_rows),
    "delete_overwritten_texts": (24 * 3600.0, overwritten.delete_old),
    "send_digests": (300.0, send_digests),
    **lms.notices.clock.PERIODIC,
    **lms.core.people.jobs.PERIODIC,
    **lms.core.files.jobs.PERIODIC,
    **courses.jobs.PERIODIC,
    **lms.lti.jobs.PERIODIC,
}
"""Name → (seconds between runs, function). The scheduler starts each; one run at a time over all workers."""
WATCHED: dict[str, Watched] = {
    "send_letters_of_notices": Watched(letters.UNDECIDED, letters.send_new),
    **assessment.jobs.WATCHED,
}
"""Name → work that the sweep starts as soon as there is something to do; one run at a time over all workers."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Settings, engine and session factory of this process."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]


_current: list[Parts] = []


def compose(settings: Settings) -> Parts:
    """Connects everything for these settings. Raises ``ValueError`` when they name no database."""
    if not settings.database_url:
        raise ValueError("LMS_DATABASE_URL is not set.")
    wire()
    configure_ports(settings)
    pool, prepared = settings.database_pool, settings.database_prepared
    engine = make_engine(settings.database_url, pool=pool, prepared=prepared)
    job_notifier.send = celery_notifier(settings.redis_url) if settings.redis_url else None
    _current[:] = [Parts(settings, engine, make_sessions(engine))]
    return _current[0]


def parts() -> Parts:
    """Returns this process's parts. ``compose`` must have been called before."""
    return _current[0]


def forget_connections() -> None:
    """Leaves the database's connections to the process that this one was forked from."""
    for each in _current:
        each.engine.dispose(close=False)


def configure_ports(settings: Settings) -> None:
    """Configures file storage, mail, keys, terms of sessions, and the HTTP client.

    Raises ``ValueError`` for a setting that cannot be used.
    """
    address.configure(settings.address)
    port.configure(port.store_of(settings))
    scanning.configure(settings.clamd_url)
    delivery.configure(delivery.server_of(settings))
    outgoing.configure(settings.platform_private_hosts, settings.platform_ca_file)
    sessions.configure(terms_of(settings))
    statements.configure(settings.slow_statement_ms)
    if settings.has_secret():  # the container that sends letters has none; what encrypts or signs there fails
        personal_data.configure(personal_data.ring_of(settings))
        configure_keys(settings)


def configure_keys(settings: Settings) -> None:
    """Configures the keys that are derived from the installation's secret, for commands of the terminal too."""
    keyed_hash.configure(settings.secret("codes"))
    keys.configure(settings.secret("platform-keys"))
    state.configure(settings.secret("platform-state"))
    unsubscribing.configure(settings.secret("unsubscribe"))


def terms_of(settings: Settings) -> sessions.Terms:
    """Returns the terms of log-in sessions."""
    return sessions.Terms(
        unused=timedelta(days=settings.session_days),
        longest=timedelta(days=settings.session_longest_days),
        longest_of_administrators=timedelta(hours=settings.administrator_session_hours),
    )


def wire() -> None:
    """Registers sentences, policies, job kinds and subscriptions; doing it twice changes nothing."""
    declare_sentences(SENTENCES)
    for table in TABLES:
        policy.declare(table)
    for facts in SESSION_FACTS:
        session_facts.declare_facts(facts)
    for kind in JOB_KINDS:
        kinds.declare(kind)
    for event, handler in SUBSCRIPTIONS:
        subscribe(event, handler)
    for notice_kind in lms.notices.catalogue.KINDS:
        notice_kinds.declare(notice_kind)
    for provider in ITEM_PROVIDERS:
        register_provider(provider)
    for of_groups in GROUP_PROVIDERS:
        register_group_provider(of_groups)
    for what, read in UPLOAD_READERS.items():
        register_reader(what, read)


def celery_notifier(redis_url: str) -> Callable[[str], None]:
    """Returns the Celery adapter of the notifier: it sends a task with the kind of work as its only argument."""
    celery = Celery("notifier", set_as_current=False)
    celery.conf.update(sender_options(redis_url))

    def notify(kind: str) -> None:
        try:
            known = kinds.known(kind)
            celery.send_task("worker.run_pending", (kind,), queue=known.queue, retry=False, time_limit=limit_of(known))
        except (OperationalError, OSError) as error:
            log.warning("notification_lost", kind=kind, error=str(error))

    return notify
