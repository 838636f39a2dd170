"""The programme's text fields as forms edit them: each is read and written as text, and merged by value."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from courses.models.programmes import ProgrammeVersion
from courses.programmes.errors import Overlapped, Refused
from courses.programmes.operations import checked_title, checked_workload, demand_open
from courses.programmes.plan_cell import Merged, merge, parse_hours
from courses.programmes.plan_store import lock
from courses.programmes.readiness import document_fault
from courses.thematic_plan.model import TEXT_AT_MOST
from courses.thematic_plan.plan_json import hours_text
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid

DOCUMENT_KINDS = ("certificate", "statement", "advanced_training")
LINES_AT_MOST = 200
POINTS_AT_MOST = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Part:
    """Functions of a text field: read from a version, check, write to it. ``check`` raises ``Invalid`` at the field."""

    read: Callable[[ProgrammeVersion], str]
    write: Callable[[ProgrammeVersion, str], None]
    check: Callable[[str, str], str]


def checked_text(text: str, field: str) -> str:
    """Returns running text without spaces at its ends. Raises ``Invalid`` if it is too long."""
    tidy = re.sub(r"\r\n?", "\n", text).strip()
    if len(tidy) > TEXT_AT_MOST:
        raise Invalid(code="characters_exceeded", field=field, params={"most": TEXT_AT_MOST, "count": len(tidy)})
    if "\x00" in tidy:
        raise Invalid(code="text_character_refused", field=field)
    return tidy


def checked_lines(text: str, field: str) -> str:
    """Returns a list, one item per line. Raises ``Invalid`` if it is too long."""
    lines = [" ".join(line.split()) for line in checked_text(text, field).split("\n")]
    kept = [line for line in lines if line]
    if len(kept) > LINES_AT_MOST:
        raise Invalid(code="lines_too_many", field=field, params={"most": LINES_AT_MOST})
    return "\n".join(kept)


def checked_number(text: str, field: str, most: Decimal, *, whole: bool = False) -> Decimal | None:
    """Returns a number from 0 to ``most``; ``None`` for an empty text. Raises ``Invalid``."""
    typed = text.strip().replace(",", ".")
    if not typed:
        return None
    try:
        value = Decimal(typed) if re.fullmatch(r"\d{1,6}(\.\d{1,2})?", typed) else Decimal(-1)
    except InvalidOperation:
        value = Decimal(-1)
    if not 0 <= value <= most or (whole and value != value.to_integral_value()):
        raise Invalid(code="number_out_of_range", field=field, params={"most": most})
    return value


def number_text(value: Decimal | int | None) -> str:
    """Returns a number without trailing zeros; empty for ``None``."""
    return "" if value is None else f"{Decimal(value).normalize():f}"


def _column(name: str) -> Part:
    return Part(
        lambda version: str(getattr(version, name)), lambda version, text: setattr(version, name, text), checked_text
    )


def _lines(name: str) -> Part:
    return Part(
        lambda version: "\n".join(getattr(version, name)),
        lambda version, text: setattr(version, name, [line for line in text.split("\n") if line]),
        checked_lines,
    )


def _condition(name: str) -> Part:
    def write(version: ProgrammeVersion, text: str) -> None:
        version.conditions = {**version.conditions, name: text}

    return Part(lambda version: str(version.conditions.get(name, "")), write, checked_text)


def _number(name: str, most: Decimal, *, whole: bool = False, demanded: bool = False) -> Part:
    def check(text: str, field: str) -> str:
        value = checked_number(text, field, most, whole=whole)
        if value is None and demanded:
            raise Invalid(code="number_missing", field=field)
        return number_text(value)

    def write(version: ProgrammeVersion, text: str) -> None:
        setattr(version, name, (int(text) if whole else Decimal(text)) if text else None)

    return Part(lambda version: number_text(getattr(version, name)), write, check)


def _checked_year(text: str, field: str) -> str:
    year = text.strip()
    if year and not re.fullmatch(r"(19|20|21)\d\d", year):
        raise Invalid(code="year_malformed", field=field)
    return year


def _checked_hours(text: str, field: str) -> str:
    try:
        return hours_text(parse_hours(text))
    except Refused as error:
        raise Invalid(code=error.code, field=field, params=error.params) from None


def _checked_kind(text: str, field: str) -> str:
    if text not in DOCUMENT_KINDS:
        raise Invalid(code="document_kind_unknown", field=field)
    return text


def _write_year(version: ProgrammeVersion, text: str) -> None:
    version.year = int(text) if text else None


def _write_workload(version: ProgrammeVersion, text: str) -> None:
    version.workload = Decimal(text)


def _write_hours_needed(version: ProgrammeVersion, text: str) -> None:
    version.hours_needed = Decimal(text) if text else None


def _write_asks_rating(version: ProgrammeVersion, text: str) -> None:
    version.asks_rating = bool(text)


PARTS: dict[str, Part] = {
    "title": Part(
        lambda version: version.title,
        lambda version, text: setattr(version, "title", text),
        checked_title,
    ),
    "workload": Part(
        lambda version: hours_text(version.workload), _write_workload, lambda t, f: hours_text(checked_workload(t, f))
    ),
    "year": Part(lambda version: str(version.year or ""), _write_year, _checked_year),
    "audience": _column("audience"),
    "form": _column("form"),
    "document_kind": Part(
        lambda version: version.document_kind,
        lambda version, text: setattr(version, "document_kind", text),
        _checked_kind,
    ),
    "key_ideas": _column("key_ideas"),
    "goal": _column("goal"),
    "tasks": _lines("tasks"),
    "staff": _condition("staff"),
    "equipment": _condition("equipment"),
    "information": _condition("information"),
    "literature": _lines("literature"),
    "other_parts": _lines("other_parts"),
    "pass_mark": _number("pass_mark", POINTS_AT_MOST),
    "self_check_threshold": _number("self_check_threshold", Decimal(100), whole=True, demanded=True),
    "hours_needed": Part(lambda version: hours_text(version.hours_needed), _write_hours_needed, _checked_hours),
    "asks_rating": Part(
        lambda version: "yes" if version.asks_rating else "", _write_asks_rating, lambda text, _field: text and "yes"
    ),
}


def texts_of(version: ProgrammeVersion, names: list[str] | tuple[str, ...]) -> dict[str, str]:
    """Returns the version's text in these parts, as forms show it and send it back as ``base``."""
    return {name: PARTS[name].read(version) for name in names}


def edit_parts(
    session: Session,
    *,
    actor: Actor,
    version: ProgrammeVersion,
    typed: Mapping[str, str],
    base: Mapping[str, Any],
) -> list[str]:
    """Writes the parts that differ from ``base`` (the texts that the form showed) and returns their names.

    Raises ``Frozen``, ``Invalid`` at a field, and ``Overlapped`` at a field that another person has changed.
    """
    lock(session, version)
    demand_open(version)
    checked = {name: PARTS[name].check(text, name) for name, text in typed.items()}
    _check_document(version, checked)
    changed = [name for name, text in checked.items() if _merged(version, name, text, str(base.get(name, "")))]
    for name in changed:
        PARTS[name].write(version, checked[name])
    if changed:
        version.revision += 1
        audit.record(session, actor, "programme.parts", version, site_id=version.programme.site_id, parts=changed)
    session.flush()
    return changed


def _check_document(version: ProgrammeVersion, checked: Mapping[str, str]) -> None:
    if kind := checked.get("document_kind"):
        workload = Decimal(checked.get("workload") or version.workload)
        if fault := document_fault(version, kind, workload):
            raise Invalid(code=fault.code, field="document_kind")


def _merged(version: ProgrammeVersion, name: str, text: str, base: str) -> bool:
    """Returns whether to write: not if the form did not change it or the value is there already. Raises
    ``Overlapped``.
    """
    part = PARTS[name]
    current = part.read(version)
    base = re.sub(r"\r\n?", "\n", base)
    if text == base:
        return False
    merged = merge(base, text, current)
    if merged is Merged.CONFLICT:
        raise Overlapped(name, current)
    return merged is Merged.DONE
