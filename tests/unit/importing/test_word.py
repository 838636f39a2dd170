"""Reading a plan and its text from Word documents."""

# ruff: noqa: E501 - data

import io

import pytest

from courses.importing.model import ImportedProgramme
from tests.unit.importing import writing
from tests.unit.importing.first_programme import read_programme
from tests.unit.importing.tables import kinds, outline
from tests.unit.importing.writing import BULLET, Cell, Grid, paragraph, table


def read(body: str, **more) -> ImportedProgramme:
    return read_programme(io.BytesIO(writing.docx(body, **more)), "план.docx")


def grid(*rows: str) -> Grid:
    return Grid([[Cell(text.strip()) for text in row.split("|")] for row in rows])


def cell(content: str, props: str = "") -> str:
    return f"<w:tc><w:tcPr>{props}</w:tcPr>{content}</w:tc>"


def row(*cells: str, props: str = "") -> str:
    return f"<w:tr>{props}{''.join(c if c.startswith('<') else cell(paragraph(c)) for c in cells)}</w:tr>"


def tbl(*rows: str, widths: tuple[int, ...] = ()) -> str:
    columns = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    return f"<w:tbl><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


HEAD = ("№", "Тема", "Лекции", "Практика", "Форма контроля")
FIRST = ("1.1", "Карта урока", "1", "2", "тест")
SECOND = ("1.2", "Видео урока", "2", "3", "ролик")
WANTED = ["1 Section 1", "  1.1 Карта урока: 1 2 (тест)", "  1.2 Видео урока: 2 3 (ролик)"]


def test_tracked_changes_are_read_as_accepted():
    old = "<w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:ins><w:r><w:t>1</w:t></w:r></w:ins>"
    moved = "<w:moveFrom><w:r><w:t>снято </w:t></w:r></w:moveFrom>"
    found = read(
        tbl(
            row(*HEAD),
            row("1.1", cell(f"<w:p>{moved}<w:r><w:t>Карта </w:t></w:r><w:ins><w:r><w:t>урока</w:t></w:r></w:ins></w:p>"),
                cell(f"<w:p>{old}</w:p>"), "2", "тест"),
            row("1.9", "Снятая тема", "5", "5", "", props="<w:trPr><w:del/></w:trPr>"),
            row(*SECOND),
        )
    )  # fmt: skip
    assert outline(found) == WANTED


def test_content_controls_are_transparent():
    def inside(content: str) -> str:
        return f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    controlled = f"<w:tr>{inside(cell(paragraph('1.1')))}{cell(inside(paragraph('Карта урока')))}"
    controlled += f"{cell(paragraph('1'))}{cell(paragraph('2'))}{cell(paragraph('тест'))}</w:tr>"
    assert outline(read(inside(tbl(row(*HEAD), inside(controlled), row(*SECOND))))) == WANTED


def test_plan_inside_layout_table_is_read():
    inner = tbl(row(*HEAD), row(*FIRST), row(*SECOND), widths=(900,) * 5)
    assert outline(read(tbl(row(cell(inner + paragraph("")))))) == WANTED
    two = tbl(row(cell(paragraph("Приложение")), cell(inner)), widths=(900, 900))
    assert outline(read(two)) == WANTED


def test_nested_table_in_control_cell_is_read():
    small = tbl(row("тест"), widths=(900,))
    body = tbl(row(*HEAD), row("1.1", "Карта урока", "1", "2", cell(small + paragraph(""))), row(*SECOND))
    assert outline(read(body)) == WANTED


def test_strict_document_is_read():
    body = tbl(row(*HEAD), row(*FIRST), row(*SECOND))
    assert outline(read(body, namespace=writing.STRICT)) == WANTED


def test_main_part_with_another_name_is_read():
    body = f"<w:document {writing.W}><w:body>{tbl(row(*HEAD), row(*FIRST), row(*SECOND))}</w:body></w:document>"
    parts = {
        "_rels/.rels": writing.relationships(("officeDocument", "/word/document2.xml")),
        "word/document2.xml": body,
    }
    assert outline(read("", extra=parts)) == WANTED


def test_nearly_equal_cell_edges_are_merged():
    """Cell edges differ slightly from row to row: Word keeps a column for each difference, and cells span them."""

    def wide(text: str) -> str:
        return cell(paragraph(text), '<w:gridSpan w:val="2"/>')

    body = tbl(
        row("№", wide("Тема"), "Лекции", wide("Практика"), "Форма контроля"),
        row("1.1", "Карта урока", wide("1"), "2", wide("тест")),
        row("1.2", wide("Видео урока"), "2", wide("3"), "ролик"),
        widths=(500, 3000, 40, 900, 900, 30, 1500),
    )
    assert outline(read(body)) == WANTED


def test_rows_with_leading_gap_are_read():
    gap = "<w:trPr><w:gridBefore w:val='1'/></w:trPr>"
    body = tbl(row(*HEAD), row(*FIRST), row(*SECOND), row("Итого", "3", "5", "", props=gap), widths=(900,) * 5)
    found = read(body)
    assert outline(found) == WANTED
    assert [found.facts.stated[kind.lineage] for kind in found.plan.kinds] == [3, 5]


@pytest.mark.parametrize("between", ["", "Продолжение таблицы 1"])
def test_continuation_with_another_grid_is_joined(between: str):
    first = tbl(row(*HEAD), row(*FIRST), widths=(900,) * 5)
    span = '<w:gridSpan w:val="2"/>'
    second = tbl(row("1.2", cell(paragraph("Видео урока"), span), "2", "3", "ролик"),
                 row("1.3", "Разбор", cell(paragraph("1"), span), "1", "опрос"), widths=(500, 700, 700, 300, 300, 300))  # fmt: skip
    found = read(first + paragraph(between) + second)
    assert outline(found) == [*WANTED, "  1.3 Разбор: 1 1 (опрос)"]
    assert not found.not_understood


def test_row_without_title_is_called_so():
    found = read(table(grid("№|Тема|Лекции|Практика", "1|Карта|1|2", "2|Видео|1|2", "||2|по графику")))
    assert "row without a title" in {problem.where.message for problem in found.problems}


def test_tables_per_module_are_joined():
    first = table(grid("№|Тема|Лекции|Практика", "1|Карта|1|2", "2|Видео|1|2", "|Итого|2|4"))
    second = table(grid("№|Тема|Лекции|Практика", "3|Разбор|1|1", "|Итого|1|1"))
    found = read(paragraph("Модуль 1. Начало") + first + paragraph("Модуль 2. Дело") + second)
    assert [topic.title for section in found.plan.sections for topic in section.topics] == ["Карта", "Видео", "Разбор"]
    assert not found.problems


def test_detailed_plan_is_preferred_to_curriculum():
    curriculum = table(grid("№|Наименование разделов|Всего|Лекции|Практика", "1|Основы|6|2|4", "|Итого|6|2|4"))
    detailed = table(
        grid(
            "№|Наименование разделов и тем|Всего|Лекции|Практика",
            "1|Основы|6|2|4",
            "1.1|Карта|3|1|2",
            "1.2|Видео|3|1|2",
            "|Итого|6|2|4",
        )
    )
    found = read(paragraph("Учебный план") + curriculum + paragraph("Учебно-тематический план") + detailed)
    assert outline(found) == ["1 Основы", "  1.1 Карта: 1 2", "  1.2 Видео: 1 2"]
    assert [one.kind for one in found.not_understood] == ["table"]


def test_calendar_of_weeks_is_no_plan():
    calendar = table(grid("Темы|1 неделя|2 неделя|3 неделя|Всего часов", *(f"Тема {i}|2|2|2|6" for i in range(1, 9))))
    plan = table(grid("№|Тема|Лекции|Практика", "1|Карта|1|2", "2|Видео|1|2"))
    found = read(paragraph("Календарный учебный график") + calendar + paragraph("Учебно-тематический план") + plan)
    assert kinds(found.plan) == ("Лекции", "Практика")


def test_title_in_text_box_is_read():
    box = "<w:txbxContent>" + paragraph("Программа стажировки") + paragraph("«Живой урок»") + "</w:txbxContent>"
    drawing = (
        f"<w:p><w:r><AlternateContent><Choice>{box}</Choice><Fallback>{box}</Fallback></AlternateContent></w:r></w:p>"
    )
    found = read(drawing + table(grid("№|Тема|Лекции", "1|Карта|1")))
    assert found.title == "Живой урок"


def test_hidden_text_and_soft_hyphens_are_removed():
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>тайное</w:t></w:r><w:r><w:t>Кар\u00adта</w:t></w:r><w:r><w:softHyphen/><w:t> урока</w:t></w:r></w:p>"
    found = read(tbl(row(*HEAD), row("1.1", cell(hidden), "1", "2", "тест"), row(*SECOND)))
    assert outline(found) == WANTED


def test_table_of_contents_starts_no_parts():
    contents = "".join(
        paragraph(text, style="toc1") for text in ("Цель\t3", "3.1. Кадровое обеспечение\t5", "Список литературы\t9")
    )
    found = read(
        paragraph("Программа стажировки «Живой урок»")
        + contents
        + paragraph("Цель: жить.")
        + table(grid("№|Тема|Лекции", "1|Карта|1"))
    )
    assert (found.title, found.goal, found.literature, found.conditions.staff) == ("Живой урок", "жить.", (), "")


def test_headings_with_list_numbers_are_recognised():
    body = (
        paragraph("Программа стажировки «Живой урок»")
        + paragraph("Пояснительная записка", style="1", numbering=(1, 0))
        + paragraph("Цель: учить.") + paragraph("Задачи:") + paragraph("показать", numbering=BULLET) + paragraph("обсудить", numbering=BULLET)
        + paragraph("Форма обучения: очная")
        + table(grid("№|Тема|Лекции", "1|Карта|1"))
    )  # fmt: skip
    found = read(body)
    assert (found.goal, found.tasks, found.form) == ("учить.", ("показать", "обсудить"), "очная")


def test_plan_alone_gets_no_warnings_about_missing_parts():
    found = read(
        paragraph("Учебно-тематический план программы стажировки «Живой урок»")
        + table(grid("№|Тема|Лекции|Форма занятия|Форма контроля", "1|Карта|1|лекция|тест"))
    )
    assert found.title == "Живой урок"
    assert found.warnings == ()


def test_document_written_by_python_docx_is_read():
    from docx import Document

    document = Document()
    document.add_heading("Программа стажировки «Живой урок»", 0)
    drawn = document.add_table(rows=3, cols=5)
    for r, texts in enumerate((HEAD, FIRST, SECOND)):
        for c, text in enumerate(texts):
            drawn.cell(r, c).text = text
    stream = io.BytesIO()
    document.save(stream)
    found = read_programme(io.BytesIO(stream.getvalue()), "план.docx")
    assert found.title == "Живой урок"
    assert outline(found) == WANTED
