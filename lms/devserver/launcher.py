"""Replaces itself by a server: gives up root, asks to be stopped with its parent, then executes the command.

Run as a script (``python -I -S launcher.py PARENT SIGNAL UID GID COMMAND…``) and not as a ``preexec_fn``: code between
fork and exec may deadlock in a process with threads, and Python 3.12 warns about it. ``-`` for UID keeps the user.
Imports only the standard library, and little of it, because every start pays for it.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing slows every start
    from typing import Any

PR_SET_PDEATHSIG = 1


def system_calls() -> "Any":
    """Returns the C library, where it has the call (Linux). Loaded while the process may still read Python's own
    folder.
    """
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    return ctypes.CDLL(None)


def become(uid: str, gid: str) -> None:
    """Gives up root and every supplementary group."""
    if uid == "-":
        return
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))


def follow_parent(library: "Any", parent: int, number: int) -> None:
    """Asks for this signal when the parent thread ends. Called last, because a change of user cancels it."""
    if library is None or not number:
        return
    library.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # the parent ended before the signal was asked for
        sys.exit(1)


def main(arguments: list[str]) -> None:
    """Replaces this process by the command, or ends it. Never returns."""
    parent, number, uid, gid, *command = arguments
    library = system_calls()
    become(uid, gid)
    follow_parent(library, int(parent), int(number))
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
