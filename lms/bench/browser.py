"""A client that keeps one connection and its cookies, reads forms and sends them."""

import http.client
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

SECONDS = 60.0
"""Patience for one answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, the address that it leads to, its text."""

    status: int
    location: str
    text: str


@dataclass(slots=True)
class Form:
    """A form with the values that its controls have, those that a person has not touched."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Browser:
    """One person's browser on one server."""

    def __init__(self, address: str, cookies: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=SECONDS)
        self.cookies = dict(cookies or {})

    def get(self, path: str) -> Answer:
        """Asks for a page. Raises ``ValueError`` unless it is shown or leads elsewhere."""
        return self._ask("GET", path)

    def send(self, form: Form, more: Iterable[tuple[str, str]] = ()) -> Answer:
        """Sends a form with more fields. Raises ``ValueError`` when it is refused."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", form.action, urlencode([*form.fields, *more]).encode(), kind)

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


def form_of(text: str, ending: str) -> Form:
    """Returns the first form of a page whose address ends so. Raises ``ValueError`` without one."""
    reader = _Forms()
    reader.feed(text)
    found = next((one for one in reader.forms if urlsplit(one.action).path.endswith(ending)), None)
    if found is None:
        raise ValueError(f"the page has no form to …{ending}")
    return found


class _Forms(HTMLParser):
    """Collects forms with their hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(values.get("action", "")))
        elif tag == "input" and values.get("type") == "hidden" and self.forms and values.get("name"):
            self.forms[-1].fields.append((values["name"], values.get("value", "")))
