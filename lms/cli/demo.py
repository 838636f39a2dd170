"""``lms demo``: takes a group through the whole path, on throw-away servers and data."""

import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from assessment.questions.gift.limited import read_gift_within_limits
from courses.importing.limited import read_programmes_within_limits
from courses.roster.limited import read_roster_within_limits
from courses.roster.model import Roster
from lms.cli.throwaway import throwaway
from lms.core.documents.errors import UnreadableDocument
from lms.core.errors import DomainError, Invalid
from lms.core.i18n import _, set_locale
from lms.demo.samples import make
from lms.demo.scenario import Scenario, ScenarioResult, SourceDocuments

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Bars:
    """Progress bars on standard error; nothing is shown with ``--json``."""

    def __init__(self, shown: bool) -> None:
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not shown,
        )
        self.current: TaskID | None = None

    def begin(self, title: str, total: int) -> None:
        """Begins a step of so many parts."""
        self.current = self.bars.add_task(title, total=total)

    def reach(self, done: int) -> None:
        """Shows that so many parts are done."""
        if self.current is not None:
            self.bars.update(self.current, completed=done)


@click.command()
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where certificates go.")
@click.option("--programme", type=FILE, help="A programme in Word; without it, a sample of our own.")
@click.option("--trainees", type=FILE, help="A list in Excel; without it, a sample of our own.")
@click.option("--questions", type=FILE, help="Questions in GIFT; without it, a sample of our own.")
@click.option("--json", "as_json", is_flag=True, help="No bars; the last line is one JSON object.")
@click.option("--lang", type=click.Choice(["ru", "en"]), default="ru", show_default=True, help="Language of messages.")
def command(  # noqa: PLR0917  # click hands options over by name
    out: Path, programme: Path | None, trainees: Path | None, questions: Path | None, as_json: bool, lang: str
) -> None:
    """Take a group through the whole path and write its certificates to --out.

    The programme is imported and approved, the list enrolled; they study and hand in; the worker grades and certifies.
    Servers and data are the command's own and gone afterwards. Exit code 0 only if every trainee got a certificate.
    """
    began = time.monotonic()
    set_locale(lang)
    try:
        documents = read_all(programme, trainees, questions)
        out.mkdir(parents=True, exist_ok=True)
        reached = go(documents, Bars(not as_json))
    except DomainError as error:
        raise SystemExit(error_sentence(error)) from None
    write(out, reached)
    report(reached, time.monotonic() - began, as_json)


def error_sentence(error: DomainError) -> str:
    """Returns a sentence on what stopped the demo."""
    return f"lms demo: {error.message}"


def read_all(programme: Path | None, trainees: Path | None, questions: Path | None) -> SourceDocuments:
    """Returns the documents. Raises ``Invalid`` with the name of the one that cannot be used, and why."""
    document, document_name = content(programme, make.programme_docx, "programme.docx")
    people, people_name = content(trainees, make.trainees_xlsx, "trainees.xlsx")
    asked, asked_name = content(questions, make.GIFT.read_bytes, "questions.gift")
    try:
        imported = read_programmes_within_limits(io.BytesIO(document), document_name)[0]
    except UnreadableDocument as error:
        raise Invalid(f"{document_name}: {error.message}") from error
    roster = read_roster_within_limits(io.BytesIO(people), people_name)
    if roster.problems:
        raise Invalid(f"{people_name}: {' '.join(note.message for note in roster.problems)}")
    left_out(roster, people_name)
    gift = read_gift_within_limits(asked)
    if gift.unreadable or not gift.questions:
        why = gift.unreadable.message if gift.unreadable else _("no question of it can be used.")
        raise Invalid(f"{asked_name}: {why}")
    return SourceDocuments(imported, document_name, roster, people_name, gift.questions)


def left_out(roster: Roster, name: str) -> None:
    """Prints the rows of the list from which nobody can be enrolled, and why."""
    for row in roster.rows:
        for note in row.problems:
            click.echo(f"{name}, {row.row_number}: {note.message}", err=True)


def content(path: Path | None, sample: Callable[[], bytes], name: str) -> tuple[bytes, str]:
    """Returns the file's bytes and name, or the sample's."""
    return (path.read_bytes(), path.name) if path else (sample(), name)


def go(documents: SourceDocuments, bars: Bars) -> ScenarioResult:
    """Runs the path on a service of its own."""
    with bars.bars:
        bars.begin(_("Starting servers, web and worker"), 1)
        with throwaway() as place:
            place.ready()
            bars.reach(1)
            return Scenario(place.parts.sessions, documents, bars, place.address).go()


def write(out: Path, reached: ScenarioResult) -> None:
    """Writes the certificates as files."""
    for paper in reached.files:
        (out / paper.file).write_bytes(paper.content)


def report(reached: ScenarioResult, seconds: float, as_json: bool) -> None:
    """Prints the last line, for a program or for a person."""
    if as_json:
        click.echo(json.dumps(summary(reached, seconds), ensure_ascii=False))
        return
    values = {"count": len(reached.files), "seconds": round(seconds)}
    click.echo(_("%(count)s certificates, in %(seconds)s s.", **values))


def summary(reached: ScenarioResult, seconds: float) -> dict[str, object]:
    """Returns the result for JSON."""
    return {
        "trainees": reached.trainees,
        "attempts_graded": reached.attempts_graded,
        "works_reviewed": reached.works_reviewed,
        "certificates": len(reached.files),
        "files": [
            {"file": paper.file, "name": paper.name, "number": paper.number, "code": paper.code}
            for paper in reached.files
        ],
        "seconds": round(seconds, 1),
    }
