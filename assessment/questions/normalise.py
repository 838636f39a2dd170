"""What an editor's form sends, or an author writes short, → the one shape in which payloads are stored.

Tidying adds what can be derived (identifiers, formats, weights in plain decimals) and drops empty rows; it never judges
(that is ``validate``) and never raises.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2s
from typing import Any

from assessment.questions.weights import written
from lms.core.richtext import FORMATS, TextFormat


def nest(values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Form values named ``options-0-text`` → ``{"options": [{"text": …}]}``; the first value of each name counts.

    Rows come in the order of their numbers, whatever the gaps. At most 2,000 values are taken.
    """
    tree: dict[str, Any] = {}
    for name, found in list(values.items())[:2_000]:
        steps = name.split("-")[:6]
        place = tree
        for step in steps[:-1]:
            below = place.setdefault(step, {})
            place = below if isinstance(below, dict) else {}
        place.setdefault(steps[-1], found[0] if found else "")
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(re.fullmatch(r"[0-9]{1,4}", key) for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(below) for key, below in value.items()}


def rich(value: Any, fmt: TextFormat = "moodle") -> dict[str, str] | None:
    """A text as it is stored; None for an empty one. ``fmt`` is for text that came without a format of its own."""
    if isinstance(value, str):
        value = {"source": value}
    if not isinstance(value, dict) or not isinstance(value.get("source"), str):
        return None
    source = value["source"].replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    found = value.get("format")
    return {"source": source, "format": found if found in FORMATS else fmt} if source else None


def line(value: Any) -> str:
    """One line of plain text; what is no text becomes one."""
    return " ".join(("" if value is None else str(value)).replace("\x00", "").split())


def flag(value: Any) -> bool:
    """Yes or no, as a check box or JSON writes it."""
    return value is True or str(value).lower() in {"on", "true", "yes", "1", "y"}


def rows(value: Any, *text_fields: str) -> list[dict[str, Any]]:
    """The rows of a list (at most 500), without those in which none of the named fields says anything."""
    found = value if isinstance(value, list) else []
    kept = [dict(row) for row in found[:500] if isinstance(row, dict)]
    return [row for row in kept if any(_says(row.get(name)) for name in text_fields)]


def _says(value: Any) -> bool:
    if isinstance(value, dict):
        value = value.get("source")
    return bool(str(value or "").strip())


def weight(value: Any, otherwise: str = "0") -> str:
    """A percent as it is stored; nothing typed means ``otherwise``."""
    return otherwise if value is None or not str(value).strip() else written(value)


def opaque_ids(rows: Iterable[dict[str, Any]], source: str = "text") -> None:
    """Gives each row without an identifier one that says nothing about its place: authors put the right answer first.

    Derived from the text alone, so that the same question always gets the same.
    """
    listed = list(rows)
    taken = {row["id"] for row in listed if isinstance(row.get("id"), str)}
    for row in listed:
        if row.get("id"):
            continue
        value = row.get(source)
        text = str(value.get("source") if isinstance(value, dict) else value)
        row["id"] = next(one for one in _candidates(text) if one not in taken)
        taken.add(row["id"])


def _candidates(text: str) -> Iterable[str]:
    turn = 0
    while True:
        yield opaque(f"{turn}|{text}")
        turn += 1


def opaque(text: str) -> str:
    """A short identifier derived from a text."""
    return blake2s(text.encode("utf-8", "replace"), digest_size=5).hexdigest()


def shuffled(rows: Sequence[dict[str, Any]], seed: int | str) -> list[dict[str, Any]]:
    """The rows in an order that the seed alone decides: the same after a closed laptop and on any version of Python."""
    return sorted(rows, key=lambda row: blake2s(f"{seed}|{row['id']}".encode(), digest_size=8).digest())
