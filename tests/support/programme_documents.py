"""Invented programmes as Word and Excel files, in the shape that methodologists use."""

from io import BytesIO

import docx
from openpyxl import Workbook

PLAN = (
    ("№", "Наименование разделов и тем", "Всего", "Лекции", "Практика", "Форма занятия", "Форма контроля"),
    ("1", "Вопрос ребёнка", "8", "3", "5", "", ""),
    ("1.1", "Откуда берутся вопросы", "3", "2", "1", "лекция", "тест"),
    ("1.2", "Вопрос как начало урока", "5", "1", "4", "практикум", "анализ урока"),
    ("2", "Свой урок", "10", "2", "8", "", ""),
    ("2.1", "Замысел урока", "4,5", "1", "3,5", "", "практическая работа"),
    ("2.2", "Защита замысла", "5,5", "1", "4,5", "круглый стол", "защита проекта"),
    ("", "Итого", "18", "5", "13", "", ""),
)

CRITERIA = (("Критерий", "Показатель", "Баллы"), ("Вопрос", "задан ребёнком", "0–5"), ("Вывод", "свой", "0–5"))


def word(*, first_section: str = "8") -> BytesIO:
    """Returns a programme of 18 hours; ``first_section`` is the sum stated for its first section."""
    document = docx.Document()
    for line in (
        "МБОУ «Гимназия № 7»",
        "ПРОГРАММА СТАЖИРОВКИ",
        "«Урок, который начинается с вопроса»",
        "18 ч., 2026 г.",
        "1.1. Пояснительная записка",
        "Ключевые идеи опыта: вопрос задаёт ребёнок.",
        "Цель: научить строить урок от вопроса.",
        "Категория обучающихся: учителя начальных классов.",
        "Нормативный срок освоения программы стажировки: 18 учебных часов.",
        "2.1. Учебно-тематический план программы стажировки",
    ):
        document.add_paragraph(line)
    _table(document, [[*row[:2], first_section, *row[3:]] if row[0] == "1" else row for row in PLAN])
    document.add_paragraph("Раздел 4. Формы аттестации и оценочные материалы")
    _table(
        document, (("Критерий", "Показатель", "Баллы"), ("Вопрос", "задан ребёнком", "0–5"), ("Вывод", "свой", "0–5"))
    )
    document.add_paragraph("Зачтено: не менее 6 баллов из 10.")
    return _file(document)


def _table(document, rows) -> None:  # type: ignore[no-untyped-def]
    table = document.add_table(len(rows), len(rows[0]))
    for line, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = text


def _file(document) -> BytesIO:  # type: ignore[no-untyped-def]
    stream = BytesIO()
    document.save(stream)
    stream.seek(0)
    return stream


def excel() -> BytesIO:
    """Returns the plan alone as a sheet."""
    book = Workbook()
    for row in PLAN:
        book.active.append([_number(text) for text in row])
    return _file(book)


def _number(text: str) -> float | str:
    return float(text.replace(",", ".")) if text.replace(",", "").isdigit() and "." not in text else text
