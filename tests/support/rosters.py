"""Lists of trainees: the same people in a randomly chosen layout."""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import openpyxl
from openpyxl.styles import Font

from lms.core.people.personal_data import check_digits

SURNAMES = (
    *("Алёшина", "Берёзкина", "Воронцова", "Ганеева", "Дьяконова", "Ершова", "Жаркова", "Зуева", "Иноземцева"),
    "Калашникова-Рубан",
)
GIVEN = ("Зоя", "Инна", "Клара", "Майя", "Нонна", "Раиса", "Софья", "Таисия", "Эльвира", "Яна")
PATRONYMICS = (
    *("Аркадьевна", "Богдановна", "Васильевна", "Глебовна", "Денисовна", "Ефимовна", "Захаровна", "Ильинична"),
    *("Кузьминична", "Лукинична"),
)
ODD = [
    ("Мамед-оглы", "Тимур", ""),
    ("О'Хара", "Мэри", ""),
    ("фон Клейст", "Эльза", "Карловна"),
    ("Ким", "Ли", ""),
    ("Рзаева", "Лейла", "Эльдар кызы"),
    ("Тер-Петросян", "Арам", "Гагикович"),
]
POSITIONS = ["учитель физики", "педагог-психолог", "воспитатель", "учитель начальных классов"]
SCHOOLS = ["МБОУ «Лицей № 8»", "МБОУ СОШ № 21", "школа 5", "МБДОУ «Детский сад № 40»"]


@dataclass
class Expected:
    """A person that the reader must find."""

    surname: str
    given_name: str
    patronymic: str
    email: str
    phone: str
    position: str
    workplace: str
    snils: str
    birth_date: date


@dataclass
class Style:
    """The layout of one office's lists."""

    titles: int = 1
    blank_before: int = 0
    left: int = 0
    names: str = "one"
    caps: str = "as is"
    numbered: bool = True
    shuffled: bool = False
    dates: str = "mixed"
    snils: str = "{}-{}-{} {}"
    footer: str = "Всего: %d человек"
    repeated: bool = False
    merged_school: bool = False
    two_rows: bool = False
    blank_rows: bool = False
    counted_columns: bool = False
    extra: bool = False
    sheet_before: bool = False
    headings: dict[str, list[str]] = field(default_factory=dict)


HEADINGS = {
    "full": [
        "Ф.И.О.",
        "ФИО",
        "Фамилия, имя, отчество",
        "Фамилия Имя Отчество (полностью)",
        "Ф. И. О. слушателя",
        "Full name",
    ],
    "surname": ["Фамилия", "Surname", "Фамилия*"],
    "given": ["Имя", "Имя*", "Given name"],
    "patronymic": ["Отчество", "Отчество (при наличии)", "Patronymic"],
    "email": ["E-mail", "Эл. почта", "Адрес электронной почты", "email", "Электронная почта"],
    "phone": ["Телефон", "Контактный телефон", "Моб. тел.", "Phone"],
    "position": ["Должность", "Занимаемая должность", "Position"],
    "workplace": ["Место работы", "Образовательная организация", "Наименование учреждения", "School", "ОО"],
    "snils": ["СНИЛС", "№ СНИЛС", "Номер СНИЛС"],
    "birth": ["Дата рождения", "Д.р.", "Дата рожд.", "Birth date"],
}
TITLES = [
    "Список стажёров",
    "СПИСОК ПЕДАГОГОВ, НАПРАВЛЕННЫХ НА СТАЖИРОВКУ",
    "Приложение 1 к приказу № 17",
    "Группа № 2, 36 ч",
    "(заполняется школой)",
]


def snils_of(number: int) -> str:
    """Returns eleven digits with the right check number."""
    nine = f"{number:09d}"
    return nine + check_digits(nine)


def people(random_: random.Random, count: int) -> list[Expected]:
    """Returns invented people, some with unusual names."""
    named = list(ODD) + [
        (s, random_.choice(GIVEN), random_.choice(PATRONYMICS)) for s in SURNAMES for _turn in range(6)
    ]
    random_.shuffle(named)
    seen: set[tuple[str, ...]] = set()
    found = []
    for number, (surname, given, patronymic) in enumerate(named):
        if (surname, given, patronymic) in seen or len(found) == count:
            continue
        seen.add((surname, given, patronymic))
        nine = random_.randint(2_000_000, 999_999_999)
        digits = f"9{random_.randint(0, 999_999_999):09d}"
        found.append(
            Expected(
                *(surname, given, patronymic, f"person{number}@school.example"),
                f"+7 {digits[:3]} {digits[3:6]}-{digits[6:8]}-{digits[8:]}",
                *(random_.choice(POSITIONS), random_.choice(SCHOOLS), snils_of(nine)),
                date(random_.randint(1955, 2003), random_.randint(1, 12), random_.randint(1, 28)),
            )
        )
    return found


def random_style(random_: random.Random) -> Style:
    """Returns a random combination of layout choices."""
    return Style(
        titles=random_.randint(0, 4),
        blank_before=random_.randint(0, 2),
        left=random_.choice([0, 0, 0, 1, 2]),
        names=random_.choice(["one", "one", "three", "merged", "two"]),
        caps=random_.choice(["as is", "UPPER", "mixed", "lower"]),
        numbered=random_.random() < 0.7,
        shuffled=random_.random() < 0.5,
        dates=random_.choice(["excel", "text", "iso", "mixed", "serial"]),
        snils=random_.choice(["{}-{}-{} {}", "{}-{}-{}-{}", "{}{}{}{}", "{} {} {} {}", "number"]),
        footer=random_.choice(
            ["Всего: %d человек", "Итого %d", "Руководитель площадки ____________ / А. А. Пак /", ""]
        ),
        repeated=random_.random() < 0.2,
        merged_school=random_.random() < 0.2,
        blank_rows=random_.random() < 0.2,
        counted_columns=random_.random() < 0.2,
        extra=random_.random() < 0.3,
        sheet_before=random_.random() < 0.2,
        headings={name: [random_.choice(options)] for name, options in HEADINGS.items()},
    )


def build(expected: list[Expected], style: Style, random_: random.Random) -> bytes:
    """Returns the workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    if style.sheet_before:
        sheet["A1"] = "Памятка для школ: заполните второй лист"
        sheet = book.create_sheet("Стажёры")
    for number in range(style.titles):
        sheet.cell(row=number + 1, column=1 + style.left, value=TITLES[(number + len(expected)) % len(TITLES)])
    columns = list(_columns(style))
    if style.shuffled:
        head = columns[: 1 + (style.numbered and 1)] if style.names == "one" else columns
        rest = columns[len(head) :]
        random_.shuffle(rest)
        columns = head + rest
    at = style.titles + style.blank_before + 1
    _headings(sheet, at, columns, style)
    at += 1
    if style.counted_columns:
        for number in range(len(columns)):
            sheet.cell(row=at, column=number + 1 + style.left, value=number + 1)
        at += 1
    at = _people(sheet, at, columns, expected, style, random_)
    if style.footer:
        text = style.footer % len(expected) if "%d" in style.footer else style.footer
        sheet.cell(row=at + 1, column=1 + style.left, value=text)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def _columns(style: Style) -> Iterator[str]:
    if style.numbered:
        yield "number"
    yield from {
        "one": ["full"],
        "three": ["surname", "given", "patronymic"],
        "merged": ["full", "given-beside", "patronymic-beside"],
        "two": ["surname", "both"],
    }[style.names]
    yield from ["position", "workplace", "email", "phone", "snils", "birth"]
    if style.extra:
        yield from ["category", "note"]


def _headings(sheet, row, columns, style):
    fixed = {"number": "№ п/п", "both": "Имя, отчество", "category": "Категория", "note": "Примечание"}
    for number, name in enumerate(columns):
        text = fixed.get(name) or (style.headings.get(name) or HEADINGS.get(name) or [None])[0]
        cell = sheet.cell(row=row, column=number + 1 + style.left, value=text)
        cell.font = Font(bold=True)


def _people(sheet, at, columns, expected, style, random_):
    schools = style.merged_school and "workplace" in columns
    for number, person in enumerate(expected):
        if style.blank_rows and number and number % 7 == 0:
            at += 1
        if style.repeated and number and number % 9 == 0:
            _headings(sheet, at, columns, style)
            at += 1
        for place, name in enumerate(columns):
            value = _value(name, number, person, style, random_)
            cell = sheet.cell(row=at, column=place + 1 + style.left, value=value)
            if isinstance(value, date):
                cell.number_format = random_.choice(["dd.mm.yyyy", "yyyy-mm-dd", "d mmmm yyyy"])
        at += 1
    if schools and not style.blank_rows and not style.repeated and len(expected) > 2:
        column = columns.index("workplace") + 1 + style.left
        expected[-2].workplace = expected[-1].workplace = expected[-3].workplace
        sheet.merge_cells(start_row=at - 3, end_row=at - 1, start_column=column, end_column=column)
    return at


def _value(name, number, person, style, random_):
    spelled = _spelling(style, number)
    names = [person.surname, person.given_name, person.patronymic]
    match name:
        case "number":
            return number + 1
        case "full":
            return spelled(names[0]) if style.names == "merged" else " ".join(spelled(one) for one in names if one)
        case "surname":
            return spelled(names[0])
        case "given" | "given-beside":
            return spelled(names[1])
        case "patronymic" | "patronymic-beside":
            return spelled(names[2]) or None
        case "both":
            return " ".join(spelled(one) for one in names[1:] if one)
        case "email":
            return random_.choice([person.email, f" {person.email.title()} ", person.email])
        case "phone":
            digits = "".join(one for one in person.phone if one.isdigit())
            return random_.choice(
                [person.phone, "8" + digits[1:], int("8" + digits[1:]), f"8 ({digits[1:4]}) {digits[4:]}"]
            )
        case "position":
            return person.position
        case "workplace":
            return person.workplace
        case "snils":
            return _snils(person.snils, style.snils)
        case "birth":
            return _birth(person.birth_date, style.dates, number)
    return "первая" if name == "category" else None


def _spelling(style, number):
    if style.caps == "UPPER" or (style.caps == "mixed" and number % 3 == 0):
        return str.upper
    return str.lower if style.caps == "lower" else str


def _snils(digits, form):
    if form == "number":
        return int(digits)
    return form.format(digits[:3], digits[3:6], digits[6:9], digits[9:])


def _birth(day, form, number):
    kind = ["excel", "text", "iso", "serial"][number % 4] if form == "mixed" else form
    return {
        "excel": day,
        "text": day.strftime("%d.%m.%Y"),
        "iso": day.isoformat(),
        "serial": (day - date(1899, 12, 30)).days,
    }[kind]
