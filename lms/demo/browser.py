"""A client for HTTP pages: keeps cookies, follows redirects, sends a form back with its fields and its CSRF token."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

from lms.core.errors import DomainError
from lms.core.i18n import _

SECONDS = 30
Fields = dict[str, list[str]]


class PageRefused(DomainError):
    """Raised when a page answers with an error or does not contain what was looked for."""

    code = "demo_page_refused"


class Upload(NamedTuple):
    """A file chosen in a form."""

    name: str
    content: bytes


@dataclass(slots=True)
class PageForm:
    """A form with the values that its fields have when the page opens; buttons are not pressed."""

    action: str
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """An opened page: its address after all redirects, its source, its forms."""

    url: str
    text: str
    forms: Sequence[PageForm]

    @property
    def path(self) -> str:
        """The address without scheme and host."""
        return urlsplit(self.url).path

    def form(self, ending: str) -> PageForm:
        """Returns the form whose action ends so. Raises ``PageRefused`` when there is none."""
        found = self.find_form(ending)
        if found is None:
            raise PageRefused(_("The page %(path)s has no form for %(what)s.", path=self.path, what=ending))
        return found

    def find_form(self, ending: str) -> PageForm | None:
        """Returns the form whose action ends so, or None."""
        return next((one for one in self.forms if urlsplit(one.action).path.endswith(ending)), None)

    def link(self, pattern: str) -> str:
        """Returns the first link that matches. Raises ``PageRefused`` when there is none."""
        found = re.search(rf'href="({pattern})"', self.text)
        if found is None:
            raise PageRefused(_("The page %(path)s has no link to %(what)s.", path=self.path, what=pattern))
        return found[1]


class Browser:
    """One person's session on the service at this address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def open(self, path: str) -> Page:
        """Opens the page at this path. Raises ``PageRefused`` when it answers with an error."""
        return self._read(Request(urljoin(self.address, path)))  # noqa: S310  # our own service

    def send(self, page: Page, form: PageForm, typed: Mapping[str, str | list[str]], *uploads: Upload) -> Page:
        """Sends the form with these values and, under ``files``, the upload. Returns the page that follows."""
        fields = form.fields | {key: value if isinstance(value, list) else [value] for key, value in typed.items()}
        body, kind = multipart(fields, uploads) if uploads else (urlencode(fields, doseq=True).encode(), _URLENCODED)
        address = urljoin(page.url, form.action)
        headers = {"Content-Type": kind, "Referer": page.url}
        return self._read(Request(address, data=body, headers=headers))  # noqa: S310

    def log_in(self, username: str, password: str) -> None:
        """Logs in through the page and consents when asked. Raises ``PageRefused`` when it does not work."""
        page = self.open("/log-in")
        form = next((one for one in page.forms if "password" in one.fields and "login" in one.fields), None)
        if form is None:
            raise PageRefused(_("The page of log-in has no form."))
        page = self.send(page, form, {"login": username, "password": password})
        consent = next((one for one in page.forms if "document_id" in one.fields), None)
        if consent is not None:
            page = self.send(page, consent, {"agree": "y"})
        if page.path.startswith("/log-in"):
            raise PageRefused(_("Logging in as %(name)s did not work.", name=username))

    def _read(self, request: Request) -> Page:
        request.add_header("Accept", "text/html")
        request.add_header("Accept-Language", "ru")
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                text = answer.read().decode("utf-8", "replace")
                return Page(answer.url, text, forms_in(text))
        except HTTPError as error:
            path = urlsplit(request.full_url).path
            raise PageRefused(_("The page %(path)s answered %(status)s.", path=path, status=error.code)) from error


_URLENCODED = "application/x-www-form-urlencoded"


def multipart(fields: Fields, uploads: Sequence[Upload], *, field: str = "files") -> tuple[bytes, str]:
    """Returns the body of a form with files in this field, and its media type."""
    mark = uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, values in fields.items()
        for value in values
    ]
    for one in uploads:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{one.name}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + one.content + b"\r\n")
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"


def forms_in(text: str) -> list[PageForm]:
    """Returns the forms of a page that are sent by POST."""
    parser = _Forms()
    parser.feed(text)
    return parser.found


class _Forms(HTMLParser):
    """Collects forms and the values of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[PageForm] = []
        self.current: PageForm | None = None
        self.area = ""
        self.choice = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.current = PageForm(given.get("action", ""))
            self.found.append(self.current)
        elif self.current is not None and (take := getattr(self, f"_{tag}", None)):
            take(self.current.fields, given, dict(attrs))

    def _input(self, fields: Fields, given: dict[str, str], present: dict[str, str | None]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        chosen = kind not in ("checkbox", "radio") or "checked" in present
        if name and chosen and kind not in ("submit", "button", "file"):
            fields.setdefault(name, []).append(given.get("value", "on" if kind in ("checkbox", "radio") else ""))

    def _textarea(self, fields: Fields, given: dict[str, str], _present: dict[str, str | None]) -> None:
        self.area = given.get("name", "")
        if self.area:
            fields[self.area] = [""]

    def _select(self, fields: Fields, given: dict[str, str], _present: dict[str, str | None]) -> None:
        self.choice = given.get("name", "")
        fields.setdefault(self.choice, [])

    def _option(self, fields: Fields, given: dict[str, str], present: dict[str, str | None]) -> None:
        if self.choice and ("selected" in present or not fields[self.choice]):
            fields[self.choice] = [given.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self.area and self.current is not None:
            self.current.fields[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.current = None
        elif tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.choice = ""
