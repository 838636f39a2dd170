"""Full names: division into parts and correction of spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.roster.people import (
    is_patronymic,
    looks_like_full_name,
    school_name,
    split_full_name,
)
from courses.roster.several_people import looks_like_person, names_several_people
from lms.core.people.names import LOWER_PARTICLES


@pytest.mark.parametrize(
    ("typed", "surname", "given_name", "patronymic"),
    [
        ("Алёшина Зоя Львовна", "Алёшина", "Зоя", "Львовна"),
        ("АЛЁШИНА ЗОЯ ЛЬВОВНА", "Алёшина", "Зоя", "Львовна"),
        ("алёшина зоя львовна", "Алёшина", "Зоя", "Львовна"),
        ("АЛЁШИНА Зоя Львовна", "Алёшина", "Зоя", "Львовна"),
        ("Мамед-оглы Тимур", "Мамед-оглы", "Тимур", ""),
        ("МАМЕД-ОГЛЫ ТИМУР", "Мамед-оглы", "Тимур", ""),
        ("Мамед оглы Тимур", "Мамед оглы", "Тимур", ""),
        ("Рзаев Тимур Эльдар оглы", "Рзаев", "Тимур", "Эльдар оглы"),
        ("РЗАЕВА ЛЕЙЛА ЭЛЬДАР КЫЗЫ", "Рзаева", "Лейла", "Эльдар кызы"),
        ("КАЛАШНИКОВ-РУБАН ПЁТР ИЛЬИЧ", "Калашников-Рубан", "Пётр", "Ильич"),
        ("Калашников - Рубан Пётр Ильич", "Калашников-Рубан", "Пётр", "Ильич"),
        ("фон Клейст Эльза Карловна", "фон Клейст", "Эльза", "Карловна"),
        ("ФОН КЛЕЙСТ ЭЛЬЗА КАРЛОВНА", "фон Клейст", "Эльза", "Карловна"),
        ("О'ХАРА МЭРИ", "О'Хара", "Мэри", ""),
        ("О’Хара Мэри", "О'Хара", "Мэри", ""),
        ("Тер-Петросян Арам Гагикович", "Тер-Петросян", "Арам", "Гагикович"),
        ("Абрамович Анна Петровна", "Абрамович", "Анна", "Петровна"),
        ("Кириллович Илья Кузьмич", "Кириллович", "Илья", "Кузьмич"),
        ("  Зуева ,  Яна  Лукинична ", "Зуева", "Яна", "Лукинична"),
        ("12. Зуева Яна Лукинична", "Зуева", "Яна", "Лукинична"),
        ("3) Зуева Яна", "Зуева", "Яна", ""),
        ("Зуева (Ершова) Яна Лукинична", "Зуева (Ершова)", "Яна", "Лукинична"),
        ("Ким Ли", "Ким", "Ли", ""),
        ("Зуева", "Зуева", "", ""),
        ("", "", "", ""),
    ],
)
def test_full_name_is_divided(typed, surname, given_name, patronymic):
    found = split_full_name(typed)
    assert (found.surname, found.given_name, found.patronymic) == (surname, given_name, patronymic)


@pytest.mark.parametrize(
    ("typed", "name", "remark"),
    [
        ("Зуева Яна Лукинична (куратор)", "Зуева Яна Лукинична", "куратор"),
        ("Зуева Яна Лукинична – зам. директора", "Зуева Яна Лукинична", "зам. директора"),
        ("Зуева Яна Лукинична - и.о. заведующего", "Зуева Яна Лукинична", "и.о. заведующего"),
        ("Зуева Яна Лукинична, учитель физики", "Зуева Яна Лукинична", "учитель физики"),
        ("Зуева Яна Лукинична, 5 класс", "Зуева Яна Лукинична", "5 класс"),
        ("Зуева Яна Лукинична — Бухгалтер", "Зуева Яна Лукинична", "Бухгалтер"),
        ("Зуева Яна Лукинична внештатный сотрудник", "Зуева Яна Лукинична", "внештатный сотрудник"),
        ("Зуева Яна (с 1 сентября)", "Зуева Яна", "с 1 сентября"),
        ("Зуева Яна Лукинична (Ершова)", "Зуева Яна Лукинична", "Ершова"),
        ("Зуева Я. Л. учитель", "Зуева Я. Л.", "учитель"),
        ("учитель Зуева Яна Лукинична", "Зуева Яна Лукинична", "учитель"),
        ("и. о. директора Зуева Яна Лукинична", "Зуева Яна Лукинична", "и. о. директора"),
        ("Директор Зуева Яна Лукинична", "Зуева Яна Лукинична", "Директор"),
        ("2. Зуева Яна Лукинична (староста)", "Зуева Яна Лукинична", "староста"),
        ("зуева яна лукинична (куратор)", "Зуева Яна Лукинична", "куратор"),
        ("ЗУЕВА ЯНА ЛУКИНИЧНА – ДИРЕКТОР", "Зуева Яна Лукинична", "ДИРЕКТОР"),
        ("Зуева Яна (Лукинична)", "Зуева Яна Лукинична", ""),
        ("Зуева (Ершова) Яна Лукинична", "Зуева (Ершова) Яна Лукинична", ""),
        ("Зуева Анна – Мария Лукинична", "Зуева Анна-Мария Лукинична", ""),
        ("Мамин - Сибиряк Дмитрий Наркисович", "Мамин-Сибиряк Дмитрий Наркисович", ""),
        ("Директорова Яна Лукинична", "Директорова Яна Лукинична", ""),
        ("Учителева Яна", "Учителева Яна", ""),
    ],
)
def test_role_beside_name_is_no_part_of_it(typed, name, remark):
    found = split_full_name(typed)
    parts = (found.surname, found.given_name, found.patronymic)
    joined = " ".join(filter(None, parts)).replace(". ", ".")
    assert (joined, found.remark) == (name.replace(". ", "."), remark)


@pytest.mark.parametrize(
    ("typed", "surname", "given_name", "patronymic"),
    [
        ("А.П. Петрова", "Петрова", "А.", "П."),
        ("А. П. Петрова", "Петрова", "А.", "П."),
        ("А.Петрова", "Петрова", "А.", ""),
        ("Петрова А.П.", "Петрова", "А.", "П."),
    ],
)
def test_initials_stand_on_either_side_of_surname(typed, surname, given_name, patronymic):
    found = split_full_name(typed)
    assert (found.surname, found.given_name, found.patronymic) == (surname, given_name, patronymic)
    assert found.initials_only


@pytest.mark.parametrize(
    "text",
    [
        "Зуева Яна Лукинична\nПак Ли",
        "1. Зуева Яна 2. Ершова Зоя",
        "Зуева Яна Лукинична, Ершова Зоя Львовна",
        "Зуева Яна Лукинична и Ершова Зоя",
        "Зуева Яна Лукинична Ершова Зоя Львовна",
        "Зуева Я. Л.; Ершова З. Л.",
        "Зуева Яна (куратор)\nЕршова Зоя",
        "Зуева Яна; Ершова Зоя",
        "Зуева Яна/Ершова Зоя",
        "Зуева Яна | Ершова Зоя",
        "Зуева Яна & Ершова Зоя",
        "Зуева Яна + Ершова Зоя",
        "Зуева Яна • Ершова Зоя",
        "Зуева Яна – Ершова Зоя",
        "Зуева Яна Лукинична. Ершова Зоя Львовна",
        "Зуева Яна Лукинична а также Ершова Зоя Львовна",
        "Зуева Яна или Ершова Зоя",
        "Zueva Yana and Ershova Zoya",
        "зуева яна и ершова зоя",
        "ЗУЕВА ЯНА И ЕРШОВА ЗОЯ",
        "Зуева Яна, учитель, Ершова Зоя, директор",
    ],
)
def test_several_people_in_one_cell_are_noticed(text):
    assert names_several_people(text)
    assert looks_like_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Зуева и Ершов",
        "Зуева, Ершов",
        "Зуева; Ершова",
        "Зуевы Яна и Пётр",
        "Зуева Я.Л. Ершов П.И.",
        "Зуева Я. Л. Ершов П. И.",
        "Я.Л. Зуева П.И. Ершов",
        "Зуева Яна Ершов Пётр",
        "Зуева Яна Лукинична (Ершов Пётр Ильич)",
        "Зуева Яна Лукинична (замена: Ершов П. И.)",
        "Зуева Яна Лукинична вместо Ершов Пётр Ильич",
        "Зуева Яна Лукинична " + "учитель высшей категории " * 12 + "Ершова Зоя Львовна",
    ],
)
def test_shortened_names_of_several_people_are_noticed(text):
    assert names_several_people(text)


@pytest.mark.parametrize("text", ["Образование и наука", "школа и сад", "Математика и Физика"])
def test_other_texts_are_no_person(text):
    assert not looks_like_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Зуева Яна Лукинична",
        "Зуева, Яна",
        "Зуев, Яков",
        "Лев Яков Ильич",
        "Мария Луиза да Силва Перейра",
        "Зуева Яна Лукинична (Ершова Яна Лукинична)",
        "Зуева Яна Лукинична, учитель физики и математики",
        "Зуева Яна Лукинична (куратор и методист)",
        "Зуева Анна – Мария",
        "Зуева Яна Лукинична. 5 класс",
        "Абрамович Анна Петровна, методист центра развития",
        "Зуева,\nЯна Лукинична",
        "Зуева-Ершова Яна Лукинична – зам. директора, учитель физики",
        "Рзаев Тимур Эльдар оглы",
        "Зуева/Ершова Яна Лукинична",
    ],
)
def test_one_person_in_a_cell_is_one(text):
    assert not names_several_people(text)


@pytest.mark.parametrize(
    ("text", "school"),
    [
        ("МБОУ «Лицей № 8»", "МБОУ «Лицей № 8»"),
        ("Школа № 5 (3 чел.):", "Школа № 5"),
        ("МБДОУ «Детский сад № 40» – 2 человека", "МБДОУ «Детский сад № 40»"),
        ("Всего по школе 3", ""),
        ("Директор школы", ""),
        ("учитель школы", ""),
        ("Список педагогов МБОУ СОШ № 2", ""),
    ],
)
def test_line_that_names_a_school_is_recognised(text, school):
    assert school_name(text) == school


def test_patronymic_shows_that_given_name_comes_first():
    found = split_full_name("Яна Лукинична Зуева")
    assert (found.surname, found.given_name, found.patronymic, found.unsure) == ("Зуева", "Яна", "Лукинична", True)


def test_two_given_names_are_unsure():
    found = split_full_name("Зуева Анна Мария Лукинична")
    assert (found.given_name, found.patronymic, found.unsure) == ("Анна Мария", "Лукинична", True)


@pytest.mark.parametrize("typed", ["Зуева Я. Л.", "Зуева Я.Л.", "ЗУЕВА Я"])
def test_initials_are_recognised(typed):
    assert split_full_name(typed).initials_only


def test_latin_lookalike_letters_are_replaced():
    found = split_full_name("Eршовa Янa")
    assert (found.surname, found.given_name, found.mended) == ("Ершова", "Яна", True)
    assert split_full_name("Smith John").surname == "Smith"
    assert not split_full_name("Smith John").mended


@pytest.mark.parametrize("text", ["Лукинична", "Ильич", "Кузьмич", "Фомич", "Эльдар оглы", "Эльдар-кызы", "Саввична"])
def test_patronymics_are_recognised(text):
    assert is_patronymic(text)


@pytest.mark.parametrize("text", ["МБОУ Школа", "Всего: 3", "Зуева", "Группа вторая", "учитель физики 2", "a@b.ru"])
def test_other_texts_are_no_full_name(text):
    assert not looks_like_full_name(text)


@given(st.text(max_size=60))
def test_dividing_any_text_loses_no_letters(text):
    found = split_full_name(text)
    parts = " ".join(filter(None, (found.surname, found.given_name, found.patronymic)))
    assert len(parts.split()) <= len(text) + 1


NAME = st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюя", min_size=3, max_size=9).map(str.capitalize)
NAME = NAME.filter(lambda name: name.lower() not in LOWER_PARTICLES and name.lower() != "заде")


@given(NAME, NAME)
def test_capitals_do_not_change_the_division(surname, given_name):
    usual = split_full_name(f"{surname} {given_name}")
    assert split_full_name(f"{surname} {given_name}".upper()) == usual
