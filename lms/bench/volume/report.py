"""The lines that the walk prints: slowest pages, most statements, largest page, scans of large tables, growth."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from lms.bench.volume.plans import Scan, scans
from lms.bench.volume.walk import NOT_WALKED, WITHOUT_SAMPLE, Visit, Walk

MOST_STATEMENTS = 15
MOST_CPU_MS = 50
FLAT = 1.5
"""A page whose database time grew by at most this factor, or by few milliseconds, counts as flat."""
FEW_MS = 3.0


@dataclass(frozen=True, slots=True)
class Report:
    """All visits of one database, its scans, and the endpoints without a page, with what the data lack for them."""

    visits: Sequence[Visit]
    scans: Sequence[Scan]
    unseen: dict[str, str]

    @classmethod
    def of(cls, walk: Walk) -> "Report":
        """Returns the report of a whole walk."""
        visits = list(walk.visits())
        seen = {one.endpoint for one in visits}
        every = {rule.endpoint for rule in walk.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
        missing = sorted(every - seen - NOT_WALKED.keys())
        unseen = {name: WITHOUT_SAMPLE.get(name, f"answers {walk.answers.get(name)}") for name in missing}
        return cls(visits, list(scans(walk.engine, visits)), unseen)


def lines(report: Report, slowest: int) -> Iterator[str]:
    """Yields the figures of one database as JSON lines."""
    visits = report.visits
    by_cpu = sorted(_worst_of_each(visits), key=lambda one: -one.cpu_ms)
    for one in by_cpu[:slowest]:
        yield _line("slow_page", round(one.cpu_ms, 1), "ms", **_of(one))
    most = max(visits, key=lambda one: len(one.statements))
    yield _line("queries_max", len(most.statements), "queries", aim=MOST_STATEMENTS, **_of(most))
    for one in sorted(_worst_of_each(visits), key=lambda one: -len(one.statements)):
        if len(one.statements) > MOST_STATEMENTS and one is not most:
            yield _line("queries_above_aim", len(one.statements), "queries", **_of(one))
    largest = max((one for one in visits if one.is_page), key=lambda one: one.size)
    yield _line("largest_page", largest.size, "bytes", **_of(largest))
    over = sum(one.cpu_ms > MOST_CPU_MS for one in by_cpu)
    yield _line("pages_above_cpu_aim", over, "pages", aim=0, pages=len(by_cpu))
    for scan in sorted(report.scans, key=lambda scan: (scan.endpoint, scan.table)):
        yield _line("sequential_scan", scan.rows, "rows", **{k: v for k, v in asdict(scan).items() if k != "rows"})
    yield _line("unseen_addresses", len(report.unseen), "addresses", lacking=report.unseen)


def growth_lines(small: Report, large: Report) -> Iterator[str]:
    """Yields a line for each page that costs more in the larger database, the worst first."""
    before = {one.place: one for one in reversed(small.visits)}
    grown = []
    for one in _worst_of_each(large.visits, by_role=True):
        other = before.get(one.place)
        if other is not None:
            grown.append((other, one))
    grown.sort(key=lambda pair: pair[0].database_ms - pair[1].database_ms)
    flat = [pair for pair in grown if _is_flat(*pair)]
    for other, one in (pair for pair in grown if pair not in flat):
        yield _line(
            "growth",
            round(_cost(one) / _cost(other), 2),
            "times",
            cpu_before=round(other.cpu_ms, 1),
            database_before=round(other.database_ms, 1),
            **_of(one),
        )
    yield _line("flat_pages", len(flat), "pages", pages=len(grown))


def _is_flat(before: Visit, after: Visit) -> bool:
    return _cost(after) <= _cost(before) * FLAT or _cost(after) - _cost(before) <= FEW_MS


def _cost(visit: Visit) -> float:
    return visit.cpu_ms + visit.database_ms


def _worst_of_each(visits: Sequence[Visit], *, by_role: bool = False) -> list[Visit]:
    """Returns the costliest visit of each endpoint and query."""
    worst: dict[tuple[str, ...], Visit] = {}
    for one in visits:
        key = one.place if by_role else (one.place[0], one.place[2])
        if key not in worst or _cost(one) > _cost(worst[key]):
            worst[key] = one
    return list(worst.values())


def _of(visit: Visit) -> dict[str, object]:
    return {
        "endpoint": visit.endpoint,
        "role": visit.role,
        "path": visit.path,
        "cpu_ms": round(visit.cpu_ms, 1),
        "database_ms": round(visit.database_ms, 1),
        "statements": len(visit.statements),
        "bytes": visit.size,
    }


def _line(name: str, value: float, unit: str, **more: object) -> str:
    return json.dumps({"name": name, "value": value, "unit": unit, **more}, ensure_ascii=False)
