"""The sample documents as files: a programme in Word, a list of trainees in Excel, questions in GIFT."""

import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import xlsxwriter
from docx.document import Document

from courses.importing.model import ImportedCompetency, ImportedProgramme
from courses.thematic_plan.model import TOTAL, ThematicPlan, TopicRow, sum_of
from lms.core.i18n import format_number
from lms.demo.content import PROGRAMME, TRAINEES

ZERO = Decimal(0)
GIFT = Path(__file__).with_name("questions.gift")


def programme_docx(programme: ImportedProgramme = PROGRAMME) -> bytes:
    """Returns the sample programme as a Word file."""
    document = docx.Document()
    _front(document, programme)
    _outcomes(document, programme)
    document.add_heading("2. Содержание программы", 1)
    document.add_paragraph("Учебно-тематический план")
    _plan(document, programme.plan)
    _conditions(document, programme)
    _criteria(document, programme)
    document.add_heading("Список литературы", 1)
    for line in programme.literature:
        document.add_paragraph(line, style="List Number")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _front(document: Document, programme: ImportedProgramme) -> None:
    for line in (programme.organization, "Программа стажировки", f"«{programme.title}»", str(programme.year)):
        document.add_paragraph(line)
    document.add_heading("1. Пояснительная записка", 1)
    document.add_paragraph(f"Ключевые идеи: {programme.key_ideas}")
    document.add_paragraph(f"Цель: {programme.goal}")
    document.add_paragraph("Задачи:")
    for task in programme.tasks:
        document.add_paragraph(f"{task};", style="List Bullet")
    document.add_paragraph(f"Категория слушателей: {programme.audience}.")
    document.add_paragraph(f"Форма обучения: {programme.form}.")
    document.add_paragraph(f"Трудоёмкость: {format_number(programme.hours)} академических часов.")


def _outcomes(document: Document, programme: ImportedProgramme) -> None:
    document.add_heading("Планируемые результаты", 1)
    table = document.add_table(1, 4)
    _fill(table.rows[0], ("Компетенция", "Знает", "Умеет", "Владеет (практический опыт)"))
    for competency in programme.competencies:
        _fill(table.add_row(), _descriptors(competency))


def _descriptors(competency: ImportedCompetency) -> tuple[str, ...]:
    columns = (competency.knows, competency.can, competency.practised)
    return competency.label, *("; ".join(column) for column in columns)


def _plan(document: Document, plan: ThematicPlan) -> None:
    kinds = [kind.name for kind in plan.kinds]
    table = document.add_table(1, 5 + len(kinds))
    _fill(table.rows[0], ("№", "Наименование разделов и тем", "Всего, ч", *kinds, "Форма занятия", "Форма контроля"))
    numbers = plan.labels()
    for section in plan.sections:
        cells = _hours(plan, section.topics)
        _fill(table.add_row(), (numbers[section.lineage], section.title, *cells, "", ""))
        for topic in section.topics:
            cells = _hours(plan, [topic])
            row = (numbers[topic.lineage], topic.title, *cells, topic.class_form, topic.control_form)
            _fill(table.add_row(), row)
    _fill(table.add_row(), ("", "Итого", *_hours(plan, list(plan.topics())), "", ""))


def _hours(plan: ThematicPlan, topics: Sequence[TopicRow]) -> tuple[str, ...]:
    """Returns the total of the topics, then their hours per kind."""
    values = [sum_of(topics, key) for key in (TOTAL, *(kind.lineage for kind in plan.kinds))]
    return tuple(format_number(value) if value else "–" for value in values)


def _conditions(document: Document, programme: ImportedProgramme) -> None:
    document.add_heading("3. Условия реализации программы", 1)
    for number, title, text in (
        ("3.1", "Кадровое обеспечение", programme.conditions.staff),
        ("3.2", "Материально-техническое обеспечение", programme.conditions.equipment),
        ("3.3", "Информационное обеспечение", programme.conditions.information),
    ):
        document.add_heading(f"{number}. {title}", 2)
        document.add_paragraph(text)


def _criteria(document: Document, programme: ImportedProgramme) -> None:
    document.add_heading("4. Оценка результатов: итоговая аттестация", 1)
    table = document.add_table(1, 4)
    _fill(table.rows[0], ("№", "Критерий", "Показатели", "Максимальный балл"))
    for place, criterion in enumerate(programme.criteria, 1):
        most = format_number(criterion.max_points) if criterion.max_points is not None else ""
        _fill(table.add_row(), (str(place), criterion.name, criterion.indicator, most))
    document.add_paragraph(
        f"Работа зачтена, если набрано не менее {format_number(programme.pass_mark or ZERO)} баллов "
        f"и не менее {format_number(programme.min_per_criterion or ZERO)} балла по каждому критерию."
    )


def _fill(row: Any, texts: tuple[str, ...]) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        cell.text = text


def trainees_xlsx() -> bytes:
    """Returns the sample list of trainees as an Excel file."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = workbook.add_worksheet("Список")
    sheet.write_row(0, 0, ["Список стажёров"])
    sheet.write_row(2, 0, ["№ п/п", "ФИО", "Должность", "Место работы", "E-mail"])
    for place, (name, position, workplace) in enumerate(TRAINEES):
        sheet.write_row(3 + place, 0, [place + 1, name, position, workplace, f"stazher{place // 2 + 1}@example.org"])
    workbook.close()
    return stream.getvalue()
