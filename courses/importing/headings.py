"""Words that identify the parts of a programme: «Цель», «Кадровое обеспечение», «Список литературы»…"""

# ruff: noqa: E501 - words of headings are easier to read on long lines than broken

import re
from dataclasses import dataclass
from typing import Literal

Part = Literal[
    "name", "organization", "key_ideas", "goal", "tasks", "form", "audience", "workload", "staff", "equipment",
    "information", "literature", "outcomes", "plan", "contents", "attestation", "note", "conditions", "other",
]  # fmt: skip

ANY_CASE = re.IGNORECASE

STEMS: tuple[tuple[Part, str], ...] = (
    ("plan", r"(?:учебн\w*[\s\-–]*)?(?:тематическ\w+\s+план|учебн\w+\s+план|утп\b)|учебно\W{1,3}тематическ\w+"),
    ("other", r"календарн\w+|режим\s+заняти|расписани|оглавлени|документ\s+об|нормативн\w+[\s\-–]*правов|новизна|актуальност|"
              r"список\s+сокращени|вид\w*\s+(?:выдаваем|документ)|разработчик|составител|автор(?:ы|ск)?\b|рецензент|ожидаем\w+ эффект|"
              r"форма\s+документа|итоговый\s+документ|глоссари|приложени"),
    ("key_ideas", r"(?:(?:ключев|основн|ведущ|концептуальн|главн)\w+\s+)?иде[яи]\b|концепци"),
    ("tasks", r"(?:основн\w+\s+)?задач(?:[аи]|ами)\b"),
    ("goal", r"(?:основн\w+\s+|главн\w+\s+)?цел(?:ь|и|ью)\b"),
    ("workload", r"(?:нормативн\w+\s+|общ\w+\s+)?(?:срок\w*\s+(?:освоени|обучени|реализаци|стажиров|прохожд)|трудо[её]мкост|об[ъь][её]м\b|"
                 r"количество\s+(?:\w+\s+)?час|продолжительност|кол-во\s+час)"),
    ("attestation", r"(?:форм[аы]\s+(?:и\s+\w+\s+)?(?:итогов\w+\s+|текущ\w+\s+|промежуточн\w+\s+)?(?:аттестац|контрол)|"
                    r"оценочн\w+\s+(?:материал|средств)|критери[ий]\w*\s+(?:и\s+\w+\s+)?оцен|оценка\s+(?:качества|результат)|"
                    r"(?:итогов\w+|текущ\w+|промежуточн\w+)\s+(?:аттестац|контрол)|фонд\s+оценочн|критерии\b|система\s+оцен|"
                    r"формы\s+и\s+(?:методы|критерии)\s+(?:контрол|оцен)|порядок\s+(?:проведения\s+)?(?:итогов\w+\s+)?аттестац)"),
    ("form", r"форм[аы]\s+(?:обучени|освоени|реализаци|проведени|организаци|стажиров|участия)|^форма\b"),
    ("audience", r"категори[яи]\s+(?:обучающ|слушател|стаж[её]р|участник|педагог)|целев\w+\s+(?:аудитори|групп)|контингент|адресат|"
                 r"кому\s+адресован|для\s+кого|(?:категория|участники\s+стажиров\w+|обучающиеся|слушатели|стаж[её]ры)(?=\s*(?:[:–—-]|$))"),
    ("outcomes", r"планируем\w+\s+результат|(?:совершенствуем|формируем|развиваем)\w+\s+(?:профессиональн\w+\s+)?(?:трудов\w+\s+)?компетенц|"
                 r"ожидаем\w+\s+результат|результат\w*\s+(?:обучени|освоени|стажиров)|(?:профессиональн\w+\s+)?компетенции\b|перечень\s+компетенц"),
    ("staff", r"кадров\w+\s+(?:обеспечени|услови|ресурс|состав)|кадровое\b|кадры\b|педагогическ\w+\s+кадр"),
    ("equipment", r"материально\W{1,3}(?:техническ|технологич)\w+|техническ\w+\s+обеспечен|материальн\w+\s+(?:баз|обеспеч)"),
    ("information", r"(?:учебно\W{1,3})?информационн\w*(?:\W{1,3}методическ\w+)?\s+(?:и\s+[\w-]+\s+)?(?:обеспечени|услови|ресурс)|"
                    r"(?:учебно|программно|организационно|информационно)?\W{0,3}методическ\w+\s+(?:и\s+информационн\w+\s+)?обеспечен|"
                    r"информационн\w+\s+и\s+(?:учебно|методич)\w*"),
    ("literature", r"(?:список\s+)?(?:рекомендуем\w+\s+|использ\w+\s+|основн\w+\s+|дополнительн\w+\s+)?литератур|список\s+(?:использ\w+\s+)?источник|"
                   r"информационн\w+\s+источник|библиограф|(?:использ|рекомендуем)\w+\s+(?:источник|литератур)|источники\b|интернет\W{0,2}(?:ресурс|источник)|электронн\w+\s+ресурс"),
    ("contents", r"(?:структура|описание)\s+и\s+содержание|содержание\s+(?:программы|разделов|тем|обучени|стажиров|учебн|модул)|"
                 r"(?:рабоч\w+\s+)?программ[аы]\s+(?:учебн\w+\s+)?(?:модул|раздел|тем)|краткое\s+содержание|реферативн"),
    ("note", r"пояснительн\w+\s+записк|общ\w+\s+(?:характеристик|положени|сведени)|характеристик\w+\s+программ|паспорт|целевой\s+раздел|введение\b"),
    ("conditions", r"(?:организационно\W{1,3}педагогическ\w+\s+)?услови[яй]\s+(?:реализаци|обучени|организаци)|организационно\W{1,3}педагогическ\w+"),
    ("name", r"(?:полное\s+)?(?:наименовани|названи)\w*\s+(?:\w+\s+){0,2}программ|тема\s+(?:программы|стажировки)|тема\b(?=\s*:)|название\b(?=\s*:)"),
    ("organization", r"(?:наименовани\w+\s+)?(?:образовательн\w+\s+)?(?:организаци[яи]|учреждени[ея])(?=\s*(?::|$))|место\s+(?:проведения|стажировки)|"
                     r"(?:базов\w+\s+)?(?:стажировочн\w+\s+)?площадка(?=\s*(?::|$))|наименовани\w+\s+(?:ОО\b|площадк|стажировочн)"),
)  # fmt: skip

PREFIX = re.compile(
    r"^(?:(?:раздел|часть|глава|блок|section|part)\s+(?:\d+|[IVX]+)\s*[.:)–—-]*\s*|(?:\d{1,2}\.){1,4}\s*|\d{1,2}(?:\.\d{1,2}){1,3}\s+|"
    r"\d{1,2}[)\s]\s*|[IVXХІ]{1,5}[.)]\s*|[-–—•]\s+)",
    ANY_CASE,
)
TAIL = r"(?P<tail>[^:\n]{0,110}?)"
END = r"(?P<end>\s*:\s*|\s*\.\s*$|\.\s+(?=[А-ЯЁA-Z])|\s+[–—-]\s+|\s*$)"
LABELS = tuple((part, re.compile(rf"^(?:{stem})\w*{TAIL}{END}", ANY_CASE)) for part, stem in STEMS)
VERB = re.compile(
    r"^(?P<label>цел(?:ь|ью|и)|(?:(?:ключев|ведущ|основн|главн)\w+\s+)?иде\w+)\b(?P<tail>.{0,90}?)\s"
    r"(?:является|явля\w+|заключа\w+\s+в(?:\s+том\W{1,3}что(?:бы)?)?|состо[ия]т\w*\s+в(?:\s+том\W{1,3}что(?:бы)?)?)\s*:?\s*(?P<rest>.+)$",
    ANY_CASE | re.DOTALL,
)
TASKS_LEAD = re.compile(r"\bзадач\w*[^.:]{0,80}:\s*$", ANY_CASE)


@dataclass(frozen=True)
class Label:
    """The part that a line starts, its heading, and the text after the heading."""

    part: Part
    heading: str
    rest: str = ""


def without_number(text: str) -> str:
    """Returns a heading without its number («Раздел 1.», «1.1.»)."""
    return PREFIX.sub("", PREFIX.sub("", text, count=1), count=1) if PREFIX.match(text) else text


def find_label(text: str, is_heading: bool = False) -> Label | None:
    """Returns the part that a line starts; None for running text. ``is_heading``: the line is a heading or bold."""
    bare = without_number(text).strip(" *")
    verb = VERB.match(bare)
    if verb:
        part: Part = "goal" if verb["label"].lower().startswith("цел") else "key_ideas"
        return Label(part, verb["label"], verb["rest"].strip())
    for part, pattern in LABELS:
        match = pattern.match(bare)
        if match is None:
            continue
        rest = bare[match.end() :].strip()
        if _is_sentence(match["tail"], rest, match["end"], is_heading):
            continue
        return Label(part, bare[: match.end()].strip(" :.–—-"), rest)
    return None


def _is_sentence(tail: str, rest: str, end: str, is_heading: bool) -> bool:
    """Returns whether the words after the label make the line a sentence and not a heading."""
    if is_heading or end.strip() == ":":
        return False
    words = len(tail.split())
    if "." in end and rest:
        return words > 3
    if end.strip() in "–—-" and end.strip():
        return words > 5
    return words > 7 or bool(re.search(r"[,;(].*\s(?:что|котор)", tail)) or (end.strip() == "." and words > 4)
