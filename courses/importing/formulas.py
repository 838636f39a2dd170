"""Arithmetic of a worksheet: SUM over cells and ranges, + − × ÷, brackets.

This covers the sums of a thematic plan. Any other formula raises :class:`UnsupportedFormula`, and the stored value is
used instead.
"""

import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation

MOST_CELLS = 20_000
MOST_LENGTH = 2000
MOST_NESTING = 40

TOKEN = re.compile(
    r"""(?<!\s)\s*+(?:
    (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<range>(?:(?:'[^']+'|[^\W\d][\w.]*)!)?\$?[A-Za-z]{1,3}\$?\d{1,7}(?::\$?[A-Za-z]{1,3}\$?\d{1,7})?(?![\w(]))
  | (?P<name>[^\W\d][\w.]*)
  | (?P<sign>[-+*/(),;%^])
)""",
    re.VERBOSE,
)
CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")

CellAddress = tuple[str, int, int]
"""Sheet (empty: the formula's own), row and column, both from 0."""
Lookup = Callable[[CellAddress], Decimal | None]
"""Returns the number in a cell; None if it holds no number."""


class UnsupportedFormula(Exception):
    """The formula exceeds plain arithmetic or cannot be computed."""


def column_index(letters: str) -> int:
    """Converts a column's letters to its index: A → 0, AA → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    """Converts a column's index to its letters: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def evaluate(formula: str, lookup: Lookup) -> Decimal:
    """Returns the value of a formula given without its leading «=». Raises ``UnsupportedFormula``."""
    if len(formula) > MOST_LENGTH:
        raise UnsupportedFormula
    try:
        return _Evaluation(formula, lookup).value()
    except (InvalidOperation, DivisionByZero, RecursionError) as error:
        raise UnsupportedFormula from error


def shift_formula(formula: str, rows: int, columns: int) -> str:
    """Returns the formula moved by a number of rows and columns, as shared formulas are stored."""

    def moved(match: re.Match[str]) -> str:
        if match["range"] is None:
            return match[0]
        sheet, mark, cells = match["range"].rpartition("!")
        return match[0][: match[0].index(match["range"])] + sheet + mark + MOVED.sub(one, cells)

    def one(match: re.Match[str]) -> str:
        fixed_column, letters, fixed_row, row = match.groups()
        column = letters if fixed_column else column_letters(max(column_index(letters) + columns, 0))
        return f"{fixed_column}{column}{fixed_row}{row if fixed_row else max(int(row) + rows, 1)}"

    return TOKEN.sub(moved, formula)


MOVED = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})")


class _Evaluation:
    """A recursive descent over expression, term and factor."""

    def __init__(self, formula: str, lookup: Lookup) -> None:
        self._tokens = list(_tokens(formula))
        self._lookup = lookup
        self._place = 0
        self._nesting = 0

    def value(self) -> Decimal:
        result = self._expression()
        if self._place < len(self._tokens):
            raise UnsupportedFormula
        return result

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._place] if self._place < len(self._tokens) else ("", "")

    def _take(self, *signs: str) -> str:
        kind, text = self._peek()
        if kind == "sign" and text in signs:
            self._place += 1
            return text
        return ""

    def _expression(self) -> Decimal:
        self._nesting += 1
        if self._nesting > MOST_NESTING:
            raise UnsupportedFormula
        result = self._term()
        while sign := self._take("+", "-"):
            result = result + self._term() if sign == "+" else result - self._term()
        self._nesting -= 1
        return result

    def _term(self) -> Decimal:
        result = self._factor()
        while sign := self._take("*", "/"):
            result = result * self._factor() if sign == "*" else result / self._factor()
        return result

    def _factor(self) -> Decimal:
        if sign := self._take("-", "+"):
            return -self._factor() if sign == "-" else self._factor()
        kind, text = self._peek()
        self._place += 1
        if kind == "number":
            return Decimal(text)
        if kind == "range":
            return _single(list(_cells(text, self._lookup)))
        if kind == "name":
            return self._function(text.upper())
        if (kind, text) == ("sign", "("):
            result = self._expression()
            self._close()
            return result
        raise UnsupportedFormula

    def _close(self) -> None:
        if not self._take(")"):
            raise UnsupportedFormula

    def _function(self, name: str) -> Decimal:
        if name not in ("SUM", "SUBTOTAL", "ROUND", "N") or not self._take("("):
            raise UnsupportedFormula
        arguments = [self._argument()]
        while self._take(",", ";"):
            arguments.append(self._argument())
        self._close()
        if name == "SUBTOTAL":
            if arguments[0] not in ([9], [109]):
                raise UnsupportedFormula
            arguments = arguments[1:]
        if name == "ROUND":
            return _round(*[_single(argument) for argument in arguments])
        return sum((value for argument in arguments for value in argument), Decimal(0))

    def _argument(self) -> list[Decimal]:
        kind, text = self._peek()
        following = self._tokens[self._place + 1 : self._place + 2]
        if kind == "range" and following and following[0][1] in (",", ";", ")"):
            self._place += 1
            return list(_cells(text, self._lookup))
        return [self._expression()]


def _round(value: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP)


def _tokens(formula: str) -> Iterator[tuple[str, str]]:
    place = 0
    formula = formula.strip()
    while place < len(formula):
        match = TOKEN.match(formula, place)
        if match is None or match.lastgroup is None:
            raise UnsupportedFormula
        yield match.lastgroup, match[match.lastgroup]
        place = match.end()


def _single(values: list[Decimal]) -> Decimal:
    if len(values) > 1:
        raise UnsupportedFormula
    return values[0] if values else Decimal(0)


def _cells(text: str, lookup: Lookup) -> Iterator[Decimal]:
    """Yields the numbers in the range, skipping cells without a number."""
    sheet, _mark, area = text.rpartition("!")
    sheet = sheet.strip("'").replace("''", "'")
    ends = [(int(row) - 1, column_index(letters)) for letters, row in CELL.findall(area)]
    (top, left), (bottom, right) = ends[0], ends[-1]
    top, bottom, left, right = min(top, bottom), max(top, bottom), min(left, right), max(left, right)
    if (bottom - top + 1) * (right - left + 1) > MOST_CELLS:
        raise UnsupportedFormula
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            found = lookup((sheet, row, column))
            if found is not None:
                yield found
