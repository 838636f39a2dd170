"""Cell formats of a workbook, and the texts that a person may have typed before Excel converted them to a date.

A typed «1.1» (a topic's number, or one and a tenth) becomes 1 January, «1.13» January 2013, «1.2.3» 1 February 2003.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element

from lms.core.documents.ooxml import is_enabled, parse_int

BUILT_IN_DATES = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
BUILT_IN_CODES = {16: "d-mmm", 17: "mmm-yy"}
NOT_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
EPOCH = date(1899, 12, 30)
EPOCH_1904 = date(1904, 1, 1)
MOST_DAYS = 80_000
BUILT_IN_TIMES = {*range(18, 22), *range(45, 48)}
TIME_CODE = re.compile(r"h\W*+m", re.IGNORECASE)
MOST_DAYS_OF_HOURS = 42
"""Most days that a sum of hours makes; a larger number with the format of a time is something else."""


class Formats:
    """Date and bold formats of the workbook's cell styles."""

    def __init__(self, styles: Element | None, since_1904: bool) -> None:
        self.since_1904 = since_1904
        self._codes: dict[int, str] = {}
        self._cells: list[tuple[int, int]] = []
        self._bold: list[bool] = []
        self._dates: dict[int, bool] = {}
        self._times: dict[int, bool] = {}
        if styles is None:
            return
        for one in styles.iter("numFmt"):
            self._codes[parse_int(one.get("numFmtId"))] = one.get("formatCode", "")
        fonts, cells = styles.find("fonts"), styles.find("cellXfs")
        self._bold = [is_enabled(font, "b") for font in fonts] if fonts is not None else []
        if cells is not None:
            self._cells = [(parse_int(xf.get("numFmtId")), parse_int(xf.get("fontId"))) for xf in cells]

    def code(self, style: int) -> str:
        """Returns the format code without quoted text, colours and conditions."""
        identity = self._cells[style][0] if 0 <= style < len(self._cells) else 0
        return NOT_CODE.sub("", self._codes.get(identity, BUILT_IN_CODES.get(identity, ""))).lower().split(";")[0]

    def is_date(self, style: int) -> bool:
        """Returns whether cells of this style show a date."""
        if style not in self._dates:
            self._dates[style] = self._shows_date(style)
        return self._dates[style]

    def _shows_date(self, style: int) -> bool:
        identity = self._cells[style][0] if 0 <= style < len(self._cells) else 0
        if identity in BUILT_IN_DATES:
            return True
        code = self.code(style)
        return identity in self._codes and "general" not in code and bool(re.search(r"[dy]|m{3}", code))

    def is_time(self, style: int) -> bool:
        """Returns whether cells of this style show hours and minutes."""
        if style not in self._times:
            self._times[style] = self._shows_time(style)
        return self._times[style]

    def _shows_time(self, style: int) -> bool:
        identity = self._cells[style][0] if 0 <= style < len(self._cells) else 0
        code = self._codes.get(identity, "")
        return identity in BUILT_IN_TIMES or (bool(TIME_CODE.search(code)) and not self.is_date(style))

    def is_bold(self, style: int) -> bool:
        """Returns whether cells of this style are bold."""
        font = self._cells[style][1] if 0 <= style < len(self._cells) else 0
        return 0 <= font < len(self._bold) and self._bold[font]


def time_text(days: Decimal) -> str:
    """Returns a part of a day as hours and minutes: 2:00."""
    hours, minutes = divmod(int((days * 24 * 60).to_integral_value()), 60)
    return f"{hours}:{minutes:02d}"


def date_readings(serial: Decimal, code: str, since_1904: bool) -> tuple[str, ...]:
    """Returns the texts that may have been typed, most likely first; empty if the number is no date."""
    if not 0 < serial < MOST_DAYS:
        return ()
    day = (EPOCH_1904 if since_1904 else EPOCH) + timedelta(days=int(serial))
    return _readings(day, only_month=bool(code) and "d" not in code and "y" in code)


def iso_readings(text: str) -> tuple[str, ...]:
    """Returns the same for a date stored as ISO text."""
    try:
        return _readings(datetime.fromisoformat(text).date(), only_month=False)
    except ValueError:
        return ()


def _readings(day: date, only_month: bool) -> tuple[str, ...]:
    short, year = f"{day.day}.{day.month}", day.year % 100
    month = f"{day.month}.{year}"
    three = f"{short}.{year}"
    # 1.10 may be the topic's tenth. Month before day is no Russian order, but foreign files have it.
    turned = f"{day.month}.{day.day}"
    return (month, three, short) if only_month else (short, three, turned, month)
