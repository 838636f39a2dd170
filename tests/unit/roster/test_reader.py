"""Whole rosters: recognition of people, problems and warnings, refused files."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from courses.roster.reader import MOST_PEOPLE, read_roster
from lms.core.i18n import use_locale
from tests.support.rosters import snils_of

TODAY = date(2026, 9, 1)
HEAD = ["№", "ФИО", "Эл. почта", "СНИЛС", "Дата рождения"]


def workbook(*rows, name="Стажёры", prepare=None):
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    if prepare:
        prepare(book)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def read(*rows, prepare=None):
    return read_roster(io.BytesIO(workbook(*rows, prepare=prepare)), "list.xlsx", today=TODAY)


def names(roster):
    return [row.full_name for row in roster.rows]


def notes(row):
    return [(note.row, note.column, note.message) for note in (*row.problems, *row.warnings)]


class TestRows:
    def test_problems_name_row_and_column(self):
        roster = read(
            ["Список"],
            HEAD,
            [1, "Зуева Яна Лукинична", "zoya(at)school", "112-233-445 96", "31.02.1980"],
            [2, "", "anna@school.example", "", ""],
            [3, "Ершова", "", "", ""],
            [4, "Ким 2 Ли", "", "", ""],
        )
        first, second, third, fourth = roster.rows
        assert first.is_ready
        assert [(row, column) for row, column, _message in notes(first)] == [
            (3, "Эл. почта"),
            (3, "СНИЛС"),
            (3, "Дата рождения"),
        ]
        assert notes(second) == [(4, "ФИО", "There is no surname.")]
        assert notes(third) == [(5, "ФИО", "There is no given name.")]
        assert "does not look like" in notes(fourth)[0][2]
        assert [row.row_number for row in roster.ready] == [3]

    def test_totals_signatures_and_repeated_headings_are_no_people(self):
        roster = read(
            HEAD,
            [1, 2, 3, 4, 5],
            [1, "Зуева Яна Лукинична"],
            HEAD,
            [2, "Ершова Зоя Львовна"],
            ["Всего: 2 человека"],
            [None, "Руководитель площадки", "__________"],
            ["М. П."],
            ["Исп. Пак А. А., тел. 2-34-56"],
        )
        assert names(roster) == ["Зуева Яна Лукинична", "Ершова Зоя Львовна"]
        assert [note.row for note in roster.passed_over] == [6, 7, 8, 9]
        assert roster.warnings == ()

    def test_different_total_is_a_warning(self):
        roster = read(HEAD, [1, "Зуева Яна Лукинична"], ["Итого: 3 чел."])
        assert [note.message for note in roster.warnings] == ["The list says it has 3, but 1 person was read."]

    def test_surname_that_starts_like_a_footer_is_a_person(self):
        assert names(read(HEAD, [1, "Директорова Яна Лукинична"], [2, "Итогов Пётр Ильич"])) == [
            "Директорова Яна Лукинична",
            "Итогов Пётр Ильич",
        ]

    def test_school_in_a_row_of_its_own_is_the_workplace_below(self):
        roster = read(
            ["№", "ФИО", "Должность"],
            ["МБОУ «Лицей № 8»"],
            [1, "Зуева Яна"],
            [2, "Ершова Зоя", "учитель"],
            [None, "МБОУ СОШ № 2 (1 чел.)"],
            [3, "Пак Ли"],
            ["Всего: 3 человека"],
        )
        assert [(row.full_name, row.workplace) for row in roster.rows] == [
            ("Зуева Яна", "МБОУ «Лицей № 8»"),
            ("Ершова Зоя", "МБОУ «Лицей № 8»"),
            ("Пак Ли", "МБОУ СОШ № 2"),
        ]
        assert [skipped.text for skipped in roster.passed_over] == ["Всего: 3 человека"]

    def test_own_workplace_prevails_over_school_above(self):
        roster = read(["ФИО", "Место работы"], ["МБОУ «Лицей № 8»"], ["Зуева Яна", "Школа № 5"], ["Пак Ли", None])
        assert [row.workplace for row in roster.rows] == ["Школа № 5", "МБОУ «Лицей № 8»"]

    def test_letterhead_is_no_workplace(self):
        assert read(["МБОУ «Лицей № 8»"], ["ФИО", "Должность"], ["Зуева Яна", "учитель"]).rows[0].workplace == ""

    def test_hidden_rows_are_read_with_warning(self):
        def hide(book):
            book.active.row_dimensions[2].hidden = True

        (row,) = read(HEAD, [1, "Зуева Яна Лукинична"], prepare=hide).rows
        assert notes(row) == [(2, "", "This row is hidden in the file.")]


class TestCells:
    """A cell that holds something else beside the value."""

    def test_text_beside_email_prevents_enrolment(self):
        (row,) = read(HEAD, [1, "Кузнецова Нина Ильинична", "kuz netsova@x.example"]).rows
        assert (row.email, row.is_ready) == ("", False)
        assert [column for _row, column, _message in notes(row)] == ["Эл. почта"]

    def test_remark_beside_name_is_a_warning(self):
        (row,) = read(HEAD, [1, "Зуева Яна Лукинична – зам. директора"]).rows
        assert (row.full_name, row.is_ready) == ("Зуева Яна Лукинична", True)
        assert notes(row) == [(2, "ФИО", "«зам. директора» was left out.")]

    def test_two_people_in_one_cell_are_a_problem(self):
        roster = read(HEAD, [1, "Зуева Яна Лукинична\nПак Ли"], [None, "1. Ершова Зоя\n2. Ершов Лев"])
        assert [row.is_ready for row in roster.rows] == [False, False]
        assert all("Several people" in row.problems[-1].message for row in roster.rows)
        assert names(roster) == ["Зуева Яна Лукинична", "Ершова Зоя"]

    @pytest.mark.parametrize(
        ("surname", "given"),
        [("Зуева\nПак", "Яна\nЛи"), ("Зуева, Пак", "Яна, Ли"), ("Зуева и Пак", "Яна"), ("Зуева", "Яна/Ли")],
    )
    def test_two_people_in_cells_of_parts_are_a_problem(self, surname, given):
        (row,) = read(["Фамилия", "Имя"], [surname, given]).rows
        assert any("Several people" in note.message for note in row.problems)

    def test_wrapped_name_is_one_person(self):
        (row,) = read(["Фамилия", "Имя", "E-mail"], ["Зуева-\nЕршова", "Яна", "a@b.example"]).rows
        assert (row.surname, row.is_ready) == ("Зуева-Ершова", True)

    def test_name_by_formula_gives_way_to_its_parts(self):
        roster = read(
            ["Фамилия", "Имя", "Отчество", "ФИО"],
            ["Зуева", "Анна Мария", "Лукинична", '=A2&" "&B2&" "&C2'],
            [None, None, None, "Пак Ли"],
        )
        assert [(row.surname, row.given_name, row.patronymic) for row in roster.rows] == [
            ("Зуева", "Анна Мария", "Лукинична"),
            ("Пак", "Ли", ""),
        ]
        assert all(row.is_ready for row in roster.rows)


class TestTables:
    """Several tables below each other on one sheet."""

    def test_table_below_with_other_columns_is_read_by_its_own_headings(self):
        roster = read(
            ["№", "ФИО", "E-mail"],
            [1, "Зуева Яна", "a@b.example"],
            [],
            ["№", "Телефон", "Фамилия", "Имя", "Должность"],
            [1, "89123456789", "Пак", "Ли", "учитель"],
            ["Всего: 2"],
        )
        assert [(row.full_name, row.email, row.phone, row.position) for row in roster.rows] == [
            ("Зуева Яна", "a@b.example", "", ""),
            ("Пак Ли", "", "+7 912 345-67-89", "учитель"),
        ]
        assert roster.warnings == ()
        assert roster.columns["phone"] == "Телефон"

    def test_notes_name_the_headings_of_their_table(self):
        roster = read(
            ["ФИО", "E-mail"],
            ["Зуева Яна", "a@b.example"],
            ["Слушатель", "Почта", "Тел."],
            ["Пак Ли", "a@b.example", ""],
        )
        assert [column for row in roster.rows for _row, column, _message in notes(row)] == ["E-mail", "Почта"]

    def test_school_above_each_table_is_the_workplace(self):
        head = ["ФИО", "Должность"]
        roster = read(
            ["МБОУ «Лицей № 8»"],
            head,
            ["Зуева Яна", "учитель"],
            ["Школа № 5"],
            head,
            ["Пак Ли", "учитель"],
        )
        assert [row.workplace for row in roster.rows] == ["МБОУ «Лицей № 8»", "Школа № 5"]

    def test_row_of_position_and_school_is_no_heading(self):
        roster = read(
            ["ФИО", "Должность", "Место работы"],
            ["Зуева Яна", "учитель", "школа 5"],
            ["Пак Ли", "педагог", "школа 5"],
        )
        assert names(roster) == ["Зуева Яна", "Пак Ли"]


class TestComparison:
    def test_repeated_person_is_a_problem(self):
        roster = read(HEAD, [1, "Зуева Яна Лукинична"], [2, "ЗУЕВА  ЯНА ЛУКИНИЧНА", "a@b.example"])
        assert [row.is_ready for row in roster.rows] == [True, False]
        assert notes(roster.rows[1]) == [(3, "ФИО", "The same person is in row 2 already.")]

    def test_namesakes_are_two_people(self):
        roster = read(
            HEAD,
            [1, "Зуева Яна Лукинична", "a@b.example", None, "09.05.1981"],
            [2, "Зуева Яна Лукинична", "c@b.example", None, "10.05.1981"],
        )
        assert all(row.is_ready for row in roster.rows)
        assert notes(roster.rows[1]) == [(3, "ФИО", "A namesake is in row 2.")]

    def test_shared_address_and_identity_number_are_warnings(self):
        number = snils_of(123456789)
        roster = read(
            HEAD, [1, "Зуева Яна", "school@b.example", number], [2, "Ершова Зоя", " School@B.example", number]
        )
        assert all(row.is_ready for row in roster.rows)
        assert notes(roster.rows[0]) == [(2, "Эл. почта", "The address is shared with rows: 3.")]
        assert [message for _row, _column, message in notes(roster.rows[1])] == [
            "The same СНИЛС stands in row 2.",
            "The address is shared with rows: 2.",
        ]


class TestLayouts:
    def test_columns_and_unused_headings_are_listed(self):
        roster = read(["№ п/п", "Фамилия", "Имя", "Отчество", "Категория"], [1, "Зуева", "Яна", "-", "первая"])
        assert roster.columns == {"surname": "Фамилия", "given_name": "Имя", "patronymic": "Отчество"}
        assert roster.unused == ("Категория",)
        assert names(roster) == ["Зуева Яна"]

    def test_headings_in_two_rows_are_read(self):
        roster = read(
            ["№", "Стажёр", None, None, "Контакты", None],
            [None, "Фамилия", "Имя", "Отчество", "Телефон", "E-mail"],
            [1, "Зуева", "Яна", "Лукинична", "89123456789", "a@b.example"],
        )
        (row,) = roster.rows
        assert (row.full_name, row.phone, row.email) == ("Зуева Яна Лукинична", "+7 912 345-67-89", "a@b.example")

    def test_workplace_and_position_in_one_column_are_separated(self):
        (row,) = read(["ФИО", "Место работы, должность"], ["Зуева Яна", "МБОУ «Лицей № 8», учитель химии"]).rows
        assert (row.workplace, row.position) == ("МБОУ «Лицей № 8»", "учитель химии")

    def test_leaders_column_is_not_the_name_column(self):
        roster = read(["ФИО директора", "ФИО слушателя"], ["Пак Анна Ивановна", "Зуева Яна Лукинична"])
        assert names(roster) == ["Зуева Яна Лукинична"]

    def test_columns_without_headings_are_identified_by_content(self):
        roster = read(
            [1, "Зуева Яна Лукинична", "a@b.example", date(1981, 5, 9)],
            [2, "Ершова Зоя Львовна", "c@b.example", date(1982, 5, 9)],
            [3, "Пак Ли", None, date(1983, 5, 9)],
        )
        assert names(roster) == ["Зуева Яна Лукинична", "Ершова Зоя Львовна", "Пак Ли"]
        assert (roster.rows[0].email, roster.rows[0].birth_date) == ("a@b.example", date(1981, 5, 9))
        assert "no headings" in roster.warnings[0].message

    def test_roster_of_names_only_is_read(self):
        assert names(read(["Участники"], ["Зуева Яна Лукинична"], ["Ершова Зоя"])) == [
            "Зуева Яна Лукинична",
            "Ершова Зоя",
        ]

    def test_fullest_sheet_is_read_and_others_are_named(self):
        def more(book):
            other = book.create_sheet("Вторая")
            for row in (["ФИО"], ["Ершова Зоя"], ["Пак Ли"]):
                other.append(row)
            hidden = book.create_sheet("Старая")
            hidden.sheet_state = "hidden"
            for row in (["ФИО"], *[[f"Зуева Яна{letter}"] for letter in "абвгд"]):
                hidden.append(row)

        roster = read(["ФИО"], ["Зуева Яна"], prepare=more)
        assert (roster.sheet, names(roster)) == ("Вторая", ["Ершова Зоя", "Пак Ли"])
        assert [note.message for note in roster.warnings] == [
            "The sheet «Стажёры» holds a list too; only «Вторая» was read."
        ]

    def test_long_roster_is_cut_with_warning(self):
        rows = [[f"Зуева Яна{'абвгдежзик'[one % 10] * (one // 10 + 1)}"] for one in range(200)]
        roster = read(["ФИО"], *[[f"Зуева {row[0]}"] for row in rows] * 6)
        assert len(roster.rows) == MOST_PEOPLE
        assert "first 1000" in roster.warnings[-1].message


class TestFiles:
    def said(self, data, name="list.xlsx"):
        roster = read_roster(io.BytesIO(data), name)
        assert roster.rows == ()
        (problem,) = roster.problems
        return problem.message

    def test_file_without_roster_is_a_problem(self):
        assert "No list of people" in self.said(workbook(["Тема", "Часы"], ["Урок", 2]))
        assert "no people" in self.said(workbook(["ФИО", "E-mail"]))
        assert "No list of people" in self.said(workbook())

    @pytest.mark.parametrize(
        ("data", "name", "word"),
        [
            (b"", "list.xlsx", "empty"),
            (b"just text", "list.xlsx", "not a Word or Excel"),
            (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "list.xlsx", "old type"),
            (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "list.xlsx", "password"),
            (b"x", "list.xls", "Excel workbook"),
            (b"a;b", "list.csv", "No list of people"),
            (b"x", "list.docx", "Excel workbook"),
            (b"x", "list.pdf", "PDF"),
        ],
    )
    def test_other_files_are_refused_with_advice(self, data, name, word):
        assert word in self.said(data, name)

    def test_truncated_workbook_is_refused(self):
        data = workbook(["ФИО"], ["Зуева Яна"])
        for share in (4, 2):
            assert self.said(data[: len(data) // share])

    def test_zip_bomb_is_refused(self):
        stored = io.BytesIO()
        with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("xl/workbook.xml", b" " * 60_000_000)
        assert "unpacks to far more" in self.said(stored.getvalue())

    def test_workbook_with_broken_parts_is_refused(self):
        stored = io.BytesIO()
        with zipfile.ZipFile(stored, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("xl/workbook.xml", "<workbook><sheets><sheet name='a' id='r1'/></sheets>")
        assert self.said(stored.getvalue())

    def test_messages_are_translated_to_russian(self):
        with use_locale("ru"):
            assert "Не\N{NO-BREAK SPACE}найден" in self.said(workbook(["Тема"]))
