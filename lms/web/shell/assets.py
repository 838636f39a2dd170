"""Addresses of built front-end files: logical name (``main.js``) → address with the hash in it."""

import json
import time
from functools import lru_cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup, escape

FOLDER = Path(__file__).parents[2] / "static" / "dist"


class NotBuilt(RuntimeError):
    """The front end was not built, or the file is not in it; run ``npm ci && npm run build`` (``make setup`` does)."""


class Assets:
    """The manifest that ``lms/static/build.mjs`` writes; a new build is noticed within ``pause`` seconds."""

    def __init__(self, prefix: str, folder: Path = FOLDER, pause: float = 1.0) -> None:
        self._prefix = prefix.rstrip("/")
        self._path = folder / "manifest.json"
        self._pause = pause
        self._looked = -1e9
        self._seen = -1.0
        self._files: dict[str, str] = {}

    def _manifest(self) -> dict[str, str]:
        if time.monotonic() - self._looked < self._pause:
            return self._files
        try:
            changed = self._path.stat().st_mtime
        except FileNotFoundError:
            raise NotBuilt(f"{self._path} is missing: run npm ci && npm run build") from None
        if changed != self._seen:
            self._files = json.loads(self._path.read_text(encoding="utf-8"))
            self._seen = changed
        self._looked = time.monotonic()
        return self._files

    def url(self, name: str) -> str:
        """Returns the file's address. Raises ``NotBuilt`` for a name that the last build did not make."""
        try:
            return f"{self._prefix}/dist/{self._manifest()[name]}"
        except KeyError:
            raise NotBuilt(f"The front end has no {name!r}: run npm run build") from None

    def page_script(self, name: str) -> Markup:
        """Returns the tag that loads ``lms/static/src/pages/<name>.js`` after the page and after ``main.js``."""
        return Markup('<script type="module" src="{}"></script>').format(escape(self.url(f"pages/{name}.js")))


class IconHref:
    """The sprite's address for ``{{ icon_href }}#check``; it is looked up when the template is rendered."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    def __str__(self) -> str:
        return self._assets.url("icons.svg")

    __html__ = __str__


class Icon:
    """The function ``icon`` of the templates; a macro would be run anew for each of a page's icons."""

    def __init__(self, href: IconHref) -> None:
        self._href = href

    def __call__(self, name: str, label: object = None, **more: str) -> Markup:
        """Returns an icon of the sprite: decoration beside a word, or with a label alone; ``class=`` adds a class."""
        return _icon(str(self._href), name, str(label) if label else "", more.get("class", ""))


@lru_cache(2048)
def _icon(href: str, name: str, label: str, css: str) -> Markup:
    css = f"i {css}" if css else "i"
    if label:
        named = Markup('role="img" aria-label="{}"').format(label)
        return Markup('<svg class="{}" {}><use href="{}#{}"/></svg>').format(css, named, href, name)
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(css, href, name)


def install(app: Flask, folder: Path = FOLDER) -> Assets:
    """Gives templates ``asset(name)``, ``page_script(name)``, ``icon_href`` and ``icon_markup``.

    They are globals and not values of a context processor, so that macros imported without context can use them and
    stay cached.
    """
    assets = Assets(app.static_url_path or "/static", folder)
    href = IconHref(assets)
    app.jinja_env.globals.update(
        asset=assets.url, page_script=assets.page_script, icon_href=href, icon_markup=Icon(href)
    )
    app.extensions["assets"] = assets
    return assets
