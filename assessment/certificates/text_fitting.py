"""Predicts which areas of the certificate fit at full size, so that the typesetter need not measure them.

Sizes and widths are those of ``certificate.typ``, in points; a test sets pages both ways and compares them byte by
byte.
"""

from typing import Any

from lms.core.documents.font_metrics import SANS, SERIF, SERIF_BOLD, metrics

MM = 72 / 25.4
RIGHT = 187 * MM
VALUES = (187 - 46 - 4) * MM
LEFT = 54 * MM
POSITION, SIGNER = (187 - 50 - 64 - 10) * MM, 64 * MM


def _issuer(data: dict[str, Any]) -> bool:
    lines = metrics(SERIF).lines(data["issuer"], 13, RIGHT)
    return lines <= 2 and metrics(SANS).lines(data["licence"], 9, RIGHT) <= 1


def _name(data: dict[str, Any]) -> bool:
    return metrics(SERIF_BOLD).width(data["name"], 30) <= RIGHT


def _middle(data: dict[str, Any]) -> bool:
    """Returns whether the middle fits: four rows may have three extra lines in all, five rows one."""
    rows = data["facts"]
    faces = [metrics(SERIF_BOLD if row["strong"] else SERIF) for row in rows]
    over = sum(face.lines(row["value"], 14.5, VALUES) - 1 for face, row in zip(faces, rows, strict=True))
    notes = sum(max(0, metrics(SANS).lines(row["note"], 10, VALUES) - 1) for row in rows)
    return _name(data) and over + notes <= (3 if len(rows) <= 4 else 1)


def _signature(data: dict[str, Any]) -> bool:
    position = metrics(SERIF).lines(data["signature"]["position"], 13, POSITION)
    return position <= 2 and metrics(SERIF).lines(data["signature"]["name"], 13, SIGNER) <= 2


def _register(data: dict[str, Any]) -> bool:
    faces = [metrics(SERIF_BOLD if row["strong"] else SERIF) for row in data["register"]]
    rows = zip(faces, data["register"], strict=True)
    return sum(face.lines(row["value"], 13, LEFT) for face, row in rows) <= 5


def _check(data: dict[str, Any]) -> bool:
    face, words = metrics(SANS), data["check"]
    lines = face.lines(words["caption"], 8.5, LEFT) + face.lines(words["address"], 8.5, LEFT)
    return lines <= 4 and face.width(words["code"], 11.5) <= LEFT


def areas_that_fit(data: dict[str, Any]) -> dict[str, bool]:
    """Returns for each area of the page whether its text is known to fit at full size."""
    areas = (_issuer, _name, _middle, _signature, _register, _check)
    return {area.__name__.lstrip("_"): area(data) for area in areas}
