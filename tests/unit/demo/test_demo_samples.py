"""The sample documents are understood by our own readers, and the log-ins are those of the log-in page."""

import io
from datetime import date
from decimal import Decimal

import pytest

from assessment.questions.gift.parser import read_gift
from courses.roster.reader import read_roster
from lms.demo.content import PROGRAMME, TRAINEES
from lms.demo.sample_data import people, programmes
from lms.demo.sample_data.pages import READING, SPEECH_READING
from lms.demo.samples import make
from lms.demo.seed import LOG_INS
from lms.web.accounts import presenters
from tests.unit.importing.first_programme import read_programme


def test_programme_in_word_is_read_as_it_was_meant():
    read = read_programme(io.BytesIO(make.programme_docx()), "programme.docx")
    assert not read.problems
    assert (read.title, read.hours) == (PROGRAMME.title, PROGRAMME.hours)
    assert [kind.name for kind in read.plan.kinds] == [kind.name for kind in PROGRAMME.plan.kinds]
    assert [topic.title for topic in read.plan.topics()] == [topic.title for topic in PROGRAMME.plan.topics()]
    assert (read.criteria, read.pass_mark) == (PROGRAMME.criteria, PROGRAMME.pass_mark)
    assert read.competencies == PROGRAMME.competencies


def test_list_in_excel_is_read_as_it_was_meant():
    read = read_roster(io.BytesIO(make.trainees_xlsx()), "trainees.xlsx", today=date(2026, 11, 1))
    assert not read.problems
    assert [row.full_name for row in read.rows] == [name for name, *_rest in TRAINEES]
    assert all(row.is_ready for row in read.rows)


def test_questions_are_all_taken():
    found = read_gift(make.GIFT.read_bytes())
    assert not found.skipped
    assert len(found.questions) == make.GIFT.read_text(encoding="utf-8").count("\n::")


@pytest.mark.parametrize("one", [programmes.SPEECH, programmes.RESEARCH, programmes.LABORATORY])
def test_other_programmes_add_up(one):  # type: ignore[no-untyped-def]
    assert one.hours == one.plan.total


def test_one_programme_does_not_add_up_on_purpose():
    assert programmes.PROJECT_WEEK.hours - programmes.PROJECT_WEEK.plan.total == Decimal(3)


def test_pages_fit_the_plans():
    assert len(READING) == len(list(PROGRAMME.plan.topics()))
    assert len(SPEECH_READING) == len(list(programmes.SPEECH.plan.topics()))


def test_log_ins_are_those_of_the_log_in_page():
    assert people.PREFIX == presenters.DEMO_PREFIX
    assert people.PASSWORD == presenters.DEMO_PASSWORD
    names = [name for _who, name, _password in LOG_INS]
    assert len(set(names)) == len(names) <= presenters.MOST_DEMO_LOGINS
    assert all(name.startswith(presenters.DEMO_PREFIX) for name in names)
