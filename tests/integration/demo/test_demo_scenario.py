"""The whole path on throw-away servers, and its first part on odd documents."""

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.models.attestation import AttestationTask
from assessment.models.self_checks import SelfCheck
from assessment.questions.gift.parser import read_gift
from courses.importing.model import ImportedProgramme
from courses.models.groups import Enrolment
from courses.programmes.errors import NotReady
from courses.roster.model import Roster, RosterRow
from lms.cli.main import cli
from lms.core.clock import utc_now
from lms.core.errors import Invalid
from lms.demo.content import PROGRAMME, SectionText, thematic_plan
from lms.demo.group_setup import GroupIds, prepare
from lms.demo.scenario import SourceDocuments

NAMES = ("Рыжова Ульяна Тихоновна", "Ёжиков Пётр Семёнович", "Громова Анна Валерьевна")
"""The last is called as the demo's leader is; all share an address."""


def roster_file(folder: Path) -> Path:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for place, row in enumerate([("ФИО", "E-mail"), *((name, "school@example.org") for name in NAMES)]):
        sheet.write_row(place, 0, row)
    book.close()
    path = folder / "people.xlsx"
    path.write_bytes(stream.getvalue())
    return path


def test_three_trainees_from_documents_to_certificates(tmp_path: Path):
    command = [sys.executable, "-m", "lms.cli.main", "demo", "--json", "--out", str(tmp_path / "out")]
    environment = os.environ | {"LMS_DATABASE_URL": "postgresql://nowhere/never", "LMS_PORT": "1"}
    command += ["--trainees", str(roster_file(tmp_path))]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.strip().splitlines()[-1])
    counted = ("trainees", "attempts_graded", "works_reviewed", "certificates")
    assert [told[key] for key in counted] == [3, 3, 3, 3]
    assert sorted(one["name"] for one in told["files"]) == sorted(NAMES)
    assert [int(re.findall(r"\d+", one["number"])[-1]) for one in told["files"]] == [1, 2, 3]
    papers = [(tmp_path / "out" / one["file"]).read_bytes() for one in told["files"]]
    assert len(set(papers)) == 3
    assert all(paper.startswith(b"%PDF-") for paper in papers)


def test_unreadable_document_ends_with_reason(tmp_path: Path):
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"text")
    done = CliRunner().invoke(cli, ["demo", "--out", str(tmp_path), "--programme", str(broken)])
    assert isinstance(done.exception, SystemExit)
    assert "broken.docx" in str(done.exception.code)


def documents(programme: ImportedProgramme, people: int = 1, gift: str = "::Да::Верно? {T}") -> SourceDocuments:
    rows = tuple(RosterRow(number, "Иванова", "Анна", "Петровна") for number in range(people))
    return SourceDocuments(programme, "p.docx", Roster(rows=rows), "t.xlsx", read_gift(gift).questions)


def prepared(session: Session, given: SourceDocuments) -> GroupIds:
    return prepare(session, given, password="три слова подряд", now=utc_now())


def bare(*sections: SectionText) -> ImportedProgramme:
    """A programme of which little more than the plan is known."""
    return ImportedProgramme(title="Короткая", plan=thematic_plan(*sections))


def test_programme_without_criteria_gets_a_task(session: Session):
    topics = (("Одна", "1 1 0", "", ""), ("Две", "0 1 0", "", ""))
    stage = prepared(session, documents(bare(("Раздел", topics))))
    task = session.get_one(AttestationTask, stage.task)
    assert task.kind == "final"
    assert len(task.criteria) == 1
    assert stage.to_mark == []


def test_single_topic_and_a_topic_without_hours(session: Session):
    one = bare(("Раздел", (("Одна", "2 0 0", "", ""), ("Без часов", "0 0 0", "", ""))))
    stage = prepared(session, documents(one, people=2))
    assert len(stage.enrolments) == 2
    people = session.scalars(select(Enrolment.person_id).where(Enrolment.id.in_(stage.enrolments))).all()
    assert len(set(people)) == 2  # namesakes are never one


def test_section_that_carries_its_hours_itself(session: Session):
    alone = ("Всё сразу", (("Всё сразу", "4 0 0", "", ""),))
    assert len(prepared(session, documents(bare(alone))).materials) == 1


def test_questions_whose_keys_do_not_reach_the_threshold_are_no_condition(session: Session):
    stage = prepared(session, documents(PROGRAMME, gift="::Мало::Отметьте {~%20%один ~%10%два ~нет}"))
    assert session.get_one(SelfCheck, stage.self_check).required is False


def test_essays_alone_are_a_condition(session: Session):
    stage = prepared(session, documents(PROGRAMME, gift="::Эссе::Напишите о своём уроке. {}"))
    assert session.get_one(SelfCheck, stage.self_check).required is True


def test_plan_that_does_not_add_up_is_refused_with_its_problem(session: Session):
    with pytest.raises(NotReady):
        prepared(session, documents(replace(PROGRAMME, workload=Decimal(30))))


def test_pass_mark_is_put_right_where_points_were_not_given(session: Session):
    unknown = tuple(replace(one, max_points=None, min_points=None) for one in PROGRAMME.criteria)
    stage = prepared(session, documents(replace(PROGRAMME, criteria=unknown, min_per_criterion=None)))
    task = session.get_one(AttestationTask, stage.task)
    assert task.pass_mark == sum(one.max_points for one in task.criteria) == Decimal(5)


def test_empty_list_is_refused(session: Session):
    with pytest.raises(Invalid):
        prepared(session, documents(PROGRAMME, people=0))
