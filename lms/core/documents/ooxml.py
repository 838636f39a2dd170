"""XML of office documents, parsed without entities and with local names, so that «strict» files parse the same way."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.ooxml_package import Budget, Package, damaged_file, too_long

MOST_DEPTH = 200
ATTRIBUTES = 4
"""Attributes that take as much work as an element."""
WORDS_OF_FALSE = ("0", "false", "off", "none")
UNREAD = frozenset(
    (
        *(
            "bCs",
            "color",
            "highlight",
            "iCs",
            "kern",
            "lang",
            "noProof",
            "rFonts",
            "shd",
            "snapToGrid",
            "sz",
            "szCs",
            "u",
        ),
        *("bookmarkEnd", "bookmarkStart", "contextualSpacing", "ind", "jc", "keepLines", "keepNext", "proofErr"),
        *("lastRenderedPageBreak", "spacing", "suppressAutoHyphens", "textAlignment", "widowControl"),
        *("docGrid", "pgMar", "pgSz", "sectPr", "tblBorders", "tblCellMar", "tblInd", "tblLayout", "tblLook", "tblW"),
        *("tcBorders", "tcMar", "tcW", "trHeight", "vAlign"),
    )
)
"""Elements of form and layout that no reader looks at; they are half of a usual document."""


class _TooDeep(ValueError):
    """The XML is nested deeper than any editor writes."""


class _TooLong(ValueError):
    """The document has more elements or characters than one programme."""


class _Builder:
    """Builds a tree of elements with local names, within limits. Text after a child element is left out."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._open: list[Element] = []
        self._unread = 0
        """Depth below an element that is not read."""
        self._text: list[str] = []
        self._names: dict[str, str] = {}
        self._root: Element | None = None

    def start(self, tag: str, attributes: list[str]) -> None:
        """Opens an element; ``attributes`` alternates names and values."""
        if len(self._open) + self._unread >= MOST_DEPTH:
            raise _TooDeep
        name = self._local(tag)
        if self._unread or name in UNREAD:
            self._pass_over(attributes)
            return
        self._budget.elements -= 1 + len(attributes) // (2 * ATTRIBUTES)
        if self._budget.elements < 0:
            raise _TooLong
        self._take_text()
        names = map(self._local, attributes[::2])
        element = Element(name, dict(zip(names, attributes[1::2], strict=True)))
        if self._open:
            self._open[-1].append(element)
        else:
            self._root = element
        self._open.append(element)

    def _pass_over(self, attributes: list[str]) -> None:
        self._unread += 1
        self._budget.unread -= 1 + len(attributes) // (2 * ATTRIBUTES)
        if self._budget.unread < 0:
            raise _TooLong

    def end(self, _tag: str) -> None:
        """Closes the element."""
        if self._unread:
            self._unread -= 1
            return
        self._take_text()
        self._open.pop()

    def data(self, text: str) -> None:
        """Adds text to the open element."""
        self._budget.characters -= len(text)
        if self._budget.characters < 0:
            raise _TooLong
        if not self._unread:
            self._text.append(text)

    def close(self) -> Element | None:
        """Returns the root element."""
        return self._root

    def _take_text(self) -> None:
        if self._text and self._open and not len(self._open[-1]):
            self._open[-1].text = "".join(self._text)
        self._text.clear()

    def _local(self, name: str) -> str:
        """Returns the name without its namespace, which the parser puts before a bracket."""
        if name not in self._names:
            self._names[name] = name.rpartition("}")[2]
        return self._names[name]


def parse_part(package: Package, name: str, most: int | None = None) -> Element:
    """Returns the root element of a part. Raises ``UnreadableDocument`` for broken XML, a DTD, any custom entity, or a
    document longer than a programme.
    """
    builder = _Builder(package.budget)
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    # Its own handlers of elements repair names and copy attributes before they call the builder's: twice the time.
    parser.parser.StartElementHandler, parser.parser.EndElementHandler = builder.start, builder.end
    try:
        parser.feed(package.read(name, most))
        root = parser.close()
    except DefusedXmlException as error:
        raise UnreadableDocument(code="document_with_entities") from error
    except _TooLong as error:
        raise too_long() from error
    except (ParseError, ValueError, LookupError) as error:
        raise damaged_file() from error
    if not isinstance(root, Element):
        raise damaged_file()
    return root


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Returns the relations of a part: id → (last segment of the type, path of the target inside the package)."""
    folder, _slash, name = part.rpartition("/")
    source = f"{folder}/_rels/{name}.rels".lstrip("/")
    if not package.has(source):
        return {}
    found = {}
    for one in parse_part(package, source).iter("Relationship"):
        if one.get("TargetMode") != "External":
            kind = one.get("Type", "").rpartition("/")[2]
            found[one.get("Id", "")] = (kind, _resolve(folder, one.get("Target", "")))
    return found


def _resolve(folder: str, target: str) -> str:
    """Converts a target relative to its folder to a path from the package's root."""
    if target.startswith("/"):
        return target[1:]
    parts = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            del parts[-1:]
        elif step not in ("", "."):
            parts.append(step)
    return "/".join(parts)


def related(package: Package, part: str, kind: str) -> str | None:
    """Returns the path of the first related part of this kind that the package contains."""
    targets = (path for found, path in relations(package, part).values() if found == kind)
    return next((path for path in targets if package.has(path)), None)


def is_enabled(parent: Element | None, name: str) -> bool:
    """Returns whether a property such as ``<b/>`` is present and not set to false."""
    found = parent.find(name) if parent is not None else None
    return found is not None and found.get("val", "1").lower() not in WORDS_OF_FALSE


def val_at(parent: Element | None, *path: str) -> str | None:
    """Returns the ``val`` attribute of the element at the path."""
    for name in path:
        if parent is None:
            return None
        parent = parent.find(name)
    return parent.get("val") if parent is not None else None


RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def is_raised(properties: Element | None) -> bool:
    """Returns whether a run of text is superscript."""
    return val_at(properties, "vertAlign") == "superscript"


def raise_digits(text: str) -> str:
    """Returns superscript text in its own characters: the mark of a footnote is not part of the number before it."""
    return text.translate(RAISED)


def parse_int(text: str | None, otherwise: int = 0) -> int:
    """Parses a whole number below ten million in absolute value; ``otherwise`` for any other text."""
    try:
        number = int(text or "")
    except ValueError:
        return otherwise
    return number if abs(number) < 10_000_000 else otherwise


def children(parent: Element, *transparent: str) -> Iterator[Element]:
    """Yields the children, descending into wrappers such as content controls."""
    for child in parent:
        if child.tag in transparent:
            yield from children(child, *transparent)
        else:
            yield child
