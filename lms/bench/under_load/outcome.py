"""Figures of a load test from the requests of its clients."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from lms.bench.figures import Figure
from lms.bench.under_load.disturbances import Meter, Run
from lms.bench.under_load.ledger import Asked, Records

AIM_P95_SECONDS, AIM_RESULT_SECONDS = 1.0, 2.0


@dataclass(frozen=True, slots=True)
class Failures:
    """Requests that failed: those that met the restart of the database and were healed by another try; all others."""

    healed: int
    errors: Sequence[str]


def failures_of(records: Records, run: Run) -> Failures:
    """Sorts the requests that failed. Whatever a person gave up is an error, at any moment."""
    failed = [one for one in records.requests if not one.good]
    during = [one for one in failed if run.explains(one.at, one.seconds) and not 400 <= one.status < 500]
    others = [f"{one.kind} answered {one.status} at {one.at:.1f}" for one in failed if one not in during]
    return Failures(len(during), [*others, *records.errors])


def figures(records: Records, run: Run, meter: Meter, failures: Failures, problems: Sequence[str]) -> Iterator[Figure]:
    """Yields all figures; those of all requests first."""
    good = [one for one in records.requests if one.good]
    yield _times("load_all", good, rate=len(records.requests) / run.seconds)
    for kind, asked in sorted(by_kind(good).items()):
        yield _times(f"load_{kind}", asked)
    waited = [one["seconds"] for one in records.of("result_shown")]
    if waited:
        slowest = round(percentile(waited, 95), 2)
        details = {"median": round(median(waited), 2), "number": len(waited)}
        ratio = round(slowest / AIM_RESULT_SECONDS, 2)
        yield Figure("load_first_result_p95", slowest, "s", "lower", AIM_RESULT_SECONDS, ratio, details)
    for name in meter.groups:
        spent = meter.seconds(name)
        each = {"seconds": round(spent, 1), "ms_a_request": round(spent * 1000 / max(len(good), 1), 1)}
        yield Figure(f"load_cpu_{name}", round(spent / run.seconds, 2), "cores", "lower", details=each)
    yield Figure("load_healed", failures.healed, "requests", "lower", details=_away(run))
    yield Figure("load_errors", len(failures.errors), "requests", "lower", 0)
    yield Figure("load_lost_or_doubled", len(problems), "facts", "lower", 0, details=_facts(records))


def by_kind(requests: Sequence[Asked]) -> dict[str, list[Asked]]:
    """Returns the requests by their kind."""
    found: dict[str, list[Asked]] = defaultdict(list)
    for one in requests:
        found[one.kind].append(one)
    return found


def percentile(values: Sequence[float], share: int) -> float:
    """Returns the least value that so many per cent of the values do not exceed.

    >>> percentile([4, 1, 3, 2], 50), percentile([4, 1, 3, 2], 95)
    (2, 4)
    """
    return sorted(values)[max(math.ceil(len(values) * share / 100), 1) - 1]


def _times(name: str, asked: Sequence[Asked], *, rate: float | None = None) -> Figure:
    seconds = [one.seconds for one in asked] or [0.0]
    middle, p95, p99 = (round(1000 * percentile(seconds, share), 1) for share in (50, 95, 99))
    details = {"median": middle, "p99": p99, "number": len(asked)}
    if rate is not None:
        details["requests_a_second"] = round(rate, 1)
    return Figure(f"{name}_p95", p95, "ms", "lower", AIM_P95_SECONDS * 1000, round(p95 / 1000, 2), details)


def _away(run: Run) -> dict[str, float]:
    return {"database_away_seconds": round(run.away[1] - run.away[0], 1), "workers_killed": run.kills}


def _facts(records: Records) -> dict[str, float]:
    return {name: len(rows) for name, rows in sorted(records.facts.items())}
