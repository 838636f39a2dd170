"""The programme's title among the lines of the title page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from courses.importing.document import collapse_spaces
from courses.importing.title_page import MARKER, NAMED_ORGANIZATION, ORGANIZATION, TOPIC, FrontLine, quoted

ANY_CASE = re.IGNORECASE

NAMES = re.compile(
    r"^\W*(?:(?:наименование|название|тема)\W|(?:\w+\W+){0,6}?(?:по|на|к)\s+(?:\w+\W+){0,4}?программ)", ANY_CASE
)
"""Beginnings of lines in which «программы» or «программе» comes before the title."""
OBLIQUE = re.compile(r"программ[ыеу]\b", ANY_CASE)
VERB = re.compile(
    r"^[^\w«“„\"]*(?:\w+\s+){0,2}?(?:\w{0,6}(?:считан|работан|назначен|готовлен|ставлен|нят|правлен|твержд[её]н|добрен|смотрен|здан|зван|риентирован|полнен|"
    r"строен|дресован|ласован|мендован)[аы]?|реализу\w+|состоит|содержит|включает|предусматривает|представля\w+|обеспечивает|соответствует|является|"
    r"проводится|позволяет|осваивается|длится)\b",
    ANY_CASE,
)
"""Words with which a sentence about the programme goes on."""
ASIDE = re.compile(
    r"^(?:\W*+(?:в\s+(?:форме|рамках|соответствии|объ[её]ме)|на\s+базе|по\s+(?:направлению|профилю))|"
    r"(?:(?:дополнительн|профессиональн|повышени|квалификаци|переподготовк|стажировк|педагогическ|работник)\w*\b|\W)+$)",
    ANY_CASE,
)
"""Lines between «Программа» and the title that are not part of it."""
AUDIENCE = re.compile(
    r"^\W*для\s+(?:\w+\s+){0,2}?(?:учител|педагог|воспитател|руководител|работник|специалист|методист|преподавател|слушател|стаж[её]р|наставник|тьютор|директор|заместител|психолог|логопед)\w*",
    ANY_CASE,
)
STOP = re.compile(
    r"\b20\d\d\b|\b\d+\s*(?:ак\w*\.?\s*|уч\w*\.?\s*)?ч(?:ас|\.|\b)|^\W*(?:автор|состав|разработ|рецензент|об[ъь][её]м|трудо[её]мк|срок|категори|форма|"
    r"руководител|город|г\.\s|пос[её]лок|с\.\s|целев|количеств|направлен)",
    ANY_CASE,
)
INLINE_TOPIC = re.compile(r"\b(?:по|на)\s+тем[еу]\b\s*:?", ANY_CASE)
CLOSED_QUOTES = re.compile(r"«[^«»]*»|„[^“”]*[“”]|“[^”]*”|\"[^\"]*\"")
OPENED = re.compile(r"[«“„]")
TITLE_LINES = 8
"""Number of lines after «Программа стажировки» that are searched for the title."""
QUOTED, MARKED, STYLED = 3, 2, 1


@dataclass(frozen=True)
class TitleReading:
    """A possible title with the lines that contain it; a higher ``rank`` is more likely."""

    title: str
    lines: tuple[FrontLine, ...]
    rank: int


def find_titles(lines: list[FrontLine]) -> list[TitleReading]:
    """Returns the possible titles, the most likely first."""
    found = [reading for reading in _readings([line for line in lines if not line.is_stamp]) if reading.title]
    return sorted(found, key=lambda reading: -reading.rank)


def _readings(lines: list[FrontLine]) -> Iterator[TitleReading]:
    for start in range(len(lines) - 1, -1, -1):
        after = _after_marker(lines[start])
        if after is not None:
            yield _titled(after, lines[start : start + TITLE_LINES])
    for line in lines:
        if TOPIC.match(line.text):
            yield TitleReading(_clean(line.text), (line,), STYLED)
    styled = tuple(line for line in lines if line.is_title and not MARKER.fullmatch(line.text.strip(" .:")))
    yield TitleReading(_clean(" ".join(line.text for line in styled)), styled, STYLED)


def _after_marker(line: FrontLine) -> str | None:
    """Returns the text after «Программа стажировки»; None for a line that does not announce the title: a label such as
    «Объём программы», or a sentence such as «Программа рассчитана на 24 часа».
    """
    match = _marker(line.text)
    if match is None or VERB.match(line.text[match.end() :]):
        return None
    if OBLIQUE.match(match[0]) and not NAMES.match(line.text):
        return None
    return line.text[match.end() :]


def _marker(text: str) -> re.Match[str] | None:
    """Returns the first «программа» outside quotation marks."""

    def is_outside(match: re.Match[str]) -> bool:
        return not OPENED.search(CLOSED_QUOTES.sub("", text[: match.start()]))

    return next(filter(is_outside, MARKER.finditer(text)), None)


def _titled(after: str, lines: list[FrontLine]) -> TitleReading:
    """Returns the title in quotation marks, over several lines if needed, else the lines up to the next fact."""
    following = takewhile(lambda line: _marker(line.text) is None, lines[1:])
    window = _from_topic([after, *(line.text for line in following)])
    kept = _lines_of_title(window)
    used = tuple(lines[i] for i in kept)
    inside = quoted("\n".join(window[i] for i in kept))
    if inside:
        return TitleReading(inside, used, QUOTED)
    plain = [text for i in kept if (text := window[i].strip(" .:,–—-")) and not NAMED_ORGANIZATION.search(text)]
    return TitleReading(_clean(" ".join(plain)), used, MARKED)


def _from_topic(window: list[str]) -> list[str]:
    """Empties the text before «по теме», if one of the lines says so outside quotation marks."""
    for i, text in enumerate(window):
        outside = _outside_quotes(text)
        match = INLINE_TOPIC.search(outside) or TOPIC.match(outside)
        if match:
            return [*[""] * i, text[match.end() :], *window[i + 1 :]]
        if outside != text or (i and STOP.search(text)):
            break
    return window


def _outside_quotes(text: str) -> str:
    """Returns the text before the first quotation mark."""
    return re.split(r"[«“„\"]", text, maxsplit=1)[0]


def _lines_of_title(window: list[str]) -> list[int]:
    """Returns indexes of the lines up to workload, year, author…, without those that name an organisation, the
    audience or the kind of the programme.

    Nothing ends the title inside open quotation marks: it may contain «для учителей» or «36 часов».
    """
    kept: list[int] = []
    is_open = False
    for i, text in enumerate(window):
        before = _outside_quotes(text)
        has_title = any(sign.isalnum() for k in kept for sign in window[k])
        if not is_open and i and (STOP.search(before) or (has_title and AUDIENCE.match(before))):
            break
        if not is_open and _is_aside(before, text):
            continue
        kept.append(i)
        is_open = (is_open or bool(re.search(r"[«“„]", text))) and not re.search(r"[»”]\W*$", text)
    return kept


def _is_aside(before: str, text: str) -> bool:
    """Returns whether the line names an organisation, the audience or the kind of the programme, and no title."""
    has_quotes = before != text
    if has_quotes and (ORGANIZATION.search(before) or re.match(r"^\W*(?:в\s+рамках|на\s+базе)", before, ANY_CASE)):
        return True
    return not has_quotes and bool(AUDIENCE.match(text) or ASIDE.match(text))


def _clean(text: str) -> str:
    """Returns a title without surrounding quotation marks, «по теме» and a final full stop."""
    text = TOPIC.sub("", collapse_spaces(text)).strip(" :–—-")
    inside = quoted(text)
    if inside and len(inside) >= len(text) - 6:
        return inside
    return text.rstrip(".").strip()
