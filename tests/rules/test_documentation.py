"""Commands, make targets and paths named in documents, messages and templates exist."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from lms.cli.main import cli

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")), ROOT / "templates/README.md"]
CODE = re.compile(r"```.*?```|``[^`]+``|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"(?<![\w./-])(?:\.venv/bin/|\$\(BIN\)/)?lms ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")
MAKE = re.compile(r"(?<![\w-])(?<!install )make((?: [a-z][a-z-]*)+)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
FOLDERS = "lms|courses|assessment|worker|templates|tests|scripts|docs"
PATH = re.compile(rf"(?<![\w./$~<-])(?:{FOLDERS})/[\w./-]*\w/?(?![\w*{{<…-])")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def documents() -> list[Path]:
    return [*DOCUMENTS, *sorted((ROOT / "docs").rglob("*.md"))]


@cache
def texts() -> dict[str, str]:
    """Returns all texts that name commands, by path: documents, messages, docstrings, templates, Compose file."""
    suffixes = {".py", ".html", ".po", ".sh", ".typ"}
    folders = ("lms", "courses", "assessment", "worker", "templates", "scripts")
    sources = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    found = [*documents(), ROOT / "docker-compose.yml", ROOT / "Makefile", *sources]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found}


def named_commands() -> Iterator[tuple[str, str, str]]:
    for path, text in texts().items():
        for line in text.splitlines():
            if "import" not in line:
                yield from ((path, found[1], found[2] or "") for found in COMMAND.finditer(line))


def exists(command: str, sub: str) -> bool:
    found = cli.get_command(click.Context(cli), command)
    if isinstance(found, click.Group) and sub:
        return found.get_command(click.Context(found), sub) is not None
    return found is not None


def test_commands_named_exist():
    named = [(path, command, sub) for path, command, sub in named_commands() if command not in {"command", "lms"}]
    assert len(named) > 30
    assert [each for each in named if not exists(each[1], each[2])] == []


def test_targets_of_make_named_exist():
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    named = [
        (path, target)
        for path, text in texts().items()
        for code in CODE.findall(text)
        for targets_named in MAKE.findall(code)
        for target in targets_named.split()
    ]
    assert len(named) > 20
    assert [each for each in named if each[1] not in targets] == []


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_named_exist(document: Path):
    text = document.read_text(encoding="utf-8")
    paths = [path for code in CODE.findall(text) for path in PATH.findall(code)]
    missing = [path for path in paths if not (ROOT / path).exists()]
    missing += [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    assert missing == []
