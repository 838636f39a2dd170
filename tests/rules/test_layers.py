"""The contracts of import-linter in pyproject.toml are kept."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_contracts_are_kept(capsys):
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS, capsys.readouterr().out
