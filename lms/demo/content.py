"""The text of the sample programme on observing and discussing lessons, in the shape that the import produces."""

from collections.abc import Sequence
from decimal import Decimal

from courses.importing.model import (
    ImportedCompetency,
    ImportedConditions,
    ImportedCriterion,
    ImportedProgramme,
)
from courses.thematic_plan.model import TOTAL, Kind, SectionRow, ThematicPlan, TopicRow, new_lineage

KINDS = ("Лекции", "Практические занятия", "Самостоятельная работа")
TopicText = tuple[str, str, str, str]
"""Title, hours per kind (``"2 0 1,5"``), form of class, form of control."""
SectionText = tuple[str, tuple[TopicText, ...]]
"""Title, topics."""


def thematic_plan(*sections: SectionText) -> ThematicPlan:
    """Returns the plan; its sections state the sums of their topics."""
    kinds = [Kind(new_lineage(), name) for name in KINDS]
    plan = ThematicPlan(kinds=kinds, sections=[_section(title, topics, kinds) for title, topics in sections])
    plan.workload = plan.total
    return plan


def _section(title: str, topics: Sequence[TopicText], kinds: Sequence[Kind]) -> SectionRow:
    section = SectionRow(new_lineage(), title, topics=[_topic(text, kinds) for text in topics])
    section.stated = {key: section.sum(key) for key in (*(kind.lineage for kind in kinds), TOTAL)}
    return section


def _topic(text: TopicText, kinds: Sequence[Kind]) -> TopicRow:
    title, hours, form, control = text
    given = [Decimal(part.replace(",", ".")) for part in hours.split()]
    kept = {kind.lineage: value for kind, value in zip(kinds, given, strict=True) if value}
    return TopicRow(new_lineage(), title, form, control, kept)


SECTIONS: tuple[SectionText, ...] = (
    (
        "Наблюдение как профессиональный инструмент",
        (
            ("Что видит наблюдатель: факт, вывод, оценка", "2 0 1", "лекция", "тест"),
            ("Протокол наблюдения и договорённости с учителем", "1 2 1", "практикум", "практическая работа"),
        ),
    ),
    (
        "Формирующее оценивание на уроке",
        (
            ("Критерии успеха, понятные ученику", "1 2 1,5", "семинар", "тест"),
            ("Обратная связь, после которой ученик действует", "1 2 1,5", "практикум", "практическая работа"),
            ("Открытый урок педагога площадки и его разбор", "0 3 0", "открытый урок", "анализ урока"),
        ),
    ),
    (
        "Свой урок",
        (
            (
                "Технологическая карта урока с точками наблюдения",
                "0 2 1",
                "разработка технологической карты",
                "технологическая карта",
            ),
            ("Итоговая аттестация: защита технологической карты", "0 2 0", "круглый стол", "защита"),
        ),
    ),
)

COMPETENCIES = (
    ImportedCompetency(
        "Наблюдает урок коллеги и описывает увиденное без оценок",
        "ПК-1",
        ("чем факт отличается от вывода и оценки", "какие договорённости нужны до посещения урока"),
        ("вести протокол наблюдения", "начинать разговор после урока с вопроса, а не с вывода"),
        ("наблюдение трёх уроков с протоколом",),
    ),
    ImportedCompetency(
        "Проектирует формирующее оценивание на своём уроке",
        "ПК-2",
        ("признаки действенной обратной связи",),
        ("формулировать критерии успеха языком ученика", "планировать точки наблюдения в технологической карте"),
        ("проведение фрагмента урока с обратной связью и его разбор",),
    ),
)


def _criterion(name: str, indicator: str) -> ImportedCriterion:
    return ImportedCriterion(name, indicator, Decimal(4), Decimal(1))


CRITERIA = (
    _criterion("Цель урока", "Сформулирована через действие ученика, её можно проверить к концу урока"),
    _criterion("Критерии успеха", "Понятны ученику, связаны с целью, ими пользуются на уроке"),
    _criterion("Точки наблюдения", "Указано, что именно видно, когда ученик продвинулся и когда застрял"),
    _criterion("Обратная связь", "На каждый вероятный ответ предусмотрен следующий шаг"),
    _criterion("Самоанализ", "Опирается на записанные факты, а не на впечатления"),
)

PROGRAMME = ImportedProgramme(
    title="Урок глазами коллеги: наблюдение, анализ, обратная связь",
    organization="МБОУ «Гимназия № 7»",
    workload=Decimal(24),
    year=2026,
    key_ideas=(
        "Учитель меняет свой урок не потому, что ему поставили оценку, а потому, что увидел его глазами коллеги. "
        "Стажировка учит наблюдать без оценок, говорить об увиденном и превращать наблюдения в следующий шаг."
    ),
    goal="Освоить наблюдение урока и формирующее оценивание как инструменты собственного развития учителя.",
    tasks=(
        "научиться отделять факты от выводов и оценок",
        "разработать и опробовать протокол наблюдения",
        "включить критерии успеха и обратную связь в технологическую карту своего урока",
    ),
    form="очная с применением дистанционных технологий",
    audience="учителя-предметники и заместители директоров по учебной работе",
    competencies=COMPETENCIES,
    plan=thematic_plan(*SECTIONS),
    criteria=CRITERIA,
    pass_mark=Decimal(14),
    min_per_criterion=Decimal(1),
    conditions=ImportedConditions(
        "Занятия ведут учителя гимназии высшей и первой категории, которые не менее трёх лет проводят открытые уроки.",
        "Учебный кабинет с местами для наблюдателей, кабинет для разбора уроков, видеокамера на штативе.",
        "Бланки протоколов, записи уроков площадки, карта приёмов формирующего оценивания.",
    ),
    literature=(
        "Положение о стажировочной площадке гимназии: договорённости наблюдателя и учителя.",
        "Карта приёмов формирующего оценивания: сборник педагогов площадки.",
    ),
)

TRAINEES = (
    ("Астафьева Мария Юрьевна", "учитель русского языка", "МБОУ «СОШ № 3»"),
    ("Бобылёв Артём Игоревич", "учитель физики", "МБОУ «СОШ № 11»"),
    ("Вяземская Ольга Павловна", "учитель начальных классов", "МБОУ «Гимназия № 2»"),
    ("Гущина Елена Романовна", "учитель истории", "МБОУ «СОШ № 3»"),
    ("Дементьев Кирилл Андреевич", "учитель информатики", "МАОУ «Лицей № 5»"),
    ("Ёлкина Софья Михайловна", "учитель биологии", "МБОУ «СОШ № 18»"),
    ("Жаркова Наталья Сергеевна", "заместитель директора", "МБОУ «СОШ № 11»"),
    ("Исмагилова Алия Рашитовна", "учитель математики", "МАОУ «Лицей № 5»"),
    ("Королькова-Дымова Инна Львовна", "учитель географии", "МБОУ «СОШ № 18»"),
    ("Лаптев Глеб Николаевич", "учитель технологии", "МБОУ «Гимназия № 2»"),
    ("Мирзоян Карина", "учитель английского языка", "МБОУ «СОШ № 3»"),
    ("Рябинина Татьяна Фёдоровна", "учитель химии", "МБОУ «СОШ № 11»"),
)
"""Invented people: full name, position, workplace."""
