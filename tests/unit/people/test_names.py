import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.people.names import (
    clean_line,
    fold,
    in_latin,
    is_username,
    looks_like_name,
    proper_case,
    sort_key,
    username_of,
)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Иванов   Пётр ", "Иванов Пётр"),
        ("Салтыков – Щедрин", "Салтыков-Щедрин"),
        ("Д’Артаньян", "Д'Артаньян"),
        ("Чайковскии\u0306", "Чайковский"),
        (None, ""),
    ],
)
def test_tidy_cleans_spaces_and_signs(written, kept):
    assert clean_line(written) == kept


@pytest.mark.parametrize("name", ["Ким", "О'Хара", "Петрова-Водкина", "Мамед оглы", "Ли (Ван)", "Шмидт-мл."])
def test_accepts_names(name):
    assert looks_like_name(name)


@pytest.mark.parametrize("text", ["", "123", "Иванов1", "a@b.ru", "Иванов;", "а" * 121, "<b>"])
def test_rejects_other_texts_as_names(text):
    assert not looks_like_name(text)


@pytest.mark.parametrize("text", ["а" * 119 + "1", "а " * 59 + "1", "а'" * 59 + "1", "а(" * 60])
def test_long_text_that_is_no_name_is_rejected_at_once(text):
    assert not looks_like_name(text)


@pytest.mark.parametrize(
    ("typed", "proper"),
    [
        ("ПЕТРОВА-ВОДКИНА", "Петрова-Водкина"),
        ("иванов", "Иванов"),
        ("МАМЕДОВ ОГЛЫ", "Мамедов оглы"),
        ("МакГрегор", "МакГрегор"),
        ("о'хара", "О'Хара"),
    ],
)
def test_proper_case_changes_uniform_case_only(typed, proper):
    assert proper_case(typed) == proper


def test_yo_sorts_as_ye():
    people = [("Ежова", "А"), ("Ёлкина", "А"), ("Елизарова", "А"), ("Жукова", "А")]
    assert [surname for surname, _ in sorted(people, key=lambda name: sort_key(*name))] == [
        "Ежова",
        "Елизарова",
        "Ёлкина",
        "Жукова",
    ]


def test_shorter_surname_sorts_first():
    assert sort_key("Иванов", "Яков") < sort_key("Иванова", "Анна")


def test_user_name_is_surname_and_initials_in_latin():
    assert username_of("Гаврилова", "Нина", "Павловна") == "gavrilova.np"
    assert username_of("Щербакова-Ёлкина", "Юлия") == "shcherbakovaelkina.i"
    assert username_of("Müller", "Jörg") == "muller.j"
    assert username_of("李", "明") == "user"
    assert in_latin("Подъячев") == "podiachev"


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_every_made_user_name_is_valid(surname, given_name, patronymic):
    assert is_username(username_of(surname, given_name, patronymic))


@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюя -АБЁЯ", max_size=40))
def test_fold_is_idempotent(text):
    assert fold(fold(text)) == fold(text) == fold(text.upper())
