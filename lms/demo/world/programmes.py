"""The sample site's other programmes: approved, waiting for the council, returned, and one whose hours do not add
up.
"""

from dataclasses import replace
from decimal import Decimal

from courses.importing.model import (
    ImportedCompetency,
    ImportedCriterion,
    ImportedProgramme,
    ImportedSection,
    StatedHours,
)
from lms.demo.content import KINDS, PROGRAMME, section


def programme(
    title: str, organization: str, goal: str, tasks: tuple[str, ...], *sections: ImportedSection
) -> ImportedProgramme:
    """Returns a programme whose plan adds up; fields not given are those of the sample programme."""
    sums = {kind: sum((row.stated_hours.kinds[kind] for row in sections), Decimal(0)) for kind in KINDS}
    total = sum(sums.values(), Decimal(0))
    return replace(
        PROGRAMME,
        title=title,
        organization=organization,
        goal=goal,
        tasks=tasks,
        key_ideas=f"{goal} В основе — практика педагогов площадки, которую стажёр пробует в своей группе или классе.",
        workload=total,
        sections=sections,
        stated_hours=StatedHours(sums, total),
        competencies=(
            ImportedCompetency(title, "ПК-1", ("основания практики",), ("применить её",), ("одно занятие",)),
        ),
        criteria=(
            ImportedCriterion("Замысел", "Понятно, что изменится у детей", Decimal(5), Decimal(1)),
            ImportedCriterion("Проведение", "Занятие проведено и записано", Decimal(5), Decimal(1)),
            ImportedCriterion("Анализ", "Выводы опираются на записи", Decimal(5), Decimal(1)),
        ),
        pass_mark=Decimal(9),
    )


SPEECH = programme(
    "Театрализованная игра и речь дошкольника",
    "МБДОУ «Детский сад № 12»",
    "Научиться строить игру, в которой ребёнку есть что сказать.",
    ("освоить смену ролей взрослого в игре", "провести и записать игру в своей группе"),
    section(
        1,
        "Речь и игра",
        ("Игра, в которой хочется говорить", "2 1 1", "лекция", "собеседование"),
        ("Роль взрослого: рассказчик, партнёр, зритель", "1 2 1", "практикум", "практическая работа"),
    ),
    section(
        2,
        "Игра в своей группе",
        ("Открытое занятие педагога площадки", "0 3 0", "открытое занятие", "анализ занятия"),
        ("Итоговая аттестация: запись своей игры", "0 4 3", "проектирование занятия", "защита"),
    ),
)

RESEARCH = programme(
    "Исследовательский урок: от вопроса к доказательству",
    "МБОУ «Гимназия № 7»",
    "Научиться вести урок, на котором ученики сами ставят вопрос и проверяют ответ.",
    ("отличать исследовательский вопрос от учебного", "провести исследовательский урок и обсудить его"),
    section(
        1,
        "Вопрос",
        ("Какие вопросы можно исследовать", "2 2 1", "лекция", "тест"),
        ("От вопроса к гипотезе", "1 3 2", "практикум", "практическая работа"),
    ),
    section(
        2,
        "Доказательство",
        ("Данные, которые может собрать класс", "1 3 2", "практикум", "практическая работа"),
        ("Разговор о выводах: кто с чем согласен", "0 3 1", "семинар", "анализ урока"),
        ("Итоговая аттестация: исследовательский урок", "0 2 1", "открытый урок", "защита"),
    ),
)

LABORATORY = programme(
    "Цифровая лаборатория на уроках физики и химии",
    "МБОУ «Гимназия № 7»",
    "Использовать датчики там, где они меняют мысль ученика, а не только картинку.",
    ("подобрать опыты, которым датчик необходим", "составить инструкции для групп"),
    section(
        1,
        "Датчик как вопрос к природе",
        ("Что измеряют датчики и чего не видят", "2 2 0", "лекция", "тест"),
        ("Опыты, которые без датчика не поставить", "0 4 2", "практикум", "практическая работа"),
    ),
    section(2, "Свой опыт", ("Инструкция для группы учеников", "0 4 2", "практикум", "практическая работа")),
)

PROJECT_WEEK = replace(
    programme(
        "Проектная неделя в основной школе",
        "МБОУ «Гимназия № 7»",
        "Спланировать неделю, за которую ученики доводят один проект до слушателей.",
        ("выбрать темы вместе с учениками", "распределить роли учителей"),
        section(
            1,
            "Замысел недели",
            ("Тема, вопрос, слушатель", "2 2 1", "лекция", "собеседование"),
            ("Роли учителей и расписание недели", "1 3 1,5", "семинар", "практическая работа"),
        ),
        section(
            2,
            "Неделя",
            ("Ежедневные встречи команд", "0 4 2", "практикум", ""),
            ("Представление проектов", "0 3 1,5", "", "защита"),
        ),
    ),
    workload=Decimal(24),
)
"""States 24 hours where its plan has 21; the editor shows this as a problem."""
