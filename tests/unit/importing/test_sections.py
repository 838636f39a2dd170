"""Parts of a programme as different authors name them."""

# ruff: noqa: E501 - data

import io
import time

import pytest

from courses.importing.model import ImportedProgramme
from courses.importing.reader import read_programme
from tests.unit.importing import writing
from tests.unit.importing.writing import BULLET, NUMBERED, Cell, Grid, paragraph, table

PLAN = table(Grid([[Cell("№"), Cell("Тема"), Cell("Лекции"), Cell("Практика"), Cell("Форма контроля")],
                   [Cell("1"), Cell("Карта"), Cell("12"), Cell("24"), Cell("тест")]]))  # fmt: skip


def read(*lines: str, plan: str = PLAN, after: tuple[str, ...] = ()) -> ImportedProgramme:
    def drawn(line: str) -> str:
        return line if line.startswith("<") else paragraph(line)

    body = (
        "".join(map(drawn, lines))
        + paragraph("Учебно-тематический план", style="1")
        + plan
        + "".join(map(drawn, after))
    )
    return read_programme(io.BytesIO(writing.docx(body)), "программа.docx")


def grid(*rows: tuple[str, ...]) -> str:
    return table(Grid([[Cell(text) for text in row] for row in rows]))


@pytest.mark.parametrize(
    "lines",
    [
        ("МБОУ «Школа № 5»", "ПРОГРАММА СТАЖИРОВКИ", "«Урок для всех»", "36 ч., 2026 г."),
        ("МБОУ «Школа № 5»", "Программа стажировки «Урок для всех»", "(36 академических часов)", "2026"),
        ("МБОУ «Школа № 5»", "Дополнительная профессиональная программа", "(программа стажировки)", "«Урок для", "всех»", "Объём: 36 часов", "2026 год"),
        ("МБОУ «Школа № 5»", "ПРОГРАММА СТАЖИРОВКИ", "по теме:", "«Урок для всех»", "Трудоёмкость – 36 ч", "г. Северный 2026"),
        ("МБОУ «Школа № 5»", "ПРОГРАММА", "стажировки педагогических работников", "«Урок для всех»", "36 ч.", "2026 г."),
        ("МБОУ «Школа № 5»", "ПРОГРАММА СТАЖИРОВКИ", "Урок для всех", "36 ч., 2026 г."),
        ("ПРОГРАММА СТАЖИРОВКИ", "на базе МБОУ «Школа № 5»", "«Урок для всех»", "36 часов", "2026"),
        ("МБОУ «Школа № 5»", "Программа деятельности стажировочной площадки", "Программа стажировки \"Урок для всех\"", "Срок: 36 ч., 2026"),
        ("Управление образования администрации", "МБОУ «Школа № 5»", "Программа стажировки", "Тема: Урок для всех", "36 ч.", "2026"),
        ("РАССМОТРЕНО\nна заседании совета\nпротокол № 1 от «2» мая 2025 г.", "УТВЕРЖДАЮ\nДиректор МБОУ «Школа № 5»\n________ Белова", "МБОУ «Школа № 5»",
         "ПРОГРАММА СТАЖИРОВКИ", "«Урок для всех»", "36 ч., 2026 г."),
    ],
)  # fmt: skip
def test_title_pages_are_read(lines: tuple[str, ...]):
    found = read(*lines, "Пояснительная записка", "Цель: учить.")
    assert found.title == "Урок для всех"
    assert (found.organization.removeprefix("на базе "), found.workload, found.year) == ("МБОУ «Школа № 5»", 36, 2026)
    assert found.problems == ()


def test_full_name_of_organisation_is_read():
    found = read(
        "Министерство образования", "Муниципальное бюджетное общеобразовательное учреждение", "«Средняя школа № 5»", "имени А. С. Грина",
        "Программа стажировки", "«Урок»",
    )  # fmt: skip
    assert (
        found.organization
        == "Муниципальное бюджетное общеобразовательное учреждение «Средняя школа № 5» имени А. С. Грина"
    )
    assert found.title == "Урок"


def test_passport_table_is_read():
    passport = grid(
        ("1", "Наименование программы", "Программа стажировки «Урок для всех»"),
        ("2", "Организация", "МБОУ «Школа № 5»"),
        ("3", "Ключевые идеи", "урок один, пути разные"),
        ("4", "Цель программы", "научить"),
        ("5", "Задачи программы", "1) показать; 2) обсудить"),
        ("6", "Категория слушателей", "учителя"),
        ("7", "Срок обучения", "36 академических часов"),
        ("8", "Форма обучения", "очная"),
        ("9", "Режим занятий", "2 раза в неделю"),
    )
    found = read("Паспорт программы", passport)
    assert (found.title, found.organization, found.workload) == ("Урок для всех", "МБОУ «Школа № 5»", 36)
    assert (found.key_ideas, found.goal, found.tasks) == ("урок один, пути разные", "научить", ("показать", "обсудить"))
    assert (found.audience, found.form) == ("учителя", "очная")


@pytest.mark.parametrize(
    "lines",
    [
        ("Цель: научить строить урок.",),
        ("Цель программы – научить строить урок.",),
        ("Цель программы стажировки", "научить строить урок."),
        ("Целью программы является научить строить урок.",),
        ("Цель стажировки заключается в том, чтобы научить строить урок.",),
        ("1.1.2. Цель программы: научить строить урок.",),
        ("Цель. Научить строить урок.",),
        ("Цель и задачи программы", "научить строить урок."),
    ],
)  # fmt: skip
def test_goal_is_read(lines: tuple[str, ...]):
    found = read("Пояснительная записка", *lines, "Задачи: 1) показать; 2) обсудить.", "Форма обучения: очная")
    assert found.goal.lower() == "научить строить урок."
    assert found.tasks == ("показать", "обсудить")


@pytest.mark.parametrize(
    "lines",
    [
        ("Задачи:", "- показать;", "- обсудить."),
        ("Задачи программы:", paragraph("показать;", numbering=BULLET), paragraph("обсудить.", numbering=BULLET)),
        ("Для достижения цели решаются следующие задачи:", "1. показать;", "2. обсудить."),
        ("Задачи", paragraph("показать", numbering=NUMBERED), paragraph("обсудить", numbering=NUMBERED)),
        ("Задачи: показать; обсудить.",),
        ("Задачи:\n– показать;\n– обсудить.",),
        ("Задачами программы являются:", "• показать;", "• обсудить."),
    ],
)
def test_tasks_are_read(lines: tuple[str, ...]):
    found = read("Пояснительная записка", "Цель: научить.", *lines, "Форма обучения: очная")
    assert found.tasks == ("показать", "обсудить")
    assert found.form == "очная"


def test_goal_and_tasks_under_one_heading_are_separated():
    found = read(
        "Цель и задачи программы",
        "Научить строить урок.",
        "- показать;",
        "- обсудить.",
        "Категория обучающихся: учителя",
    )
    assert (found.goal, found.tasks, found.audience) == ("Научить строить урок.", ("показать", "обсудить"), "учителя")


def test_bold_headings_without_colon_start_parts():
    found = read(
        paragraph("Ключевая идея опыта", bold=True), "Урок один, пути разные.", paragraph("Цель стажировки", bold=True), "Научить.",
        paragraph("Целевая аудитория", bold=True), "Учителя.", paragraph("Форма реализации программы", bold=True), "Очная.",
    )  # fmt: skip
    assert (found.key_ideas, found.goal, found.audience, found.form) == (
        "Урок один, пути разные.",
        "Научить.",
        "Учителя",
        "Очная",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Нормативный срок освоения программы: 24 учебных часа.",
        "Трудоёмкость программы составляет 24 (двадцать четыре) академических часа.",
        "Объём программы – 24 ч.",
        "Программа рассчитана на 24 часа, занятия по 4 часа в день.",
        "Срок освоения программы: 6 дней, 24 ак. часа",
        "Общая трудоемкость: двадцать четыре часа",
        "Количество учебных часов: 24",
    ],
)
def test_workload_in_text_is_read(text: str):
    found = read("Программа стажировки «Урок»", "Пояснительная записка", "Вводные слова о пользе.", text)
    assert found.workload == 24
    assert [(problem.where.message, problem.expected, problem.found) for problem in found.problems] == [
        ("Workload", 36, 24)
    ]


COMPETENCIES = [
    ("ПК-1. Строить урок", "Знать: виды уроков; их части.", "Уметь: ставить цель.", "Владеть: разбором урока.",
     "ПК-2. Снимать видео", "Знать: камеру; свет.", "Уметь: снимать.", "Владеть: монтажом."),
    ("ПК-1. Строить урок", "Знать: виды уроков; их части. Уметь: ставить цель. Владеть: разбором урока.",
     "ПК-2. Снимать видео", "Знать: камеру; свет. Уметь: снимать. Владеть: монтажом."),
    ("Компетенция 1. Строить урок", "Знания:", "- виды уроков;", "- их части.", "Умения:", "- ставить цель.", "Навыки:", "- разбором урока.",
     "Компетенция 2. Снимать видео", "Знания:", "- камеру;", "- свет.", "Умения:", "- снимать.", "Навыки:", "- монтажом."),
    (paragraph("Строить урок", bold=True), "Слушатель должен знать:", "• виды уроков", "• их части", "должен уметь:", "• ставить цель",
     "должен владеть:", "• разбором урока", paragraph("Снимать видео", bold=True), "Слушатель должен знать:", "• камеру", "• свет",
     "должен уметь:", "• снимать", "должен владеть:", "• монтажом"),
    (grid(("Компетенция", "Знает", "Умеет", "Имеет практический опыт"), ("ПК-1. Строить урок", "виды уроков;\nих части", "ставить цель", "разбором урока"),
          ("ПК-2. Снимать видео", "камеру; свет", "снимать", "монтажом")),),
    (grid(("№", "Код", "Компетенция", "Знания", "Умения", "Владение (практический опыт)"),
          ("1", "ПК-1", "Строить урок", "виды уроков;\nих части", "ставить цель", "разбором урока"),
          ("2", "ПК-2", "Снимать видео", "– камеру\n– свет", "снимать", "монтажом")),),
    (grid(("Компетенции", "Дескрипторы"), ("ПК-1. Строить урок", "Знать: виды уроков; их части\nУметь: ставить цель\nВладеть: разбором урока"),
          ("ПК-2. Снимать видео", "Знать: камеру; свет\nУметь: снимать\nВладеть: монтажом")),),
    (grid(("ПК-1. Строить урок", "Знать", "виды уроков; их части"), ("", "Уметь", "ставить цель"), ("", "Владеть", "разбором урока"),
          ("ПК-2. Снимать видео", "Знать", "камеру; свет"), ("", "Уметь", "снимать"), ("", "Владеть", "монтажом")),),
]  # fmt: skip


@pytest.mark.parametrize("lines", COMPETENCIES)
def test_competencies_are_read(lines: tuple[str, ...]):
    found = read("Пояснительная записка", "Цель: научить.", "Планируемые результаты освоения программы", *lines)
    told = [(c.title, c.knows, c.can, c.practised) for c in found.competencies]
    assert told == [
        ("Строить урок", ("виды уроков", "их части"), ("ставить цель",), ("разбором урока",)),
        ("Снимать видео", ("камеру", "свет"), ("снимать",), ("монтажом",)),
    ]


def test_descriptors_without_competency_are_read():
    found = read(
        "Планируемые результаты",
        "В результате стажёр будет",
        "знать: виды уроков;",
        "уметь: ставить цель;",
        "владеть: разбором.",
    )
    assert [(c.title, c.knows, c.can, c.practised) for c in found.competencies] == [
        ("", ("виды уроков",), ("ставить цель",), ("разбором",))
    ]


CRITERIA = [
    (grid(("Критерий", "Показатель", "Баллы"), ("Карта", "полна", "0–5"), ("Видео", "видно", "0–3"), ("Итого", "", "8")),),
    (grid(("№", "Критерии оценки", "Показатели", "Максимальный балл"), ("1", "Карта", "полна", "5"), ("2", "Видео", "видно", "3"), ("", "Максимум", "", "8")),),
    (grid(("Критерии", "Характеристика", "Кол-во баллов"), ("1. Карта", "полна", "до 5"), ("2. Видео", "видно", "до 3")),),
    (grid(("Критерий", "0 баллов", "3 балла", "5 баллов"), ("Карта", "нет", "есть", "полна"), ("Видео", "нет", "есть", "видно")),),
    (grid(("Критерии", "Показатели", "Баллы (от 0 до максимума)"), ("Карта", "полна", "макс. 5"), ("Видео", "видно", "0, 1, 2, 3")),),
    ("Критерии оценки:", "1. Карта – до 5 баллов;", "2. Видео – до 3 баллов."),
    ("Критерии оценки:", "- Карта (0–5 баллов)", "- Видео (0–3 балла)"),
    ("Критерии:", "Карта: полна – 5 баллов", "Видео: видно – 3 балла"),
]  # fmt: skip


@pytest.mark.parametrize("lines", CRITERIA)
def test_criteria_are_read(lines: tuple[str, ...]):
    found = read(
        "Цель: учить.",
        after=(paragraph("Формы аттестации и оценочные материалы", style="1"), *lines, "Зачтено: не менее 5 баллов."),
    )
    assert [c.name for c in found.criteria] == ["Карта", "Видео"]
    assert found.criteria[0].max_points == 5
    assert found.pass_mark == 5


def test_minimum_of_criterion_is_limited_to_its_maximum():
    lines = (
        grid(("Критерий", "Баллы"), ("Карта", "0–5"), ("Видео", "0–1")),
        "Зачтено: не менее 4 баллов и не менее 2 баллов по каждому критерию.",
    )
    found = read("Цель: учить.", after=(paragraph("Оценочные материалы", style="1"), *lines))
    assert [c.min_points for c in found.criteria] == [2, 1]
    assert (found.pass_mark, found.min_per_criterion) == (4, 2)


def test_criterion_scored_per_indicator_becomes_several_criteria():
    drawn = Grid(
        [
            [Cell("Критерий"), Cell("Показатель"), Cell("Баллы")],
            [Cell("Карта", down=2), Cell("полна"), Cell("2")],
            [Cell("ясна"), Cell("3")],
        ]
    )
    found = read("Цель: учить.", after=(paragraph("Оценочные материалы", style="1"), table(drawn)))
    assert [(c.name, c.max_points) for c in found.criteria] == [("Карта: полна", 2), ("Карта: ясна", 3)]


def test_conditions_and_literature_are_read():
    after = (
        paragraph("Раздел 3. Организационно-педагогические условия реализации программы", style="1"),
        "3.1. Кадровые условия", "Учителя школы.", "3.2. Материально-технические условия", "Класс.", "Экран.",
        "3.3. Учебно-методическое и информационное обеспечение", "Сайт.", "Список рекомендуемой литературы",
        "1. Книга об уроке.", "2. Книга о видео.",
    )  # fmt: skip
    found = read("Цель: учить.", after=after)
    assert (found.conditions.staff, found.conditions.equipment, found.conditions.information) == (
        "Учителя школы.",
        "Класс.\nЭкран.",
        "Сайт.",
    )
    assert found.literature == ("Книга об уроке.", "Книга о видео.")


def test_forms_of_control_are_taken_from_the_text():
    plan = grid(("№", "Тема", "Лекции"), ("1.1", "Карта урока", "2"), ("1.2", "Видео", "2"))
    after = ("Структура и содержание программы", "Тема 1.1. Карта урока (2 ч.)", "Из чего она состоит. Форма занятия: лекция. Форма контроля: тест.",
             "Тема 1.2. Видео (2 ч.). Форма контроля: ролик.")  # fmt: skip
    found = read("Цель: учить.", plan=plan, after=after)
    assert [(t.control_form, t.class_form) for t in found.plan.sections[0].topics] == [
        ("тест", "лекция"),
        ("ролик", ""),
    ]


def test_unrecognised_blocks_are_kept():
    found = read(
        "Программа стажировки «Урок»",
        "Цель: учить.",
        paragraph("Новизна программы", style="2"),
        "Такого ещё не было.",
        grid(("Имя", "Адрес"), ("Белова", "Лесная, 5")),
    )
    texts = [one.text for one in found.not_understood]
    assert "Такого ещё не было." in texts
    assert "Имя | Адрес | Белова | Лесная, 5" in texts


def test_each_missing_part_is_a_warning():
    found = read("Цель: учить.")
    missing = {warning.where.message for warning in found.warnings if "Nothing was found" in warning.message}
    assert missing == {"Title", "Organisation", "Workload", "Key ideas", "Tasks", "Form of study", "Audience", "Planned outcomes", "Staff",
                       "Facilities and equipment", "Information resources", "Attestation criteria", "Pass mark", "Literature"}  # fmt: skip


def test_criteria_split_by_a_page_break_are_joined():
    lines = (
        grid(("Критерий", "Показатель", "Баллы"), ("Карта", "полна", "0–5")),
        "",
        grid(("Видео", "видно", "0–3"), ("Итого", "", "8")),
    )
    found = read("Цель: учить.", after=(paragraph("Оценочные материалы", style="1"), *lines))
    assert [c.name for c in found.criteria] == ["Карта", "Видео"]
    assert not [one for one in found.not_understood if one.kind == "table"]


@pytest.mark.parametrize("sign", ["- ", "а ", "1, ", "(", "«", "от 1 ", "программа ", "информационно-"])
def test_very_long_lines_are_read_quickly(sign: str):
    started = time.process_time()
    read("Цель: учить.", sign * 4000, after=(paragraph("Оценочные материалы", style="1"), sign * 4000 + "1 балл"))
    assert time.process_time() - started < 3


def test_goal_of_a_topic_is_not_the_programmes_goal():
    after = (
        paragraph("Содержание программы", style="1"), "Тема 1. Карта урока", "Цель: разобрать карту.", "Задачи: сравнить две карты.",
        paragraph("Формы аттестации", style="1"), "Форма проведения: защита проекта.", "Объём работы: не более 5 страниц.",
    )  # fmt: skip
    found = read(
        "Пояснительная записка",
        "Цель: учить.",
        "Задачи: показать; обсудить.",
        "Форма обучения: очная",
        "Объём: 36 ч",
        after=after,
    )
    assert (found.goal, found.tasks, found.form, found.workload) == ("учить.", ("показать", "обсудить"), "очная", 36)
    assert "Цель: разобрать карту." in found.contents
