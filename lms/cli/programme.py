"""``lms programme``: shows how the import reads a document, without a database."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from courses.importing.limited import read_programmes_within_limits
from courses.importing.model import ImportedCompetency, ImportedCriterion, ImportedNote, ImportedProgramme
from courses.thematic_plan.model import SectionRow, ThematicPlan, TopicRow, sum_of
from courses.thematic_plan.place import named_place
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
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each programme of the file, one a line.")
@click.option("--lang", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="Language of messages.")
def check(file: Path, as_json: bool, lang: str) -> None:
    """Exit code 0: the plan balances; 1: it has problems; 2: the file cannot be read."""
    set_locale(lang)
    declare_sentences({**core.SENTENCES, **importing.SENTENCES})
    try:
        programmes = read_programmes_within_limits(file, file.name)
    except UnreadableDocument as error:
        note = ImportedNote(named_place(file.name), ErrorDetail(error.code, params=error.params))
        if as_json:
            _print(as_object(ImportedProgramme(problems=(note,))))
        else:
            click.echo(f"{note.where.message}: {note.message}", err=True)
        raise SystemExit(UNREADABLE) from None
    for programme in programmes:
        if as_json:
            _print(as_object(programme))
        else:
            _show(programme)
    raise SystemExit(HAS_PROBLEMS if any(programme.problems for programme in programmes) else BALANCES)


def _print(found: dict[str, Any]) -> None:
    click.echo(json.dumps(found, ensure_ascii=False))


def as_object(programme: ImportedProgramme) -> dict[str, Any]:
    """Returns the programme as the command prints it; hours and points are JSON numbers."""
    return {
        "title": programme.title,
        "hours": _number(programme.hours),
        "kinds": [kind.name for kind in programme.plan.kinds],
        "sections": [_section(programme, section) for section in programme.plan.sections],
        "competencies": [_competency(one) for one in programme.competencies],
        "criteria": [_criterion(one) for one in programme.criteria],
        "problems": [_note(note) for note in programme.problems],
        "warnings": [_note(note) for note in programme.warnings],
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _note(note: ImportedNote) -> dict[str, str]:
    return {"where": note.where.message, "message": note.message}


def _hours(plan: ThematicPlan, row: SectionRow | TopicRow) -> dict[str, int | float | None]:
    return {name: _number(value) for name, value in _hours_by_name(plan, row).items()}


def _hours_by_name(plan: ThematicPlan, row: SectionRow | TopicRow) -> dict[str, Decimal]:
    """Returns the row's hours of every kind."""
    topics = row.topics if isinstance(row, SectionRow) else [row]
    return {kind.name: sum_of(topics, kind.lineage) for kind in plan.kinds}


def _section(programme: ImportedProgramme, section: SectionRow) -> dict[str, Any]:
    """Returns a section. A section without topics in the document has hours and control of its own."""
    found = {
        "number": programme.facts.numbers.get(section.lineage, ""),
        "title": section.title,
        "hours": _hours(programme.plan, section),
        "topics": [_topic(programme, topic) for topic in _topics(programme, section)],
    }
    is_alone = section.lineage in programme.facts.alone
    return {**found, "control": programme.facts.controls[section.lineage]} if is_alone else found


def _topics(programme: ImportedProgramme, section: SectionRow) -> list[TopicRow]:
    """Returns the topics that the document has below the section."""
    return [] if section.lineage in programme.facts.alone else section.topics


def _topic(programme: ImportedProgramme, topic: TopicRow) -> dict[str, Any]:
    return {
        "number": programme.facts.numbers.get(topic.lineage, ""),
        "title": topic.title,
        "hours": _hours(programme.plan, topic),
        "control": topic.control_form,
    }


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
    kinds = [kind.name for kind in programme.plan.kinds]
    table = Table("№", _("Sections and topics"), _("Total"), *kinds, _("Form of control"))
    for section in programme.plan.sections:
        _add_row(table, programme, section, programme.facts.controls.get(section.lineage, ""), "bold")
        for topic in _topics(programme, section):
            _add_row(table, programme, topic, topic.control_form, "")
    console.print(table)
    for name, items in ((_("Competencies"), programme.competencies), (_("Criteria"), programme.criteria)):
        console.print(f"{name}: {len(items)}", markup=False)
    for note in programme.problems:
        console.print(f"✗ {note.where.message}: {note.message}", style="red", markup=False)
    for note in programme.warnings:
        console.print(f"• {note.where.message}: {note.message}", style="yellow", markup=False)
    if not programme.problems:
        console.print(_("✓ The plan balances."), style="green", markup=False)


def _add_row(table: Any, programme: ImportedProgramme, row: SectionRow | TopicRow, control: str, style: str) -> None:
    from rich.text import Text

    numbers = list(_hours_by_name(programme.plan, row).values())
    cells = [format_hours(value) if value else "–" for value in (sum(numbers, Decimal(0)), *numbers)]
    number = programme.facts.numbers.get(row.lineage, "")
    table.add_row(*map(Text, (number, row.title, *cells, control)), style=style)


command = group
"""The command that ``lms programme`` runs."""

if __name__ == "__main__":
    group()
