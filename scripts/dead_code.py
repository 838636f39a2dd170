"""Finds code that nothing in the product uses (`make lint`), by vulture.

Templates count as users: every name in a Jinja expression is written to a file that vulture reads beside the code.
Tests do not count. What a framework calls is listed under ``[tool.vulture]`` in ``pyproject.toml``, with the reason.
"""

import keyword
import re
import sys
import tempfile
import tomllib
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).parents[1]
EXPRESSION = re.compile(r"\{[{%](.*?)[%}]\}", re.DOTALL)
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
ATTRIBUTE = re.compile(r"(?:attribute=|selectattr\(|rejectattr\()['\"](\w+)")
NAME = re.compile(r"[A-Za-z_]\w*")


def names_in_templates() -> set[str]:
    """Names that templates read, those of ``map(attribute='…')`` and ``selectattr('…')`` too."""
    found: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        for expression in EXPRESSION.findall(path.read_text(encoding="utf-8")):
            found.update(ATTRIBUTE.findall(expression), NAME.findall(QUOTED.sub("", expression)))
    return {name for name in found if not keyword.iskeyword(name)}


def main() -> int:
    """Prints what is unused, a line each; returns 1 if there is any."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["vulture"]
    finder = Vulture(ignore_names=settings["ignore_names"], ignore_decorators=settings["ignore_decorators"])
    with tempfile.TemporaryDirectory() as folder:
        used = Path(folder, "names_in_templates.py")
        used.write_text("".join(f"_.{name}\n" for name in sorted(names_in_templates())), encoding="utf-8")
        finder.scavenge([*(str(ROOT / path) for path in settings["paths"]), str(used)], exclude=settings["exclude"])
    return 1 if finder.report(min_confidence=settings["min_confidence"]) else 0


if __name__ == "__main__":
    sys.exit(main())
