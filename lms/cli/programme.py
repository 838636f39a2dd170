"""``lms programme``: shows how the import reads a document, without a database."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from courses.hours import PlanGroup, PlanTopic, leaves
from courses.importing.model import ImportedCompetency, ImportedCriterion, ImportedNote, ImportedProgramme
from courses.importing.reader import read_programme
from lms.core.documents.errors import UnreadableDocument
from lms.core.i18n import _, format_hours, set_locale
from lms.core.sentences import ErrorDetail, declare_sentences
from lms.error_messages import core, importing

BALANCES, HAS_PROBLEMS, UNREADABLE = 0, 1, 2


@click.group(name="programme", help="Programmes and thematic plans.")
def group() -> None:
    """Commands for programmes."""


@group.command(name="check", help="Shows what the import understands of FILE (.docx or .xlsx). Nothing is saved.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--lang", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="Language of messages.")
def check(file: Path, as_json: bool, lang: str) -> None:
    """Exit code 0: the plan balances; 1: it has problems; 2: the file cannot be read."""
    set_locale(lang)
    declare_sentences({**core.SENTENCES, **importing.SENTENCES})
    try:
        programme = read_programme(file, file.name)
    except UnreadableDocument as error:
        note = ImportedNote(file.name, ErrorDetail(error.code, params=error.params))
        if as_json:
            _print(as_object(ImportedProgramme(problems=(note,))))
        else:
            click.echo(f"{note.where}: {note.message}", err=True)
        raise SystemExit(UNREADABLE) from None
    if as_json:
        _print(as_object(programme))
    else:
        _show(programme)
    raise SystemExit(HAS_PROBLEMS if programme.problems else BALANCES)


def _print(found: dict[str, Any]) -> None:
    click.echo(json.dumps(found, ensure_ascii=False))


def as_object(programme: ImportedProgramme) -> dict[str, Any]:
    """Returns the programme as the command prints it; hours and points are JSON numbers."""
    return {
        "title": programme.title,
        "hours": _number(programme.hours),
        "kinds": list(programme.plan.kinds),
        "sections": [_section(row) for row in programme.plan.rows],
        "competencies": [_competency(one) for one in programme.competencies],
        "criteria": [_criterion(one) for one in programme.criteria],
        "problems": [{"where": note.where, "message": note.message} for note in programme.problems],
        "warnings": [{"where": note.where, "message": note.message} for note in programme.warnings],
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _hours(hours: Mapping[str, Decimal]) -> dict[str, int | float | None]:
    return {kind: _number(value) for kind, value in hours.items()}


def _section(row: PlanGroup | PlanTopic) -> dict[str, Any]:
    """Returns a section. A section without topics has hours and control of its own."""
    found = {
        "number": row.number,
        "title": row.title,
        "hours": _hours(_sum(row)),
        "topics": [_topic(topic) for topic in _topics(row)],
    }
    return found if isinstance(row, PlanGroup) else {**found, "control": row.control}


def _topics(row: PlanGroup | PlanTopic) -> list[PlanTopic]:
    return list(leaves(row.topics)) if isinstance(row, PlanGroup) else []


def _sum(row: PlanGroup | PlanTopic) -> dict[str, Decimal]:
    """Returns hours per kind over the section's topics."""
    topics = list(leaves([row]))
    kinds = dict.fromkeys(kind for topic in topics for kind in topic.hours)
    return {kind: sum((topic.hours.get(kind, Decimal(0)) for topic in topics), Decimal(0)) for kind in kinds}


def _topic(topic: PlanTopic) -> dict[str, Any]:
    return {"number": topic.number, "title": topic.title, "hours": _hours(topic.hours), "control": topic.control}


def _competency(one: ImportedCompetency) -> dict[str, Any]:
    return {"title": one.label, "knows": list(one.knows), "can": list(one.can), "practised": list(one.practised)}


def _criterion(one: ImportedCriterion) -> dict[str, Any]:
    points = {"max_points": _number(one.max_points), "min_points": _number(one.min_points)}
    return {"name": one.name, "indicator": one.indicator, **points}


def _show(programme: ImportedProgramme) -> None:
    """Prints the plan as a table, then problems and warnings."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(programme.title or _("(without a title)"), style="bold", markup=False)
    console.print(_("Workload: %(hours)s h", hours=format_hours(programme.hours)), markup=False)
    table = Table("№", _("Sections and topics"), _("Total"), *programme.plan.kinds, _("Form of control"))
    for row in programme.plan.rows:
        _add_row(table, programme, row, _sum(row), "bold")
        for topic in _topics(row):
            _add_row(table, programme, topic, topic.hours, "")
    console.print(table)
    for name, items in ((_("Competencies"), programme.competencies), (_("Criteria"), programme.criteria)):
        console.print(f"{name}: {len(items)}", markup=False)
    for note in programme.problems:
        console.print(f"✗ {note.where}: {note.message}", style="red", markup=False)
    for note in programme.warnings:
        console.print(f"• {note.where}: {note.message}", style="yellow", markup=False)
    if not programme.problems:
        console.print(_("✓ The plan balances."), style="green", markup=False)


def _add_row(
    table: Any,
    programme: ImportedProgramme,
    row: PlanGroup | PlanTopic,
    hours: Mapping[str, Decimal],
    style: str,
) -> None:
    from rich.text import Text

    numbers = [hours.get(kind, Decimal(0)) for kind in programme.plan.kinds]
    cells = [format_hours(value) if value else "–" for value in (sum(numbers, Decimal(0)), *numbers)]
    table.add_row(*map(Text, (row.number, row.title, *cells, row.control)), style=style)


command = group
"""The command that ``lms programme`` runs."""

if __name__ == "__main__":
    group()
