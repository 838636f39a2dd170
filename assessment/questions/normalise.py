"""Normalisation of payloads: from an editor's form values, or an author's short JSON, to the stored shape.

Adds what can be derived (identifiers, formats, weights as plain decimals) and drops empty rows. Does not validate (see
``validate``) and never raises.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2s
from typing import Any

from assessment.questions.weights import format_weight
from lms.core.richtext import FORMATS, TextFormat


def nest(values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Returns form values named ``options-0-text`` as ``{"options": [{"text": …}]}``; the first value of each name
    counts.

    Rows are sorted by their numbers; gaps in the numbering are ignored. Takes at most 2,000 values.
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
    """Returns a text in its stored shape; None for an empty one. ``fmt`` applies to text without a format of its
    own.
    """
    if isinstance(value, str):
        value = {"source": value}
    if not isinstance(value, dict) or not isinstance(value.get("source"), str):
        return None
    source = value["source"].replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    found = value.get("format")
    return {"source": source, "format": found if found in FORMATS else fmt} if source else None


def line(value: Any) -> str:
    """Returns one line of plain text; converts any other value to text."""
    return " ".join(("" if value is None else str(value)).replace("\x00", "").split())


def flag(value: Any) -> bool:
    """Returns the boolean that a check box or JSON expresses."""
    return value is True or str(value).lower() in {"on", "true", "yes", "1", "y"}


def rows(value: Any, *text_fields: str) -> list[dict[str, Any]]:
    """Returns the rows of a list (at most 500), without those in which all the named fields are empty."""
    found = value if isinstance(value, list) else []
    kept = [dict(row) for row in found[:500] if isinstance(row, dict)]
    return [row for row in kept if any(_says(row.get(name)) for name in text_fields)]


def _says(value: Any) -> bool:
    if isinstance(value, dict):
        value = value.get("source")
    return bool(str(value or "").strip())


def weight(value: Any, otherwise: str = "0") -> str:
    """Returns a weight in per cent in its stored shape; ``otherwise`` if the field is empty."""
    return otherwise if value is None or not str(value).strip() else format_weight(value)


def opaque_ids(rows: Iterable[dict[str, Any]], source: str = "text") -> None:
    """Gives each row without an identifier one that does not reveal its place: authors put the right answer first.

    Identifiers are derived from the text alone, so the same question always gets the same ones.
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
    """Returns a short identifier derived from a text."""
    return blake2s(text.encode("utf-8", "replace"), digest_size=5).hexdigest()


def shuffled(rows: Sequence[dict[str, Any]], seed: int | str) -> list[dict[str, Any]]:
    """Returns the rows in an order that depends on the seed alone, not on the process or the version of Python."""
    return sorted(rows, key=lambda row: blake2s(f"{seed}|{row['id']}".encode(), digest_size=8).digest())
