"""Which lines of a child's log reach the terminal."""

from pathlib import Path

import pytest

from lms.cli.log_errors import MOST_LINES, LogErrors


def append(log: Path, text: str) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(text)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    made = tmp_path / "worker.log"
    made.write_text("ERROR celery an error of yesterday\n", encoding="utf-8")
    return made


def test_shows_error_with_its_traceback_and_nothing_else(log: Path) -> None:
    errors = LogErrors.from_end(log)
    append(
        log,
        "2026-11-29 03:14:35 [info     ] jobs_done  count=1\n"
        "2026-11-29 03:14:36 [error    ] job_failed kind=mail.send\n"
        "Traceback (most recent call last):\n"
        '  File "x.py", line 1, in <module>\n'
        "ValueError: wrong\n"
        "INFO celery.app.trace Task succeeded\n"
        "a line that continues it\n",
    )
    assert errors.read() == [
        "2026-11-29 03:14:36 [error    ] job_failed kind=mail.send",
        "Traceback (most recent call last):",
        '  File "x.py", line 1, in <module>',
        "ValueError: wrong",
    ]
    assert errors.read() == []


@pytest.mark.parametrize(
    "line",
    [
        "[2026-11-29 03:14:47 +0000] [12] [ERROR] Exception in worker process",
        "CRITICAL celery.worker the broker is gone",
        '{"event": "job_failed", "level": "error"}',
        "Traceback (most recent call last):",
    ],
)
def test_recognises_errors_of_every_writer(log: Path, line: str) -> None:
    errors = LogErrors.from_end(log)
    append(log, f"{line}\n")
    assert errors.read() == [line]


def test_waits_for_the_end_of_a_line(log: Path) -> None:
    errors = LogErrors.from_end(log)
    append(log, "ERROR half of")
    assert errors.read() == []
    append(log, " a line\n")
    assert errors.read() == ["ERROR half of a line"]


def test_reads_a_new_log_from_its_beginning(log: Path) -> None:
    errors = LogErrors.from_end(log)
    log.write_text("ERROR new\n", encoding="utf-8")
    assert errors.read() == ["ERROR new"]


def test_cuts_the_middle_out_of_a_flood_of_errors(log: Path) -> None:
    errors = LogErrors.from_end(log)
    append(log, "".join(f"ERROR {number}\n" for number in range(MOST_LINES + 5)))
    told = errors.read()
    assert len(told) == MOST_LINES + 1
    assert told[:3] == ["ERROR 0", f"… 5 lines, see {log}", "ERROR 6"]
    assert told[-1] == f"ERROR {MOST_LINES + 4}"


def test_missing_log_has_no_errors(tmp_path: Path) -> None:
    assert LogErrors.from_end(tmp_path / "none.log").read() == []
