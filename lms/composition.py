"""Where the parts meet: events, job kinds, periodic work, policies and adapters.

The application, the worker and the commands all begin with ``compose``; no Flask here. Composing again in one process
(tests do) replaces the parts.
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
import courses.jobs
import courses.policy
import lms.core.files.jobs
import lms.core.mail.jobs
import lms.core.people.jobs
import lms.core.people.policy
import lms.lti.handlers
import lms.lti.jobs
import lms.lti.policy
import lms.registry.policy
from courses.course_items import provide, provide_for_groups
from lms.celery_options import nudging_options
from lms.core import public_url as address
from lms.core.auth import policy
from lms.core.db import make_engine, make_sessions
from lms.core.errors import declare_sentences
from lms.core.events import subscribe
from lms.core.files import port
from lms.core.jobs import kinds
from lms.core.jobs.queueing import nudger
from lms.core.jobs.running import delete_finished
from lms.core.mail import delivery
from lms.core.people import personal_data
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
    *courses.jobs.KINDS,
    *assessment.jobs.KINDS,
    *lms.lti.jobs.KINDS,
)
SUBSCRIPTIONS = (*assessment.handlers.SUBSCRIPTIONS, *lms.lti.handlers.SUBSCRIPTIONS)
ELEMENT_PROVIDERS = assessment.handlers.ELEMENT_PROVIDERS
GROUP_PROVIDERS = assessment.handlers.GROUP_PROVIDERS


def delete_finished_jobs(session: Session, now: datetime) -> None:
    """Deletes the jobs that were done longer ago than ``LMS_FINISHED_JOB_DAYS``."""
    delete_finished(session, before=now - timedelta(days=parts().settings.finished_job_days))


PERIODIC: dict[str, tuple[float, Periodic]] = {
    "delete_finished_jobs": (3600.0, delete_finished_jobs),
    **lms.core.people.jobs.PERIODIC,
    **lms.core.files.jobs.PERIODIC,
    **assessment.jobs.PERIODIC,
    **courses.jobs.PERIODIC,
    **lms.lti.jobs.PERIODIC,
}
"""Name → (seconds between, what is done): beat starts it, one at a time over all workers."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process works with."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]


_current: list[Parts] = []


def compose(settings: Settings) -> Parts:
    """Wire everything for these settings, which must name a database; raises ``ValueError`` when they do not."""
    if not settings.database_url:
        raise ValueError("LMS_DATABASE_URL is not set.")
    wire()
    configure_ports(settings)
    engine = make_engine(settings.database_url, pool=settings.database_pool)
    nudger.send = nudge_through(settings.redis_url) if settings.redis_url else None
    _current[:] = [Parts(settings, engine, make_sessions(engine))]
    return _current[0]


def parts() -> Parts:
    """This process's parts; ``compose`` comes first."""
    return _current[0]


def configure_ports(settings: Settings) -> None:
    """Where files lie, how mail goes, which keys open personal data; ``ValueError`` for a setting that will not do."""
    address.configure(settings.address)
    port.configure(port.store_of(settings))
    delivery.configure(delivery.server_of(settings))
    personal_data.configure(personal_data.ring_of(settings))
    outgoing.configure(settings.platform_private_hosts, settings.platform_ca_file)
    keys.configure(settings.secret("platform-keys"))
    state.configure(settings.secret("platform-state"))


def wire() -> None:
    """Registers sentences, policies, job kinds and subscriptions; doing it twice changes nothing."""
    declare_sentences(SENTENCES)
    for table in TABLES:
        policy.declare(table)
    for kind in JOB_KINDS:
        kinds.declare(kind)
    for event, handler in SUBSCRIPTIONS:
        subscribe(event, handler)
    for provider in ELEMENT_PROVIDERS:
        provide(provider)
    for of_groups in GROUP_PROVIDERS:
        provide_for_groups(of_groups)


def nudge_through(redis_url: str) -> Callable[[str], None]:
    """The Celery adapter of the nudging port: a task that carries the kind of work, nothing else."""
    celery = Celery("nudges", set_as_current=False)
    celery.conf.update(nudging_options(redis_url))

    def nudge(kind: str) -> None:
        try:
            celery.send_task("worker.drain", (kind,), queue=kinds.known(kind).queue, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("nudge_lost", kind=kind, error=str(error))

    return nudge
