"""Processor time and memory of a process with its children, from /proc (Linux)."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def family(pids: Iterable[int]) -> list[int]:
    """Returns these processes and all that descend from them, those alive now."""
    children: dict[int, list[int]] = {}
    for pid, fields in _stats():
        children.setdefault(int(fields[1]), []).append(pid)
    found, waiting = [], list(pids)
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def seconds(pids: Iterable[int]) -> float:
    """Returns the processor seconds that these families have used, without those of children that have ended."""
    wanted = set(family(pids))
    ticks = sum(int(fields[11]) + int(fields[12]) for pid, fields in _stats() if pid in wanted)
    return ticks / TICKS


def ticks(pids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Returns the clock ticks of each process of these families, by process id and the moment of its start."""
    wanted = set(family(pids))
    return {(pid, fields[19]): int(fields[11]) + int(fields[12]) for pid, fields in _stats() if pid in wanted}


def megabytes(pid: int) -> float:
    """Returns the memory of a process in MB (PSS: shared pages are divided among those who share them)."""
    lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("Pss:")]
    return int(kilobytes) / 1024


def _stats() -> Iterator[tuple[int, list[str]]]:
    """Yields each process with the fields of its ``stat`` after the name: state, parent, …."""
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:  # it has ended meanwhile
                continue
            yield int(folder.name), text.rpartition(")")[2].split()
