"""The Celery application of the worker and the scheduler."""

from celery import Celery
from celery.signals import beat_init, worker_init, worker_process_init

from lms.celery_options import options
from lms.composition import PERIODIC, compose, forget_connections
from lms.core.logs import configure_logging
from lms.core.settings import Settings
from lms.core.sharing import prepare_fork

settings = Settings()

app = Celery("worker", include=["worker.tasks"])
app.conf.update(options(settings.redis_url or "redis://127.0.0.1:6379/0"))
app.conf.beat_schedule = {
    "sweep": {
        "task": "worker.sweep",
        "schedule": settings.sweep_seconds,
        "options": {"expires": settings.sweep_seconds},
    },
    **{
        name: {"task": "worker.periodic", "args": (name,), "schedule": seconds, "options": {"expires": seconds}}
        for name, (seconds, _) in PERIODIC.items()
    },
}
configure_logging(settings.log_format)


@worker_init.connect
def _compose_worker(**_: object) -> None:
    """Composes the parts before the child processes are forked, which share what is loaded."""
    compose(settings)
    prepare_fork()


@worker_process_init.connect
def _compose_child(**_: object) -> None:
    """Gives each child process its own connections."""
    forget_connections()


@beat_init.connect
def _compose_beat(**_: object) -> None:
    configure_logging(settings.log_format)
