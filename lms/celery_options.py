"""Celery's configuration, for the worker that consumes and for every process that notifies it.

The rows of ``job`` are the truth: a lost message delays the work until the sweep, and a repeated one changes nothing.
Messages are acknowledged late; the task of a killed child process comes back after a short pause, that of a killed
worker after the visibility timeout.
"""

from math import ceil
from typing import Any

from kombu.entity import Queue

from lms.core.jobs import queues
from lms.core.jobs.kinds import JobKind

VISIBILITY_TIMEOUT = 1800
"""Seconds; above the hard limit of the longest task."""
RUN_SECONDS = 0.25
"""Seconds after which a task begins no further job of its kind, so that other queues have their turn: a trainee who
hands answers in does not wait until the hours of two hundred others are counted.
"""
TASK_LIMIT = 300
"""Seconds after which the process of a task is killed, unless its kind of job may take longer."""
SENDER_TIMEOUT = 0.5
"""Seconds that a request waits for a broker that is down; the sweep finds the row later."""


def limit_of(kind: JobKind) -> int:
    """Returns the seconds after which the process of a task with jobs of this kind is killed."""
    return max(TASK_LIMIT, ceil(RUN_SECONDS + kind.longest))


def options(redis_url: str) -> dict[str, Any]:
    """Returns Celery's configuration for this broker."""
    return {
        "broker_url": redis_url,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_keepalive": True,
        },
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_retry_on_worker_lost": True,
        "task_time_limit": TASK_LIMIT,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "task_default_queue": queues.DEFAULT,
        "task_create_missing_queues": False,
        "task_queues": [Queue(name) for name in queues.ALL],
        "task_serializer": "json",
        "accept_content": ["json"],
        "enable_utc": True,
    }


def sender_options(redis_url: str) -> dict[str, Any]:
    """Returns the configuration of a process that only sends messages, with short timeouts."""
    chosen = options(redis_url)
    chosen["broker_transport_options"] = {
        "socket_connect_timeout": SENDER_TIMEOUT,
        "socket_timeout": SENDER_TIMEOUT,
        "max_retries": 0,
    }
    return chosen
