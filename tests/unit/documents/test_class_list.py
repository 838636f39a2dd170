"""The printed list of a class: many pages, the head on each, people in order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.class_list import MOST_DAYS, ClassList, ListRow, typeset_class_list
from lms.core.documents.font_coverage import printable
from tests.support.pdf import opened, squeezed, texts
from tests.support.thoroughness import examples

LIST = ClassList(
    language="ru",
    title="Игровые приёмы на уроке чтения",
    group="Осень, вторая группа",
    days=[date(2026, 11, 2)],
    rows=[ListRow(f"Тестова Анна {number}", "Школа № 7") for number in range(1, 61)],
    site="«Чтение с увлечением»",
    place="каб. 12",
    teacher="Пробный Пётр Ильич",
)


def test_long_list_repeats_head_and_keeps_every_row() -> None:
    pages = [squeezed(page) for page in texts(typeset_class_list(LIST))]
    assert len(pages) >= 3
    assert all("Фамилия,имя,отчествоПодпись" in page for page in pages[:-1])
    everything = "".join(pages)
    places = [everything.index(squeezed(row.name)) for row in LIST.rows]
    assert places == sorted(places)
    assert f"Страница2из{len(pages)}" in pages[1]


def test_prints_facts_in_both_languages() -> None:
    russian = squeezed(texts(typeset_class_list(LIST))[0])
    english = squeezed(texts(typeset_class_list(replace(LIST, language="en")))[0])
    assert "2ноября2026года" in russian and "каб.12" in russian
    assert "Attendancelist" in english and "2November2026" in english


def test_prints_column_to_sign_for_each_day() -> None:
    days = [date(2026, 11, 2) + timedelta(days=step) for step in range(MOST_DAYS)]
    page = squeezed(texts(typeset_class_list(replace(LIST, language="en", days=days)))[0])
    assert "2Nov3Nov4Nov5Nov6Nov7Nov" in page


def test_rejects_lists_over_the_limits() -> None:
    with pytest.raises(ValueError, match="days"):
        replace(LIST, days=[date(2026, 11, 2)] * (MOST_DAYS + 1))
    with pytest.raises(ValueError, match="people"):
        replace(LIST, rows=[ListRow("Я")] * 1001)


def test_pdf_is_tagged_and_has_its_language() -> None:
    with opened(typeset_class_list(LIST)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang).startswith("ru")


def test_empty_list_has_lines_to_fill_in() -> None:
    page = squeezed(texts(typeset_class_list(replace(LIST, days=[], rows=[])))[0])
    assert "ПодписьТ" not in page and "123Занятиепроводит" in page


@settings(max_examples=examples(25))
@given(st.text(max_size=300), st.text(max_size=300))
def test_prints_every_name(name: str, organization: str) -> None:
    rows = [ListRow(name, organization), ListRow("Щукина")]
    shown = squeezed("".join(texts(typeset_class_list(replace(LIST, rows=rows)))))
    assert "Щукина" in shown
    assert printable(name).count("?") <= shown.count("?")
