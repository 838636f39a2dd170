"""Paragraphs of a Word document, as they appear on the printed page."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from courses.importing.document import Paragraph
from courses.importing.word_numbering import Numbering
from lms.core.documents.ooxml import children, is_enabled, is_raised, parse_int, raise_digits, val_at

UNSEEN = {"del", "moveFrom", "Fallback", "pPr", "rPr", "instrText", "fldData", "footnoteReference", "sdtPr", "delText"}
"""Elements without visible text: deleted text, a field's code, the second copy of a drawing."""
MOST_CHAIN = 20
LONGEST_NAME = 100
"""Most characters of a style's name that are looked at."""


@dataclass
class _Style:
    """The properties of a style that the reader uses, read once."""

    name: str
    based_on: str
    bold: bool | None
    raised: bool
    outline: str | None
    list_id: str
    list_level: str


class Styles:
    """Paragraph and character styles with inheritance."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self._default = ""
        for element in root.iter("style") if root is not None else ():
            identity = element.get("styleId", "")
            name = (val_at(element, "name") or identity).lower()
            self._styles[identity] = _style(element, name)
            if element.get("type") == "paragraph" and element.get("default") in ("1", "true"):
                self._default = identity

    def chain(self, identity: str | None) -> list[_Style]:
        """Returns the style and the styles it is based on, nearest first."""
        found: list[_Style] = []
        identity = identity or self._default
        while identity in self._styles and len(found) < MOST_CHAIN:
            found.append(self._styles[identity])
            identity = self._styles[identity].based_on
        return found


def _style(element: Element, name: str) -> _Style:
    props = element.find("rPr")
    bold = is_enabled(props, "b") if props is not None and props.find("b") is not None else None
    return _Style(
        name=name[:LONGEST_NAME],
        based_on=val_at(element, "basedOn") or "",
        bold=bold,
        raised=is_raised(props),
        outline=val_at(element, "pPr", "outlineLvl"),
        list_id=val_at(element, "pPr", "numPr", "numId") or "",
        list_level=val_at(element, "pPr", "numPr", "ilvl") or "",
    )


class ParagraphReader:
    """Reads paragraphs. It counts numbered lists, so each paragraph must be read once and in order."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.styles = styles
        self.numbering = numbering

    def paragraph(self, element: Element) -> Paragraph:
        """Returns the paragraph without the text boxes anchored to it."""
        props = element.find("pPr")
        identity = val_at(props, "pStyle")
        chain = self.styles.chain(identity)
        names = [style.name for style in chain]
        runs = [run for run in _runs(element) if not self._is_hidden(run)]
        texts = [(run, raise_digits(_text(run)) if self._is_raised(run) else _text(run)) for run in runs]
        text = "".join(piece for _run, piece in texts)
        marker = self._marker(props, chain, identity or "")
        return Paragraph(
            text=text,
            level=_heading(props, chain),
            marker=marker,
            bold=bool(text.strip()) and all(self._is_bold(run, chain) for run, piece in texts if piece.strip()),
            is_title=bool(names) and names[0] in ("title", "название"),
            is_contents=any(name.startswith(("toc ", "оглавление")) for name in names),
        )

    def _is_hidden(self, run: Element) -> bool:
        return is_enabled(run.find("rPr"), "vanish")

    def _is_raised(self, run: Element) -> bool:
        props = run.find("rPr")
        if val_at(props, "vertAlign") is not None or val_at(props, "rStyle") is None:
            return is_raised(props)
        return any(style.raised for style in self.styles.chain(val_at(props, "rStyle")))

    def _is_bold(self, run: Element, chain: list[_Style]) -> bool:
        props = run.find("rPr")
        if props is not None and props.find("b") is not None:
            return is_enabled(props, "b")
        own = self.styles.chain(val_at(props, "rStyle")) if val_at(props, "rStyle") else []
        return next((style.bold for style in (*own, *chain) if style.bold is not None), False)

    def _marker(self, props: Element | None, chain: list[_Style], identity: str) -> str:
        """Returns the list bullet or number that the paragraph or its style asks for."""
        own = props.find("numPr") if props is not None else None
        if own is not None and val_at(own, "numId") is not None:
            list_id = val_at(own, "numId") or ""
            return self.numbering.next(list_id, parse_int(val_at(own, "ilvl"))) if list_id != "0" else ""
        for style in chain:
            if style.list_id:
                level = style.list_level or val_at(own, "ilvl")
                ilvl = parse_int(level) if level else self.numbering.level_of_style(style.list_id, identity)
                return self.numbering.next(style.list_id, ilvl)
        return ""


def _heading(props: Element | None, chain: list[_Style]) -> int:
    """Returns the heading level set by the paragraph or by its style."""
    levels = [val_at(props, "outlineLvl"), *(style.outline for style in chain)]
    outline = next((parse_int(level, 9) + 1 for level in levels if level is not None), 0)
    if 1 <= outline <= 9:
        return outline
    for style in chain:
        words = style.name.split()
        if len(words) == 2 and words[0] in ("heading", "заголовок") and words[1].isdigit():
            return int(words[1])
    return 0


def _runs(element: Element) -> list[Element]:
    """Returns the runs of text, including those in links and inserted text."""
    found = []
    for child in element:
        if child.tag == "r":
            found.append(child)
        elif child.tag not in UNSEEN and child.tag not in ("p", "tbl"):
            found += _runs(child)
    return found


SIGNS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "", "ptab": "\t"}


def _text(run: Element) -> str:
    parts = []
    for child in run:
        if child.tag == "t":
            parts.append(child.text or "")
        elif child.tag == "br":
            parts.append("\n")
        elif child.tag in SIGNS:
            parts.append(SIGNS[child.tag])
        elif child.tag == "AlternateContent":
            parts += [_text(choice) for choice in children(child) if choice.tag == "Choice"]
    return "".join(parts)


def text_boxes(element: Element) -> list[Element]:
    """Returns the contents of text boxes anchored to a paragraph, each once."""
    found = []
    for child in element:
        if child.tag == "txbxContent":
            found.append(child)
        elif child.tag not in ("Fallback", "del"):
            found += text_boxes(child)
    return found
