"""From a logical name to the built file."""

import json
import os
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from lms.web.shell.assets import Assets, NotBuilt, install


def write(folder: Path, **files: str) -> None:
    (folder / "manifest.json").write_text(json.dumps(files), encoding="utf-8")


def test_address_has_the_hash(tmp_path: Path) -> None:
    write(tmp_path, **{"main.js": "main-AB.js"})
    assert Assets("/static", tmp_path).url("main.js") == "/static/dist/main-AB.js"


def test_new_build_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, **{"main.js": "main-AB.js"})
    assets = Assets("/static", tmp_path, pause=0)
    assets.url("main.js")
    write(tmp_path, **{"main.js": "main-CD.js"})
    os.utime(tmp_path / "manifest.json", (1, 1))
    assert assets.url("main.js").endswith("main-CD.js")


def test_missing_build_raises_error_with_command(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="npm run build"):
        Assets("/static", tmp_path).url("main.js")
    write(tmp_path)
    with pytest.raises(NotBuilt, match=r"main\.js"):
        Assets("/static", tmp_path).url("main.js")


def test_templates_get_tags_and_addresses(tmp_path: Path) -> None:
    write(tmp_path, **{"icons.svg": "icons-1.svg", "pages/plan.js": "plan-2.js"})
    app = Flask(__name__, static_url_path="/static")
    install(app, tmp_path)
    with app.test_request_context():
        shown = render_template_string("{{ icon_href }}#check {{ page_script('plan') }}")
    assert shown == '/static/dist/icons-1.svg#check <script type="module" src="/static/dist/plan-2.js"></script>'
