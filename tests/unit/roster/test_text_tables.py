"""Lists saved as text: encodings, signs between cells, refused files."""

import io
from datetime import date

import pytest

from courses.roster.reader import read_roster
from tests.support.rosters import snils_of

TEXT = 'Список;;\r\n\r\n№;ФИО;"Эл. почта";СНИЛС\r\n1;Зуева Яна Лукинична;a@b.example;{}\r\n2;"Пак Ли, учитель";;\r\n'


def read(data, name="list.csv"):
    return read_roster(io.BytesIO(data), name, today=date(2026, 9, 1))


def names(roster):
    return [row.full_name for row in roster.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "cp866", "utf-16"])
@pytest.mark.parametrize("sign", [";", "\t"])
def test_text_in_any_encoding_is_read(encoding, sign):
    number = snils_of(65848479)
    text = TEXT.format(int(number)).replace(";", sign)
    if encoding == "cp866":
        text = text.replace("№", "N")
    first, second = read(text.encode(encoding)).rows
    assert (first.full_name, first.email, first.snils) == ("Зуева Яна Лукинична", "a@b.example", number)
    assert (first.row_number, second.row_number, second.full_name) == (4, 5, "Пак Ли")


@pytest.mark.parametrize("name", ["list.txt", "LIST.CSV", "list.tsv"])
def test_name_of_any_text_is_accepted(name):
    assert names(read("ФИО\tE-mail\nЗуева Яна\ta@b.example\n".encode(), name)) == ["Зуева Яна"]


def test_cells_divided_by_commas_are_read():
    text = 'ФИО,Место работы,Эл. почта\n"Зуева Яна","Лицей № 8, корпус 2",a@b.example\n'
    (row,) = read(text.encode()).rows
    assert (row.workplace, row.email) == ("Лицей № 8, корпус 2", "a@b.example")


def test_commas_inside_cells_do_not_divide_them():
    text = "Фамилия, имя, отчество;Должность, школа\nЗуева Яна;учитель, лицей, 8\nПак Ли;учитель, школа, 5\n"
    assert names(read(text.encode())) == ["Зуева Яна", "Пак Ли"]


def test_sign_named_by_excel_is_used():
    assert names(read("sep=|\nФИО|E-mail\nЗуева Яна|a@b.example\n".encode("cp1251"))) == ["Зуева Яна"]


def test_cell_of_several_lines_is_one_cell():
    (row,) = read('ФИО;E-mail\n"Зуева Яна\nПак Ли";a@b.example\n'.encode()).rows
    assert "Several people" in row.problems[-1].message


def test_capitals_of_an_old_code_page_are_read():
    text = "ФИО;E-MAIL\nЗУЕВА ЯНА ЛУКИНИЧНА;A@B.EXAMPLE\n"
    assert names(read(text.encode("cp1251"))) == ["Зуева Яна Лукинична"]


def test_long_text_is_cut_with_warning():
    roster = read(("ФИО;E-mail\n" + "Зуева Яна;\n" * 5_000).encode())
    assert "first 1000" in roster.warnings[-1].message


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"a\0b", "damaged"),
        (b"PK\3\4rest", ".xlsx"),
        (b"%PDF-1.7", "PDF"),
        (b"{\\rtf1 a}", "Word"),
        (b"", "empty"),
        (b'"' + b"a" * 200_000, "damaged"),
        (b"a;b\n" * 600_000, "far more"),
    ],
)
def test_other_files_called_csv_are_refused(data, word):
    roster = read(data)
    assert roster.rows == ()
    assert word in roster.problems[0].message
