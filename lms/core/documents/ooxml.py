"""XML of office documents, parsed without entities and with local names, so that «strict» files parse the same way."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.ooxml_package import Package, damaged_file

MOST_DEPTH = 200
MOST_ELEMENTS = 600_000
MOST_RELATIONS = 50_000
MOST_ATTRIBUTES = 100
"""Attributes that count as one element more."""
WORDS_OF_FALSE = ("0", "false", "off", "none")


class _TooDeep(ValueError):
    """The XML is nested deeper, or has more elements, than any editor writes."""


class _Builder(TreeBuilder):
    """Builds the tree with local names, within limits."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self._depth += 1
        self._count += 1 + len(attrs) // MOST_ATTRIBUTES
        if self._depth > MOST_DEPTH or self._count > self._most:
            raise _TooDeep
        return super().start(local_name(tag), {local_name(name): value for name, value in attrs.items()})

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(local_name(tag))


def local_name(name: str) -> str:
    """Returns the name without its namespace."""
    return name.rpartition("}")[2]


def parse(content: bytes, most: int = MOST_ELEMENTS) -> Element:
    """Returns the root element of XML with at most so many elements.

    Raises ``UnreadableDocument`` for broken XML, a DTD or any custom entity.
    """
    parser = DefusedXMLParser(target=_Builder(most), forbid_dtd=True)
    try:
        parser.feed(content)
        root = parser.close()
    except DefusedXmlException as error:
        raise UnreadableDocument(code="document_with_entities") from error
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
    for one in parse(package.read(source), MOST_RELATIONS).iter("Relationship"):
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
