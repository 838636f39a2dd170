"""Child processes: started so that they end with their parent, stopped in steps, recognised after the parent was
killed.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from lms.devserver.unprivileged import Account

LAUNCHER = Path(__file__).with_name("launcher.py")
LOG_LIMIT_BYTES = 10 * 1024 * 1024


def spawn(
    command: Sequence[str],
    *,
    log: Path | None = None,
    account: Account | None = None,
    ending: signal.Signals = signal.SIGTERM,
    stdin: int = subprocess.DEVNULL,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Starts a command in a session of its own (so that Ctrl-C reaches the parent only), its output in ``log``.

    ``ending`` is the signal sent to it when the parent dies without having stopped it. The signal comes when the
    *thread* that started it ends, so it is asked for in the main thread only.
    """
    follow = ending if threading.current_thread() is threading.main_thread() else 0
    output = _open_log(log) if log else subprocess.DEVNULL
    try:
        return subprocess.Popen(  # noqa: S603
            launched(command, account, follow),
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )
    finally:
        if not isinstance(output, int):
            output.close()


def launched(command: Sequence[str], account: Account | None, follow: int = 0) -> list[str]:
    """Returns the command line that runs this command as this account, through the launcher."""
    identity = (str(account.uid), str(account.gid)) if account else ("-", "-")
    start = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(follow))]
    return [*start, *identity, *command]


def stop(
    process: subprocess.Popen[bytes], steps: Sequence[signal.Signals], *, patience: float = 10.0, group: bool = False
) -> int:
    """Sends each signal in turn, waiting ``patience`` seconds after each, and kills at last; returns the exit code."""
    for number in (*steps, signal.SIGKILL):
        if process.poll() is not None:
            break
        _send(process.pid, number, group=group)
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    return process.wait()


def stop_stranger(pid: int, number: signal.Signals, *, patience: float = 20.0) -> None:
    """Ends a server that a killed command left behind (not a child process, so it can only be watched)."""
    for step in (number, signal.SIGKILL):
        _send(pid, step, group=False)
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            if not alive(pid):
                return
            time.sleep(0.05)


def alive(pid: int) -> bool:
    """Returns whether a process of this id runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state != "Z"


def command_line(pid: int) -> list[str]:
    """Returns the arguments of a running process; empty when there is none or they cannot be read."""
    kept = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return kept.read_bytes().decode(errors="replace").rstrip("\0").split("\0")
        except OSError:
            return []
    found = subprocess.run(["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)  # noqa: S603
    return found.stdout.decode(errors="replace").split()


def log_end(log: Path, *, lines: int = 8) -> str:
    """Returns the last lines of a log, indented, for an error message."""
    try:
        kept = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in kept)


def _send(pid: int, number: signal.Signals, *, group: bool) -> None:
    with suppress(ProcessLookupError, PermissionError):
        (os.killpg if group else os.kill)(pid, number)


def _open_log(log: Path) -> IO[bytes]:
    """Opens the log for appending; a large log is renamed first, over the one renamed before."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(log.suffix + ".1"))
    return log.open("ab")


def kill_session(leader: int) -> None:
    """Kills what is left of the session that ``spawn`` began with this process."""
    _send(leader, signal.SIGKILL, group=True)
