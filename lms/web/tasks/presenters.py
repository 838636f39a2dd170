"""Card of a trainee's home page with the latest review of their work."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from assessment.attestation import queries
from courses.models.groups import Enrolment
from courses.progress.course_view import CourseView
from lms.core.i18n import _, format_number
from lms.web.home.dashboards import Card, register_card


@dataclass(frozen=True, slots=True)
class Latest:
    """Content of the card."""

    on: datetime
    kind: str
    verdict: str
    title: str
    points: str
    words: str
    reviewer: str
    url: str
    act: tuple[str, str] | None


def last_review_card(session: Session, enrolment: Enrolment, view: CourseView) -> Card | None:
    """Returns the latest decision, if there is one. No query while no work has been begun."""
    if all(one.state == "open" for one in view.everything if one.kind == "task"):
        return None
    review = queries.last_review(session, enrolment)
    if review is None:
        return None
    url = url_for("tasks.show", enrolment_id=enrolment.id, task_id=review.task_id)
    back = review.decision == "returned"
    shown = Latest(
        on=review.decided_at,
        kind="warn" if back else "ok",
        verdict=_("Returned for revision") if back else _("Work accepted"),
        title=_("%(title)s, version %(number)s", title=review.task_title, number=review.version),
        points=points(review),
        words=review.comment,
        reviewer=review.reviewer,
        url=url,
        act=(_("Revise the work"), url) if review.state == "returned" else None,
    )
    return Card("home/_last_review.html", shown)


def points(review: queries.LastReview) -> str:
    """Returns «11 of 20, 14 needed»; empty for a task without criteria."""
    if not review.most:
        return ""
    values = {"got": review.total or 0, "total": review.most, "mark": review.pass_mark}
    return _("%(got)s of %(total)s, %(mark)s needed", **{key: format_number(value) for key, value in values.items()})


register_card("main", last_review_card, order=10)
