"""The forms of a page with their controls and the values that a browser sends."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

SENT_BY_BUTTON = {"submit", "button", "reset", "image"}


@dataclass(slots=True)
class Control:
    """A named control; ``sent`` is False for an empty tick box and an option that is not chosen."""

    name: str
    kind: str
    value: str
    sent: bool = True
    options: list[str] = field(default_factory=list)
    """Values of a list to choose from."""

    @property
    def shows_value(self) -> bool:
        """True if a person sees a value in it that was there before anything was typed."""
        return self.kind not in ("hidden", "password", "file") and self.sent and bool(self.value.strip())


@dataclass(slots=True)
class PageForm:
    """A form of a page."""

    method: str
    action: str
    key: str = ""
    controls: list[Control] = field(default_factory=list)

    @property
    def values(self) -> dict[str, list[str]]:
        """Returns the values that a browser sends without a button."""
        found: dict[str, list[str]] = {}
        for control in self.controls:
            if control.sent and control.kind not in SENT_BY_BUTTON | {"file"}:
                found.setdefault(control.name, []).append(control.value)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.elsewhere: list[tuple[str, Control]] = []
        self._inside: PageForm | None = None
        self._open: Control | None = None
        self._option = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = PageForm(given.get("method", "get").lower(), given.get("action", ""), given.get("id", ""))
            self.forms.append(self._inside)
        elif tag == "option" and self._open is not None:
            self._open.options.append(given.get("value", ""))
            if "selected" in given or not self._open.sent:
                self._open.value, self._open.sent = given.get("value", ""), True
        elif tag in ("input", "textarea", "select", "button") and given.get("name") and "disabled" not in given:
            self._add(tag, given)

    def _add(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else "submit" if tag == "button" else tag
        ticked = kind not in ("checkbox", "radio") or "checked" in given
        control = Control(given["name"], kind, given.get("value", ""), ticked)
        if tag in ("textarea", "select"):
            self._open, control.sent = control, tag == "textarea"
        if given.get("form"):
            self.elsewhere.append((given["form"], control))
        elif self._inside is not None:
            self._inside.controls.append(control)

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._open.kind == "textarea":
            self._open.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag in ("textarea", "select"):
            self._open = None


def forms_of(html: str) -> list[PageForm]:
    """Returns the forms of the page, with the controls that belong to them from elsewhere on it."""
    reader = _Reader()
    reader.feed(html)
    for key, control in reader.elsewhere:
        for form in reader.forms:
            if form.key == key:
                form.controls.append(control)
    return reader.forms
