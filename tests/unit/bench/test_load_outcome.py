"""Failures of a load test are sorted by their moment, and percentiles are values that occurred."""

import pytest

from lms.bench.under_load.disturbances import HEALED_SECONDS, Run
from lms.bench.under_load.ledger import Asked, Records
from lms.bench.under_load.outcome import failures_of, percentile

AWAY = (100.0, 102.0)
RUN = Run(seconds=60.0, away=AWAY, kills=3)


def failed(at: float, *, status: int = 503, seconds: float = 1.0) -> Asked:
    return Asked("course", at, seconds, status, good=False)


@pytest.mark.parametrize("at", [99.5, 101.0, 102.0 + HEALED_SECONDS])
@pytest.mark.parametrize("status", [0, 500, 503])
def test_failure_at_the_restart_is_healed(at: float, status: int):
    found = failures_of(Records([failed(at, status=status)], []), RUN)
    assert (found.healed, found.errors) == (1, [])


@pytest.mark.parametrize("at", [90.0, 102.5 + HEALED_SECONDS])
def test_failure_at_another_moment_is_an_error(at: float):
    found = failures_of(Records([failed(at)], []), RUN)
    assert found.healed == 0
    assert len(found.errors) == 1


def test_refusal_at_the_restart_is_an_error():
    assert failures_of(Records([failed(101.0, status=403)], []), RUN).healed == 0


def test_abandoned_step_is_an_error():
    assert failures_of(Records([], ["begin got no answer"]), RUN).errors == ["begin got no answer"]


@pytest.mark.parametrize(("share", "expected"), [(50, 2), (95, 4), (99, 4), (1, 1)])
def test_percentile_is_one_of_the_values(share: int, expected: int):
    assert percentile([4, 1, 3, 2], share) == expected
