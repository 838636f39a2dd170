"""Words and signs for what was sent to a platform's gradebook."""

from datetime import datetime
from typing import Any, NamedTuple

from lms.core.i18n import _, format_number
from lms.lti.grades.queries import ScoreStatus, TraineeScore
from lms.lti.models.services import ScoreTry


class Sign(NamedTuple):
    """A kind of state (see ``macros/ui.html``), its word, its icon."""

    kind: str
    word: str
    icon: str


def sending_sign(sending: ScoreStatus | None) -> Sign:
    """Where the result is."""
    if sending is None or not sending.state:
        return Sign("", _("nothing to send yet"), icon="circle-dashed")
    if sending.column == "refused":
        return Sign("stop", _("no column for it"), icon="table-off")
    if sending.state == "sent":
        return Sign("ok", _("sent"), icon="circle-check")
    return _unsent(sending)


def _unsent(sending: ScoreStatus) -> Sign:
    if sending.state == "refused":
        word = _("not sent: no answer for a day") if sending.given_up else _("refused by the platform")
        return Sign("stop", word, icon="ban")
    if sending.error or sending.down_until:
        return Sign("warn", _("waits: the platform does not answer"), icon="clock-exclamation")
    if sending.column == "wanted":
        return Sign("go", _("waits for its column"), icon="hourglass")
    return Sign("go", _("on its way"), icon="send")


def why_of(sending: ScoreStatus) -> str:
    """What the platform said, where it said something."""
    return (sending.column_error if sending.column == "refused" else sending.error) or ""


def next_try(sending: ScoreStatus, now: datetime) -> datetime | None:
    """When it is tried again; none: it is not waiting, or its turn has come."""
    if sending.state != "waiting":
        return None
    moments = [moment for moment in (sending.next_try_at, sending.down_until) if moment is not None and moment > now]
    return max(moments, default=None)


def result_words(wanted: dict[str, Any]) -> str:
    """«27 of 36», or how far it is where there are no points yet."""
    if "scoreGiven" in wanted:
        given, most = format_number(wanted["scoreGiven"]), format_number(wanted["scoreMaximum"])
        return _("%(given)s of %(most)s", given=given, most=most)
    return activity_words(wanted.get("activityProgress", ""))


def activity_words(activity: str) -> str:
    """How far the trainee is, as the message says."""
    return {
        "Initialized": _("not begun"),
        "Started": _("opened"),
        "InProgress": _("in progress"),
        "Submitted": _("handed in"),
        "Completed": _("completed"),
    }.get(activity, "")


def try_sign(one: ScoreTry) -> Sign:
    """How a sending ended."""
    return {
        "sent": Sign("ok", _("sent"), icon="circle-check"),
        "refused": Sign("stop", _("refused by the platform"), icon="ban"),
    }.get(one.outcome, Sign("warn", _("not taken yet") if one.status else _("no answer"), icon="clock-exclamation"))


def where_words(own: TraineeScore) -> str:
    """The course and the platform of a column."""
    return " · ".join(filter(None, (own.column.course, own.column.platform)))


WORDS = {
    "sending_sign": sending_sign,
    "why_of_sending": why_of,
    "next_try": next_try,
    "score_words": result_words,
    "activity_words": activity_words,
    "try_sign": try_sign,
    "where_words": where_words,
}
