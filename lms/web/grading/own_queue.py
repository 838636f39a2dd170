"""The queue of the grader who is logged in, and their decisions that can still be undone."""

from datetime import timedelta

from assessment.attestation import releasing
from assessment.grading_queue import Neighbours, Waiting, neighbours
from lms.composition import parts
from lms.core.auth.roles import GRADERS
from lms.http.request_context import actor, db, now
from lms.web.grading.presenters import Pending, pending_decisions
from lms.web.shell.navigation import works_shown


def sites() -> list[int]:
    """Returns the ids of the sites whose works the actor grades."""
    return actor().ids("site", *GRADERS)


def neighbours_of(item: Waiting) -> Neighbours:
    """Returns what stands before and after a work or free answers in the actor's queue."""
    return neighbours(db(), item, sites(), actor(), only=works_shown())


def pending() -> list[Pending]:
    """Returns the actor's decisions that can still be undone."""
    results = releasing.unreleased_of(db(), actor().account_id or 0)
    return pending_decisions(results, pause=pause(), now=now())


def pause() -> timedelta:
    """Returns the time during which a decision can be undone."""
    return timedelta(seconds=parts().settings.release_seconds)
