"""The command's frame: what it lists, what it imports, what it tells instead of a traceback."""

import subprocess
import sys
from importlib.util import find_spec

import pytest
from click.testing import CliRunner

from lms.cli import main
from lms.core.errors import Invalid
from lms.devserver.errors import ServerError

HEAVY = ("flask", "celery", "alembic", "psycopg", "sqlalchemy")


def imported_by(*arguments: str) -> set[str]:
    """Which of the heavy modules are there once the command has run."""
    script = (
        "import sys\n"
        "from contextlib import suppress\n"
        "from lms.cli.main import cli\n"
        "from lms.devserver.errors import ServerError\n"
        f"with suppress(ServerError): cli({list(arguments)!r}, standalone_mode=False)\n"
        f"sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(ended.stderr.split())


def test_help_lists_every_command_that_is_there_and_imports_none():
    shown = CliRunner().invoke(main.cli, ["--help"])
    assert shown.exit_code == 0
    for name, entry in main.ENTRIES.items():
        assert (f"  {name} " in shown.output) == (find_spec(entry.module) is not None), name
    assert imported_by("--help") == set()


def test_run_checks_its_settings_before_it_imports_the_rest(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LMS_PUBLIC_URL", "")
    monkeypatch.setenv("LMS_DEMO", "false")
    assert imported_by("run") == set()


@pytest.mark.parametrize("name", [name for name, entry in main.ENTRIES.items() if find_spec(entry.module)])
def test_every_command_explains_itself(name: str):
    shown = CliRunner().invoke(main.cli, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert "Usage:" in shown.output


def test_unknown_command_is_refused():
    refused = CliRunner().invoke(main.cli, ["nonsense"])
    assert refused.exit_code == 2
    assert "No such command" in refused.output


@pytest.mark.parametrize(
    ("error", "told"), [(ServerError("no disk"), "no disk"), (Invalid("too long", "title"), "too long")]
)
def test_known_error_becomes_one_sentence(error: Exception, told: str):
    assert main.explained(error) == told


def test_unexpected_error_keeps_its_traceback():
    assert main.explained(KeyError("bug")) is None


def test_known_error_ends_command_with_status_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def fail(*_: object, **__: object) -> None:
        raise ServerError("no disk")

    monkeypatch.setattr(main, "cli", fail)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "lms: no disk\n"
