"""Files of every kind that a reader opens: bombs beyond those of Word, and right files with changed bytes."""

import io
import random
from collections.abc import Callable, Iterator

from tests.support import programme_documents, rosters
from tests.support.bombs import MEGA, packed, paragraph, table, word
from tests.unit.importing import writing

SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
GIFT = (
    "::Этап:: Этап урока? {=цель#Верно ~звонок ~%50%итог}\n\n::Число:: Сколько? {#3:0.5}\n\n"
    "Верно ли это? {T#нет#да}\n\nСоедините {=один -> 1 =два -> 2 =три -> 3}\n"
).encode()


def sheet(rows: str, more: str = "", head: str = "", strings: str = "") -> bytes:
    """Returns a .xlsx whose only sheet has these rows."""
    base = writing.xlsx([writing.Sheet("А", writing.Grid([[writing.Cell("Тема")]]))])
    parts = _parts(base)
    text = f"{head}<worksheet {SHEET}><sheetData>{rows}</sheetData>{more}</worksheet>"
    parts["xl/worksheets/sheet1.xml"] = text.encode()
    if strings:
        parts["xl/sharedStrings.xml"] = f"<sst {SHEET}>{strings}</sst>".encode()
    return packed(parts)


def _parts(content: bytes) -> dict[str, bytes]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _value(place: str, text: str = "1") -> str:
    return f'<c r="{place}"><v>{text}</v></c>'


def _formula(place: str, text: str) -> str:
    return f'<c r="{place}"><f>{text}</f></c>'


def _row(number: int, cells: str) -> str:
    return f'<row r="{number}">{cells}</row>'


BOOKS: dict[str, Callable[[], bytes]] = {
    "a cell at the end of the sheet": lambda: sheet(_row(1, _value("A1")) + _row(1048576, _value("XFD1048576"))),
    "one merged area of a whole sheet": lambda: sheet(
        _row(1, _value("A1")), '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
    "20,000 merged columns": lambda: sheet(
        _row(1, _value("A1")), "<mergeCells>" + '<mergeCell ref="A1:A1048576"/>' * 20_000 + "</mergeCells>"
    ),
    "300,000 rows": lambda: sheet("".join(_row(number, _value(f"A{number}")) for number in range(1, 300_001))),
    "a row of 16,384 cells repeated": lambda: sheet("".join(_row(n, _value(f"A{n}") * 16_384) for n in range(1, 20))),
    "a formula 100,000 brackets deep": lambda: sheet(_row(1, _formula("A1", "(" * 100_000 + "1" + ")" * 100_000))),
    "formulas that need each other": lambda: sheet(_row(1, _formula("A1", "B1+1") + _formula("B1", "A1+1"))),
    "formulas that double": lambda: sheet(
        "".join(_row(n, _formula(f"A{n}", f"A{n + 1}+A{n + 1}")) for n in range(1, 5_000))
    ),
    "sums of whole columns": lambda: sheet(
        "".join(_row(n, _formula(f"A{n}", "SUM(B1:XFD1048576)")) for n in range(1, 500))
    ),
    "a number of 300,000 digits": lambda: sheet(_row(1, _value("A1", "9" * 300_000))),
    "a number with an exponent": lambda: sheet(_row(1, _value("A1", "1e999999999") + _value("B1", "1E-999999999"))),
    "500,000 shared texts": lambda: sheet(_row(1, _value("A1")), strings="<si><t>a</t></si>" * 500_000),
    "a sheet with entities": lambda: sheet(
        _row(1, _value("A1", "&b;")), head='<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'
    ),
}
QUESTIONS: dict[str, Callable[[], bytes]] = {
    "an open key and blanks": lambda: b"What? {=%" + b" " * 90_000,
    "4 MB of brackets": lambda: b"{" * (4 * MEGA),
    "4 MB of backslashes": lambda: b"a {=b}" + b"\\" * (4 * MEGA - 10),
    "4 MB of colons": lambda: b"::" * (2 * MEGA),
    "40,000 options": lambda: b"What? {" + b"=a ~b " * 40_000 + b"}",
    "100,000 short questions": lambda: b"a {T}\n\n" * 100_000,
    "a number of a million digits": lambda: b"How many? {#" + b"9" * 1_000_000 + b"}",
    "a number with an exponent": lambda: b"How many? {#1e999999999:1e-999999999}",
    "categories without end": lambda: b"$CATEGORY: " + b"a/" * 1_000_000 + b"\n\na {T}\n",
    "bytes of no encoding": lambda: bytes(range(256)) * 4_000,
}
MORE_WORD: dict[str, Callable[[], bytes]] = {
    "a plan of 3,000 wide rows": lambda: word(
        table(*["".join(f"<w:tc>{paragraph('1')}</w:tc>" for _column in range(40))] * 3_000)
    ),
    "numbers of 100,000 digits": lambda: word(table(f"<w:tc>{paragraph('9' * 100_000)}</w:tc>" * 4)),
}


def mutated(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yields (kind, content): right files of each kind with some bytes changed, taken out or repeated.

    Changes within a package are made before packing, so that they reach the reader of its parts.
    """
    chance = random.Random(seed)
    people = rosters.people(chance, 5)
    programme, roster = (
        programme_documents.word().getvalue(),
        rosters.build(people, rosters.Style(), chance),
    )
    for number in range(count):
        kind = ("docx", "xlsx", "gift")[number % 3]
        if kind == "gift":
            yield kind, _changed(GIFT, chance)
            continue
        source = programme if kind == "docx" else roster
        yield kind, _changed(source, chance) if chance.random() < 0.2 else _with_changed_part(source, chance)


def _with_changed_part(content: bytes, chance: random.Random) -> bytes:
    parts = _parts(content)
    name = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    return packed(parts | {name: _changed(parts[name], chance)})


def _changed(content: bytes, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _change in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(made) or 1), chance.randint(1, 40)
        piece = made[at : at + length]
        made[at : at + length] = chance.choice((b"", bytes(piece) * 3, bytes([chance.randrange(256)]), piece[::-1]))
    return bytes(made)
