"""Reads uploaded files as the worker does, in the session of a page's test."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from courses.uploads.operations import READ_UPLOAD
from lms.core.jobs import kinds
from lms.core.jobs.queueing import POSTPONED
from lms.core.jobs.run_models import FINISHED, JobRun


def read_uploads(session: Session) -> None:
    """Does the steps of all runs that read uploads."""
    handle = kinds.known(READ_UPLOAD).handle
    for run in session.scalars(select(JobRun).where(JobRun.kind == READ_UPLOAD)).all():
        while run.state not in FINISHED:
            handle(session, run.id)
            session.info.pop(POSTPONED, None)
    session.commit()


def outcome(browser: FlaskClient, session: Session, answer: TestResponse) -> TestResponse:
    """Returns the answer to which the page of an accepted upload leads when the file was read: a redirect to the
    preview, or the form with the reason of a refusal. Another answer to the upload is returned as it is.
    """
    if answer.status_code != 303 or "/uploads/" not in answer.headers["Location"]:
        return answer
    read_uploads(session)
    led = browser.get(answer.headers["Location"])
    return browser.get(led.headers["Location"]) if "upload=" in led.headers.get("Location", "") else led
