"""Words that identify columns and rows of a thematic plan."""

# ruff: noqa: E501 - words of headings are easier to read on long lines than broken

import re

from courses.importing.document import collapse_spaces

ANY_CASE = re.IGNORECASE

NUMBER_HEADING = re.compile(r"^(?:№|n°|no?\.?$|#|п/?\s?п|номер|код\b(?!.*компет))", ANY_CASE)
SECTION_HEADING = re.compile(r"раздел|модул|блок|section|module", ANY_CASE)
TOPIC_HEADING = re.compile(r"\bтем[аы]?\b|\bтематик|topic|lesson", ANY_CASE)
NAME_HEADING = re.compile(r"наименован|назван|title|\bname\b", ANY_CASE)
CONTENT_HEADING = re.compile(r"содержани|дисциплин|учебн\w+ (?:элемент|материал)|перечень|contents?\b", ANY_CASE)
NOT_TITLE = re.compile(
    r"компетен|критери|показател|контрол|аттестац|форм[аы]\b|виды?\b|час|организац|учрежден|преподав|результат|литератур|оборуд|"
    r"\bдат[аы]\b|срок",
    ANY_CASE,
)
TOTAL_HEADING = re.compile(
    r"^(?:всего|итого|общ\w+|трудо[её]мк\w*|об[ъь][её]м|кол(?:ичест|-|\.\s*)?во|часы|часов|час\.?$|ч\.?$|σ|∑|сумма|total|hours)",
    ANY_CASE,
)
SUBTOTAL_HEADING = re.compile(r"аудитор|контактн|из них|в т(?:ом|\.)\s?ч(?:исле|\.)?.*(?:всего|итого)", ANY_CASE)
KIND_WORD = re.compile(
    r"лекц|практ|самост|семинар|дистан|лаборат|консульт|стажиров|тренинг|мастер|круглы|вебинар|онлайн|офлайн|аудит|очн|теор|"
    r"внеауд|\bср[сп]?\b|\bкср\b|\bпз\b|\bлз\b|\bлек\b|проект|выезд|интеракт|электрон|зач[её]т|экзам|аттест|контрол|"
    r"lecture|practi|seminar|self|remote|online",
    ANY_CASE,
)
KIND_ONLY = re.compile(
    r"(?:(?:интерактивн\w+|видео|онлайн|обзорн\w+|теоретическ\w+)[\s-]*)?(?:лекци[ияй]|лекционн\w+ заняти\w+|теоретическ\w+ заняти\w+|теори[яи]|"
    r"(?:практическ\w+|семинарск\w+|лабораторн\w+|выездн\w+|дистанционн\w+|очн\w+)\s(?:заняти\w+|работ\w+|обучени\w+)|практик[аи]|практикум\w?|"
    r"семинар\w?|вебинар\w?|консультаци[ияй]|самостоятельн\w+\s(?:работ\w+|заняти\w+|изучени\w+)|самоподготовка|мастер-класс\w?|тренинг\w?|"
    r"срс?|пз|лз|лекц?\.?|практ\.?|сам\. ?р(?:аб)?\.?)[.:]?(?:,? ?ч(?:ас\w*)?\.?)?",
    ANY_CASE,
)
"""A cell that names a kind of hours and nothing else."""
HOURS_GROUP = re.compile(
    r"час|трудо[её]мк|в том числе|в т\.\s?ч|из них|виды? (?:учебн|занят|работ)|об[ъь][её]м|нагрузк|hours", ANY_CASE
)
CONTROL_HEADING = re.compile(r"контрол|аттестац|оценивани|проверк|диагност|отч[её]тност|control|assessment", ANY_CASE)
FORM_HEADING = re.compile(
    r"(?:форм|вид|тип|метод)\w*[^а-яё]*(?:и \w+ )?.*(?:заняти|проведен|обучен|работ|организ|деятельн|реализ)|^форм[аы]\.?$|class form|form of class",
    ANY_CASE,
)
NOT_HOURS = re.compile(
    r"недел|\bдат[аы]\b|\bсрок|\bдень\b|\bдн[ияей]{1,2}\b|балл|человек|слушат|семестр|групп[аы]?\b|компетен|преподав|ауд\.? ?№|"
    r"кабинет|месяц|примечан|стоимост|руб",
    ANY_CASE,
)
WEEK_GROUP = re.compile(r"недел[^\W\d]*+.{0,40}\d|\d\W{0,3}(?:я|ая)?\W{0,2}нед|\bweek\b.{0,20}\d", ANY_CASE)
"""A column of one week: «Недели / 3», «3 неделя»."""
WEEK = re.compile(r"недел|\bweeks?\b", ANY_CASE)

TOTAL_ROW = re.compile(
    r"^\s*(?:в\s?с\s?е\s?г\s?о|и\s?т\s?о\s?г\s?о|общ(?:ее|ий|ая|ие)\s+(?:кол|об[ъь]|труд|итог|час)\w*|итог\s*:?$|сумма|total|∑|"
    r"(?:учебн\w+\s+)?(?:об[ъь][её]м|трудо[её]мкость)\s+(?:программы|курса|всего|итого|часов)|(?:общ\w+\s+)?количество\s+часов)\b(?!\w)",
    ANY_CASE,
)
SUBTOTAL_ROW = re.compile(
    rf"(?:{TOTAL_ROW.pattern}).*(?:раздел|модул|блок|тем[еы]\b|глав|част[ьи]\b|этап|section|module)|^\s*(?:по\s+)?(?:раздел|модул)\w*.*\b(?:итого|всего)\b",
    ANY_CASE,
)
OF_WHICH_ROW = re.compile(
    r"^\s*(?:(?:продолжение|окончание)(?:\s+(?:таблицы|плана).*)?|в\s+том\s+числе|из\s+них|в\s+т\.\s?ч\.?)\s*:?\s*$",
    ANY_CASE,
)
FINAL_ROW = re.compile(r"итогов|аттестац|экзамен|защит|вступит|входн|введение$|выходн|заключител|final|entry", ANY_CASE)
INTERIM_ROW = re.compile(r"промежуточн|текущ|рубежн|по (?:раздел|модул|тем)|interim", ANY_CASE)

UNITS = re.compile(
    r"(?<!\s)\s*+(?:[,;(–—-]\s*+(?:в\s++)?(?:кол(?:ичест|-)во\s++)?(?:ак(?:ад)?\w*\.?\s*+|уч\w*\.?\s*+)?(?:ч|час|часа|часов|часы|h|hours)\.?\s*+\)?)\s*+$",
    ANY_CASE,
)


def title_rank(heading: str) -> int:
    """Returns how surely a heading names the column of titles; 0 if it does not."""
    sections_or_topics = bool(SECTION_HEADING.search(heading) or TOPIC_HEADING.search(heading))
    if NAME_HEADING.search(heading) and sections_or_topics:
        return 5
    if NOT_TITLE.search(heading):
        return 0
    if sections_or_topics:
        return 4
    if NAME_HEADING.search(heading) and not re.search(r"программ", heading, ANY_CASE):
        return 3
    return 2 if CONTENT_HEADING.search(heading) else 0


def kind_name(heading: str) -> str:
    """Returns the heading without units and footnote marks: «Лекции, ч.*» becomes «Лекции»."""
    text = collapse_spaces(heading).rstrip("*†‡⁰¹²³⁴⁵⁶⁷⁸⁹ ").strip()
    text = UNITS.sub("", text).strip(" :;,–—-")
    return text[:1].upper() + text[1:] if text.islower() else text
