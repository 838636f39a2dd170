"""Requests received by a test platform, its complaints and injected failures."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, request
from flask import json as flask_json


class Complaint(AssertionError):
    """The tool has violated the specification; the answer has this status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Received:
    """A request of the tool."""

    endpoint: str
    method: str
    url: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def json(self) -> Any:
        return flask_json.loads(self.body)


@dataclass(slots=True)
class Failure:
    """An injected answer: a status with a body, or a redirect, after a delay in seconds."""

    status: int | None = 503
    times: int = 1
    delay: float = 0.0
    body: str | bytes = '{"error": "as wanted by the test"}'
    content_type: str = "application/json"
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def answer(self) -> Response | None:
        """Returns the answer; None for a delay only."""
        time.sleep(self.delay)
        if self.status is None:
            return None
        response = Response(self.body, self.status, self.headers, content_type=self.content_type)
        if self.location:
            response.headers["Location"] = self.location
        return response


class Wire:
    """Record of a platform; endpoints are named as in ``strict.PATHS``."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.complaints: list[str] = []
        """Violations of the specification by the tool; empty after a correct exchange."""
        self.failures: dict[str, list[Failure]] = defaultdict(list)

    def next_failure(self, endpoint: str) -> Failure | None:
        waiting = self.failures[endpoint]
        if not waiting:
            return None
        first = waiting[0]
        first.times -= 1
        if first.times <= 0:
            waiting.pop(0)
        return first

    def note(self, endpoint: str, response: Response) -> None:
        self.received.append(
            Received(
                endpoint,
                request.method,
                request.url,
                request.args.to_dict(),
                dict(request.headers),
                request.get_data(),
                response.status_code,
            )
        )


def demand(right: object, status: int, text: str) -> None:
    """Raises ``Complaint`` unless the condition holds."""
    if not right:
        raise Complaint(status, text)


def media_type() -> str:
    """Returns the request's media type without parameters."""
    return request.mimetype


def demand_accept(wanted: str) -> None:
    """Checks that the tool accepts this media type."""
    demand(wanted in request.accept_mimetypes, 406, f"Accept is {request.headers.get('Accept')!r}, not {wanted}")


def read_json(wanted: str) -> dict[str, Any]:
    """Returns the body, which must be an object of this media type."""
    demand(media_type() == wanted, 415, f"Content-Type is {request.headers.get('Content-Type')!r}, not {wanted}")
    try:
        value = flask_json.loads(request.get_data())
    except ValueError:
        abort(400)
    demand(isinstance(value, dict), 400, "the body is no object")
    return value


def answer_json(value: Any, content_type: str = "application/json", status: int = 200) -> Response:
    return Response(flask_json.dumps(value), status, content_type=content_type)
