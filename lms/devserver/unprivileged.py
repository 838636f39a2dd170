"""The account of a server. PostgreSQL refuses root, so root uses an account without other rights."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lms.devserver.errors import ServerError

NAMES = ("stazhirovka", "nobody", "daemon")
"""The first that exists is used. Not ``postgres``: a system's own server may run as that one."""


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged system account."""

    name: str
    uid: int
    gid: int


def for_cluster(data: Path) -> Account | None:
    """Returns the account of the database server: ``None`` is the current one; as root, the owner of the data or an
    unprivileged account.

    Raises ``ServerError`` when the data belong to an account that cannot be used, or root has none to use.
    """
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise ServerError(f"{data} belongs to another user (id {owner}). Run as that user, or choose LMS_DATA.")
        return None
    return named(owner) if owner else lent()


def named(uid: int) -> Account:
    """Returns the account with this id. Raises ``ServerError`` when the system has none."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise ServerError(f"The data belong to user id {uid}, whom this system does not know.") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def lent() -> Account:
    """Returns the account that root uses. Raises ``ServerError`` when the system has none of them."""
    for name in NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise ServerError(
        "PostgreSQL refuses to run as root and this system has none of the accounts "
        f"{', '.join(NAMES)}. Create one (useradd --system stazhirovka), or set LMS_DATABASE_URL."
    )


def reaches(account: Account | None, path: Path) -> bool:
    """Returns whether the account can enter this folder, or run this program. Tested by trying, because access lists
    count too.
    """
    if account is None:
        return os.access(path, os.X_OK)
    asked = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return asked.returncode == 0


def folder_of(account: Account | None, path: Path, *, mode: int = 0o700) -> Path:
    """Creates a folder of the account's own. An existing one must already be its own.

    Raises ``ServerError`` when the path is a link or belongs to another account.
    """
    try:
        path.mkdir(mode=mode, parents=False)
    except FileExistsError:
        pass
    else:
        if account is not None:
            os.chown(path, account.uid, account.gid)
    kept = path.lstat()
    if path.is_symlink() or kept.st_uid != (account.uid if account else os.geteuid()):
        raise ServerError(f"{path} belongs to somebody else; remove it, or choose another LMS_DATA.")
    path.chmod(mode)
    return path
