"""Compiled templates are loaded by the next process; a folder that cannot be written to fails no page."""

from pathlib import Path

import pytest
from flask import Flask, render_template
from jinja2 import Environment

from lms.web.shell.template_cache import init_template_cache


def shown(tmp_path: Path, cache: Path, text: str | None = None) -> str:
    """Returns the page as a new application shows it; ``text`` writes the template anew."""
    if text is not None:
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
    app = Flask(__name__, template_folder=str(tmp_path))
    init_template_cache(app, cache)
    with app.test_request_context():
        return render_template("page.html", name="Анна")


def test_second_application_compiles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown(tmp_path, tmp_path / "cache", "Здравствуйте, {{ name }}")
    monkeypatch.delattr(Environment, "_generate")
    assert shown(tmp_path, tmp_path / "cache") == "Здравствуйте, Анна"


def test_changed_template_is_compiled_again(tmp_path: Path) -> None:
    shown(tmp_path, tmp_path / "cache", "Здравствуйте, {{ name }}")
    assert shown(tmp_path, tmp_path / "cache", "{{ name }}, добрый день") == "Анна, добрый день"


def test_unwritable_folder_fails_no_page(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    assert shown(tmp_path, tmp_path / "file", "Здравствуйте, {{ name }}") == "Здравствуйте, Анна"
