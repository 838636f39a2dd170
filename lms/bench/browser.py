"""A client that keeps one connection, as browsers do, so that a figure has no connections in it."""

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from lms.demo.browser import PageForm, forms_in

SECONDS = 60.0
"""Patience for one answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, the address that it leads to, its text."""

    status: int
    location: str
    text: str

    def form(self, ending: str) -> PageForm:
        """Returns the form whose address ends so. Raises ``ValueError`` without one."""
        found = next((one for one in forms_in(self.text) if urlsplit(one.action).path.endswith(ending)), None)
        if found is None:
            raise ValueError(f"the page has no form to …{ending}")
        return found


class Browser:
    """One person's browser on one server."""

    def __init__(self, address: str, cookies: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=SECONDS)
        self.cookies = dict(cookies or {})

    def get(self, path: str) -> Answer:
        """Asks for a page. Raises ``ValueError`` unless it is shown or leads elsewhere."""
        return self._ask("GET", path)

    def send(self, form: PageForm, typed: Mapping[str, Sequence[str]] | None = None) -> Answer:
        """Sends a form with these values in its fields. Raises ``ValueError`` when it is refused."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form.fields | dict(typed or {}), doseq=True)
        return self._ask("POST", form.action, body.encode(), kind)

    def post(self, path: str, body: bytes, kind: str) -> Answer:
        """Sends a body of this type. Raises ``ValueError`` when it is refused."""
        return self._ask("POST", path, body, {"Content-Type": kind})

    def _ask(self, method: str, path: str, body: bytes | None = None, more: Mapping[str, str] | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Accept-Language": "ru", "Sec-Fetch-Site": "same-origin", **({"Cookie": cookies} if cookies else {})}
        self._connection.request(method, path, body, headers | dict(more or {}))
        answer = self._connection.getresponse()
        text = answer.read().decode(errors="replace")
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: one.value for name, one in SimpleCookie(line).items()})
        if answer.status >= 400:
            raise ValueError(f"{method} {path} answered {answer.status}: {text[:500]}")
        return Answer(answer.status, answer.headers.get("Location", ""), text)
