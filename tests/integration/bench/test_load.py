"""The load test works, and its comparison finds what is lost or doubled."""

import json
import os
import subprocess
import sys

from sqlalchemy.orm import Session, sessionmaker

from assessment.models.attestation import SubmissionVersion
from lms.bench.under_load.comparison import problems_of
from lms.bench.under_load.ledger import Records
from lms.bench.under_load.plan import Plan
from lms.core.clock import utc_now
from tests.factories import attestation, make

TRAINEES, LESSONS, QUESTIONS = 5, 2, 20
OPTIONS = ("--trainees", str(TRAINEES), "--lessons", str(LESSONS), "--minutes", "0.2", "--pause", "0.1")


def test_few_trainees_lose_nothing_while_database_and_workers_end():
    command = [sys.executable, "-m", "lms.bench.under_load", *OPTIONS]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    figures = {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert figures["load_healed"]["workers_killed"] == 3
    assert figures["load_healed"]["database_away_seconds"] > 0
    assert figures["load_errors"]["value"] == 0
    facts = figures["load_lost_or_doubled"]
    assert facts["value"] == 0
    assert facts["begun"] == facts["answers_handed_in"] == facts["result_shown"] == TRAINEES * LESSONS
    assert facts["saved"] == TRAINEES * LESSONS * QUESTIONS
    assert facts["confirmed"] == TRAINEES * LESSONS
    assert facts["work_handed_in"] >= TRAINEES
    assert facts["decided"] >= 1
    assert {"load_cpu_web", "load_cpu_worker", "load_cpu_database", "load_first_result_p95"} <= figures.keys()


PLAN = Plan("", 0.0, 0, "", [], [], check=0, task=0, materials=[], answers={}, points={})


def records(**facts: list[dict[str, object]]) -> Records:
    return Records([], [], facts)


def test_comparison_finds_lost_facts(sessions: sessionmaker[Session]):
    lost = records(
        begun=[{"attempt": 1, "enrolment": 1}],
        answers_handed_in=[{"attempt": 1}],
        confirmed=[{"enrolment": 1, "material": 2}],
        work_handed_in=[{"enrolment": 1, "mark": "x"}],
        decided=[{"version": 3, "decision": "accepted"}],
    )
    assert problems_of(sessions, PLAN, lost) == [
        "attempt 1 was begun and is lost",
        "attempt 1 was handed in with right answers and is lost with None %",
        "material 2 was confirmed by enrolment 1 and is not completed",
        "the work x was handed in and is lost",
        "version 3 was accepted and is None",
    ]


def test_comparison_finds_doubled_works_and_lost_files(session: Session, sessions: sessionmaker[Session]):
    enrolment = make.enrolment(session)
    work = attestation.handed_in(session, attestation.task(session, enrolment.cohort.version), enrolment, "Работа, x")
    session.add(SubmissionVersion(submission_id=work.id, number=2, text="Работа, x", handed_in_at=utc_now()))
    session.commit()
    found = problems_of(sessions, PLAN, records(work_handed_in=[{"enrolment": enrolment.id, "mark": "x"}]))
    assert found == ["the work x is stored 2 times", *["the file of the work x is lost: 0 files"] * 2]
