"""The ceiling of grading: a Celery task that does nothing, with the same acknowledgement and prefetch as the
product's.
"""

import os

from celery import Celery
from kombu.entity import Queue

from lms.celery_options import options

QUEUE, TASK = "bench-empty", "bench.empty"


def queues() -> list[Queue]:
    """Returns the queue of empty tasks."""
    return [Queue(QUEUE)]


app = Celery("lms.bench.empty_tasks")
app.conf.update(options(os.environ.get("LMS_REDIS_URL", "redis://127.0.0.1:6379/0")))
app.conf.task_queues = queues()
app.conf.task_default_queue = QUEUE


@app.task(name=TASK)
def empty() -> None:
    """Does nothing."""
