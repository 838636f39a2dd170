"""``lms programme check`` run as a command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms.cli.programme import group
from lms.core.i18n import set_locale
from tests.unit.importing import writing
from tests.unit.importing.writing import Cell, Grid, paragraph

HEAD = ["№", "Разделы и темы", "Всего", "Лекции", "Практика", "Форма контроля"]
GOOD = [
    ["1", "Основы", "6,5", "2,5", "4", ""],
    ["1.1", "Карта", "3,5", "1,5", "2", "тест"],
    ["1.2", "Видео", "3", "1", "2", "—"],
]


@pytest.fixture(autouse=True)
def locale_as_before():
    yield
    set_locale("ru")


def write(path: Path, rows: list[list[str]]) -> Path:
    grid = Grid([[Cell(text) for text in row] for row in [HEAD, *rows]])
    title = paragraph("Программа стажировки «Живой урок»")
    path.write_bytes(writing.docx(title + writing.table(grid)))
    return path


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(group, ["check", str(path), *options], env={"COLUMNS": "160"})


def test_balanced_plan_exits_with_zero(tmp_path: Path):
    result = run(write(tmp_path / "план.docx", GOOD), "--json", "--lang", "en")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert list(found) == ["title", "hours", "kinds", "sections", "competencies", "criteria", "problems", "warnings"]
    assert (found["title"], found["hours"], found["kinds"]) == ("Живой урок", 6.5, ["Лекции", "Практика"])
    assert found["sections"] == [
        {
            "number": "1",
            "title": "Основы",
            "hours": {"Лекции": 2.5, "Практика": 4},
            "topics": [
                {"number": "1.1", "title": "Карта", "hours": {"Лекции": 1.5, "Практика": 2}, "control": "тест"},
                {"number": "1.2", "title": "Видео", "hours": {"Лекции": 1, "Практика": 2}, "control": ""},
            ],
        }
    ]
    assert found["problems"] == []
    assert found["warnings"] == [
        {"where": "Thematic plan", "message": "The plan gives no forms of class."},
        {"where": "1.2 Видео", "message": "No form of control is given."},
    ]


def test_wrong_sum_exits_with_one(tmp_path: Path):
    rows = [["1", "Основы", "7", "2,5", "4,5", ""], *GOOD[1:]]
    result = run(write(tmp_path / "план.docx", rows), "--json", "--lang", "en")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"] == [
        {"where": "1 Основы", "message": "Практика: stated 4.5 h, by topics 4 h."},
        {"where": "1 Основы", "message": "Overall: stated 7 h, by topics 6.5 h."},
    ]


def test_hours_outside_quarter_steps_exit_with_one(tmp_path: Path):
    result = run(write(tmp_path / "план.docx", [["1.1", "Карта", "3,1", "1,1", "2", "тест"]]), "--json")
    assert result.exit_code == 1
    assert "0,25" in json.loads(result.stdout)["problems"][0]["message"]


def test_section_without_topics_has_control(tmp_path: Path):
    result = run(write(tmp_path / "план.docx", [*GOOD, ["2", "Итоговая аттестация", "2", "", "2", "защита"]]), "--json")
    section = json.loads(result.stdout)["sections"][1]
    assert (section["hours"], section["topics"], section["control"]) == ({"Лекции": 0, "Практика": 2}, [], "защита")


@pytest.mark.parametrize("name", ["нет.docx", "старый.doc", "текст.docx"])
def test_unreadable_file_exits_with_two(tmp_path: Path, name: str):
    path = tmp_path / name
    if name != "нет.docx":
        path.write_bytes(b"just text")
    result = run(path, "--json")
    assert result.exit_code == 2
    found = json.loads(result.stdout)
    assert [problem["where"] for problem in found["problems"]] == [name]
    assert found["problems"][0]["message"]
    assert found["sections"] == []


def test_table_is_printed_in_both_languages(tmp_path: Path):
    path = write(tmp_path / "план.docx", GOOD)
    russian, english = run(path), run(path, "--lang", "en")
    assert russian.exit_code == english.exit_code == 0
    assert "План сходится" in russian.stdout
    assert "The plan balances" in english.stdout
    assert "3,5" in russian.stdout
    assert "3.5" in english.stdout


def test_refusal_is_printed_to_standard_error(tmp_path: Path):
    result = run(tmp_path / "нет.docx", "--lang", "en")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be opened" in result.stderr


def test_command_loads_neither_web_nor_database(tmp_path: Path):
    path = write(tmp_path / "план.docx", GOOD)
    code = (
        "import sys\nfrom lms.cli.programme import group\n"
        f"try:\n    group(['check', {str(path)!r}, '--json'])\n"
        "except SystemExit as done:\n    assert done.code == 0, done.code\n"
        "assert not {'flask', 'sqlalchemy', 'celery', 'docx', 'openpyxl'} & set(sys.modules)\n"
    )
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    after = os.times()
    # Of the processor: the machine may be busy with other tests.
    assert after.children_user + after.children_system - before.children_user - before.children_system < 1.5
