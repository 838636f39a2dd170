"""Addresses of what waits in the queue of a grader."""

from flask import url_for

from assessment.grading_queue import WORK, Waiting


def item_url(item: Waiting) -> str:
    """Returns the page on which a work is graded or free answers are read."""
    kind, key = item
    if kind == WORK:
        return url_for("grading.desk", submission_id=key)
    return url_for("self_checks.essay", attempt_id=key)
