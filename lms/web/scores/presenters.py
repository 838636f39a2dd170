"""Texts and badges of scores in platforms' gradebooks."""

from datetime import datetime
from typing import Any

from lms.core.i18n import _, format_number
from lms.lti.grades.queries import ScoreStatus, TraineeScore
from lms.lti.models.services import ScoreTry
from lms.web.shell.badges import Badge


def sending_sign(sending: ScoreStatus | None) -> Badge:
    """Returns the badge of a score's status."""
    if sending is None or not sending.state:
        return Badge("", icon="circle-dashed", word=_("nothing to send yet"))
    if sending.column == "refused":
        return Badge("stop", icon="table-off", word=_("no column for it"))
    if sending.state == "sent":
        return Badge("ok", icon="circle-check", word=_("sent"))
    return _unsent(sending)


def _unsent(sending: ScoreStatus) -> Badge:
    if sending.state == "refused":
        word = _("not sent: no answer for a day") if sending.given_up else _("refused by the platform")
        return Badge("stop", icon="ban", word=word)
    if sending.error or sending.down_until:
        return Badge("warn", icon="clock-exclamation", word=_("waits: the platform does not answer"))
    if sending.column == "wanted" and sending.unopened:
        return Badge("go", icon="hourglass", word=_("waits until the activity is opened for the first time"))
    if sending.column == "wanted":
        return Badge("go", icon="hourglass", word=_("waits for its column"))
    return Badge("go", icon="send", word=_("on its way"))


def why_of(sending: ScoreStatus) -> str:
    """Returns why the platform does not have the score."""
    error = sending.column_error if sending.column == "refused" else sending.error
    return error.message if error else ""


def next_try(sending: ScoreStatus, now: datetime) -> datetime | None:
    """Returns the moment of the next attempt; None if the score is not waiting or is due."""
    if sending.state != "waiting":
        return None
    moments = [moment for moment in (sending.next_try_at, sending.down_until) if moment is not None and moment > now]
    return max(moments, default=None)


def result_words(wanted: dict[str, Any]) -> str:
    """Returns «27 of 36», or the activity if there are no points yet."""
    if "scoreGiven" in wanted:
        given, most = format_number(wanted["scoreGiven"]), format_number(wanted["scoreMaximum"])
        return _("%(given)s of %(most)s", given=given, most=most)
    return activity_words(wanted.get("activityProgress", ""))


def activity_words(activity: str) -> str:
    """Returns the name of an ``activityProgress``."""
    return {
        "Initialized": _("not begun"),
        "Started": _("opened"),
        "InProgress": _("in progress"),
        "Submitted": _("handed in"),
        "Completed": _("completed"),
    }.get(activity, "")


def try_sign(one: ScoreTry) -> Badge:
    """Returns the badge of an attempt."""
    return {
        "sent": Badge("ok", icon="circle-check", word=_("sent")),
        "refused": Badge("stop", icon="ban", word=_("refused by the platform")),
    }.get(
        one.outcome, Badge("warn", icon="clock-exclamation", word=_("not taken yet") if one.status else _("no answer"))
    )


def where_words(own: TraineeScore) -> str:
    """Returns course and platform of a column."""
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
