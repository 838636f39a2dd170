"""Assignment and Grade Services 2.0 of a test platform, strict where the specification is.

``platform.course.line_items`` and ``platform.course.scores`` are the gradebook; ``platform.score_of(link, user)`` is
the last score. A line item's URL has a query (``…/lineitem?type_id=1``), as Moodle's does.
"""

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Response, request

from tests.support.platform.course import LEARNER
from tests.support.platform.wire import answer_json, demand, demand_accept, media_type, read_json

if TYPE_CHECKING:
    from tests.support.platform.strict import StrictPlatform

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, READ_LINE_ITEM = f"{SCOPE}lineitem", f"{SCOPE}lineitem.readonly"
READ_RESULT, SEND_SCORE = f"{SCOPE}result.readonly", f"{SCOPE}score"
SCOPES = (LINE_ITEM, READ_LINE_ITEM, READ_RESULT, SEND_SCORE)

LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"

ACTIVITY = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
GRADING = ("FullyGraded", "Pending", "PendingManual", "Failed", "NotReady")
LINE_ITEM_KEYS = {
    "id",
    "scoreMaximum",
    "label",
    "tag",
    "resourceId",
    "resourceLinkId",
    "startDateTime",
    "endDateTime",
    "gradesReleased",
    "submissionReview",
}
SCORE_KEYS = {
    "userId",
    "scoreGiven",
    "scoreMaximum",
    "comment",
    "timestamp",
    "activityProgress",
    "gradingProgress",
    "submission",
    "scoringUserId",
}


class Gradebook:
    """The endpoints; ``platform`` has tokens and the course."""

    def __init__(self, platform: "StrictPlatform") -> None:
        self.platform = platform

    def _course(self, course_id: str) -> None:
        demand(course_id == self.platform.course.id, 404, f"no course {course_id}")
        demand(request.args.get("type_id") == "1", 404, "the query of the address was lost: type_id=1")

    def _known(self, number: str) -> dict[str, Any]:
        found = self.platform.course.line_items.get(number)
        demand(found is not None, 404, f"no line item {number}")
        return found or {}

    def _shown(self, number: str) -> dict[str, Any]:
        return {"id": self.platform.line_item_url(number), **self.platform.course.line_items[number]}

    # Columns

    def line_items(self, course_id: str) -> Response:
        self._course(course_id)
        if request.method == "POST":
            return self._add()
        self.platform.demand_scope(LINE_ITEM, READ_LINE_ITEM)
        demand_accept(LINE_ITEMS_TYPE)
        wanted = {
            "resourceLinkId": request.args.get("resource_link_id"),
            "resourceId": request.args.get("resource_id"),
            "tag": request.args.get("tag"),
        }
        found = [
            self._shown(number)
            for number, item in self.platform.course.line_items.items()
            if all(value is None or item.get(name) == value for name, value in wanted.items())
        ]
        return self.platform.paged(found, lambda part: part, LINE_ITEMS_TYPE)

    def _add(self) -> Response:
        self.platform.demand_scope(LINE_ITEM)
        told = self._read()
        demand("id" not in told, 400, "a new line item has no id")
        link_id = told.get("resourceLinkId")
        demand(link_id is None or self.platform.course.link(link_id), 404, f"no link {link_id}")
        number = self.platform.course.add_line_item(**told)
        return answer_json(self._shown(number), LINE_ITEM_TYPE, 201)

    def _read(self) -> dict[str, Any]:
        told = read_json(LINE_ITEM_TYPE)
        demand(told.keys() <= LINE_ITEM_KEYS or _extended(told.keys() - LINE_ITEM_KEYS), 400, f"unknown: {told.keys()}")
        demand(isinstance(told.get("label"), str) and told["label"].strip(), 400, "label is missing")
        demand(_number(told.get("scoreMaximum")) and told["scoreMaximum"] > 0, 400, "scoreMaximum must be above 0")
        for name in ("startDateTime", "endDateTime"):
            if told.get(name) is not None:
                _moment(told[name], name)
        return told

    def line_item(self, course_id: str, number: str) -> Response:
        self._course(course_id)
        item = self._known(number)
        if request.method == "GET":
            self.platform.demand_scope(LINE_ITEM, READ_LINE_ITEM)
            demand_accept(LINE_ITEM_TYPE)
            return answer_json(self._shown(number), LINE_ITEM_TYPE)
        self.platform.demand_scope(LINE_ITEM)
        if request.method == "DELETE":
            self.platform.course.line_items.pop(number)
            return Response(status=204)
        told = self._read()
        demand(told.get("id") in (None, self.platform.line_item_url(number)), 400, "the id is another line item's")
        demand(told.get("resourceLinkId") == item.get("resourceLinkId"), 400, "the link of a line item stays")
        self.platform.course.line_items[number] = {key: value for key, value in told.items() if key != "id"}
        return answer_json(self._shown(number), LINE_ITEM_TYPE)

    # Scores and results

    def scores(self, course_id: str, number: str) -> Response:
        self._course(course_id)
        self._known(number)
        self.platform.demand_scope(SEND_SCORE)
        demand(media_type() == SCORE_TYPE, 415, f"Content-Type is {media_type()}")
        told = read_json(SCORE_TYPE)
        check_score(told)
        user = self.platform.course.person(told["userId"])
        demand(user is not None and LEARNER in user.roles, 404, f"nobody {told['userId']} to grade")
        key = (number, told["userId"])
        before = self.platform.course.scores.setdefault(key, [])
        last = _moment(before[-1]["timestamp"], "timestamp") if before else None
        demand(last is None or _moment(told["timestamp"], "timestamp") > last, 409, "the timestamp did not grow")
        before.append(told)
        return Response("", 200, content_type="application/json")

    def results(self, course_id: str, number: str) -> Response:
        self._course(course_id)
        item = self._known(number)
        self.platform.demand_scope(READ_RESULT)
        demand_accept(RESULTS_TYPE)
        wanted = request.args.get("user_id")
        found = [
            _result(self.platform.line_item_url(number), subject, scores[-1], item["scoreMaximum"])
            for (line, subject), scores in self.platform.course.scores.items()
            if line == number and scores and wanted in (None, subject)
        ]
        return self.platform.paged(found, lambda part: part, RESULTS_TYPE)


def _result(line_item: str, subject: str, score: dict[str, Any], maximum: float) -> dict[str, Any]:
    head, _, tail = line_item.partition("?")
    told = {"id": f"{head}/results/{subject}?{tail}", "scoreOf": line_item, "userId": subject}
    if score["gradingProgress"] == "FullyGraded" and score.get("scoreGiven") is not None:
        share = score["scoreGiven"] / score["scoreMaximum"]
        told |= {"resultScore": share * maximum, "resultMaximum": maximum}
    return told | ({"comment": score["comment"]} if score.get("comment") else {})


def check_score(told: dict[str, Any]) -> None:
    """Records a complaint for what AGS 2.0, 3.4 does not allow."""
    demand(told.keys() <= SCORE_KEYS or _extended(told.keys() - SCORE_KEYS), 400, f"unknown keys: {told.keys()}")
    demand(isinstance(told.get("userId"), str) and told["userId"], 400, "userId is missing")
    _moment(told.get("timestamp"), "timestamp")
    demand(told.get("activityProgress") in ACTIVITY, 400, f"activityProgress {told.get('activityProgress')!r}")
    demand(told.get("gradingProgress") in GRADING, 400, f"gradingProgress {told.get('gradingProgress')!r}")
    given, maximum = told.get("scoreGiven"), told.get("scoreMaximum")
    if "scoreGiven" in told and given is not None:
        demand(_number(given) and given >= 0, 400, f"scoreGiven {given!r}")
        demand(_number(maximum) and maximum > 0, 400, "scoreMaximum must come with scoreGiven, above 0")
    demand(isinstance(told.get("comment", ""), str), 400, "comment is no text")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _moment(value: Any, name: str) -> datetime:
    """Checks ISO 8601 with a zone."""
    demand(isinstance(value, str), 400, f"{name} is {value!r}")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = datetime.min  # noqa: DTZ901
    demand(found.tzinfo is not None, 400, f"{name} {value!r} is not ISO 8601 with a zone")
    return found


def _extended(keys: set[str]) -> bool:
    """Checks that extensions are named by URLs."""
    return all(key.startswith("https://") for key in keys)
