"""The text of the sample programme on observing and discussing lessons, in the shape that the import produces."""

from collections.abc import Sequence
from decimal import Decimal

from courses.hours import Plan, PlanGroup, PlanTopic, Stated, add_up
from courses.importing.model import (
    ImportedCompetency,
    ImportedConditions,
    ImportedCriterion,
    ImportedProgramme,
)

KINDS = ("Лекции", "Практические занятия", "Самостоятельная работа")
TopicText = tuple[str, str, str, str]
"""Title, hours per kind, form of class, form of control."""


def topic(number: str, text: TopicText) -> PlanTopic:
    """Returns a topic of the plan; hours are written as ``"2 0 1,5"``."""
    title, hours, form, control = text
    given = [Decimal(part.replace(",", ".")) for part in hours.split()]
    kept = {kind: value for kind, value in zip(KINDS, given, strict=True) if value}
    return PlanTopic(title, kept, sum(given, Decimal(0)), form, control, number=number)


def section(number: int, title: str, *topics: TopicText) -> PlanGroup:
    """Returns a section that states the sums of its topics."""
    rows = tuple(topic(f"{number}.{place}", text) for place, text in enumerate(topics, 1))
    return PlanGroup(title, rows, stated_sums(rows), number=str(number))


def stated_sums(rows: Sequence[PlanGroup | PlanTopic]) -> Stated:
    """Returns the sums per kind and overall that a row over these states."""
    sums = add_up(rows, KINDS)
    stated: dict[str | None, Decimal] = {kind: sums[kind] for kind in KINDS}
    return stated | {None: sum(sums.values(), Decimal(0))}


SECTIONS = (
    section(
        1,
        "Наблюдение как профессиональный инструмент",
        ("Что видит наблюдатель: факт, вывод, оценка", "2 0 1", "лекция", "тест"),
        ("Протокол наблюдения и договорённости с учителем", "1 2 1", "практикум", "практическая работа"),
    ),
    section(
        2,
        "Формирующее оценивание на уроке",
        ("Критерии успеха, понятные ученику", "1 2 1,5", "семинар", "тест"),
        ("Обратная связь, после которой ученик действует", "1 2 1,5", "практикум", "практическая работа"),
        ("Открытый урок педагога площадки и его разбор", "0 3 0", "открытый урок", "анализ урока"),
    ),
    section(
        3,
        "Свой урок",
        (
            "Технологическая карта урока с точками наблюдения",
            "0 2 1",
            "разработка технологической карты",
            "технологическая карта",
        ),
        ("Итоговая аттестация: защита технологической карты", "0 2 0", "круглый стол", "защита"),
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
    plan=Plan({kind: kind for kind in KINDS}, SECTIONS, stated_sums(SECTIONS)),
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
