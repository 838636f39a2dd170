"""Every message of code, templates and forms has a Russian translation; no fragment has an unused message."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
FRAGMENTS = ROOT / "lms" / "translations" / "ru"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
METHODS = [("static/src/**.js", "javascript"), ("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
OPTIONS = {"**.html": {"extensions": "jinja2.ext.do", "trimmed": "true"}}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")


@cache
def places_of_messages() -> dict[tuple[str | None, str], set[Path]]:
    """Returns the files of every (context, message) in the sources; a plural by its singular."""
    found: dict[tuple[str | None, str], set[Path]] = {}
    for folder in ("lms", "courses", "assessment", "worker", "templates"):
        for name, _, message, _, context in extract_from_dir(
            ROOT / folder, METHODS, OPTIONS, KEYWORDS, directory_filter=lambda path: "dist" not in Path(path).parts
        ):
            said_as = (context, message[0] if isinstance(message, tuple) else message)
            found.setdefault(said_as, set()).add(Path(folder, name))
    return found


def said() -> set[tuple[str | None, str]]:
    """Returns (context, message) of every message in the sources."""
    return set(places_of_messages())


def translated() -> Iterator[tuple[str, Message]]:
    for path in sorted(FRAGMENTS.glob("*.po")):
        with path.open("rb") as source:
            yield from ((path.name, message) for message in read_po(source, locale="ru") if message.id)


def key(message: Message) -> tuple[str | None, str]:
    return (message.context or None, message.id[0] if isinstance(message.id, tuple | list) else message.id)


def test_every_message_is_translated():
    missing = said() - {key(message) for _, message in translated() if message.string and not message.fuzzy}
    assert not missing, f"{len(missing)} without Russian:\n" + "\n".join(sorted(repr(text) for _, text in missing))


def test_every_translation_has_a_message():
    used = said()
    idle = [(name, key(message)[1]) for name, message in translated() if key(message) not in used]
    assert not idle, f"{len(idle)} translations that nobody says:\n" + "\n".join(map(repr, sorted(idle)))


def test_each_message_is_in_one_fragment():
    places = Counter(key(message) for _, message in translated())
    assert not [text for text, count in places.items() if count > 1]


def test_translation_has_all_plural_forms_and_placeholders():
    for name, message in translated():
        singular = message.id[0] if isinstance(message.id, tuple | list) else message.id
        forms = message.string if isinstance(message.id, tuple | list) else (message.string,)
        if isinstance(message.id, tuple | list):
            assert len(forms) == 3, f"{name}: {singular!r} needs three forms"
        wanted = set(PLACEHOLDER.findall(message.id[-1] if isinstance(message.id, tuple | list) else singular))
        for form in forms:
            extra = set(PLACEHOLDER.findall(form)) - wanted - {"num"}
            assert form and not extra, f"{name}: {singular!r} → {form!r}"
