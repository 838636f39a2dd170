"""Difference of two versions of a work: texts word by word, files by name and content. Without side effects."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
MOST_TOKENS = 2_000
"""Longest changed passage compared word by word; a longer one would take seconds and is shown whole."""
AROUND = 160
"""Unchanged characters shown on either side of a change."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage of text: ``same``, ``added``, ``removed``, or ``gap`` for an omission."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FileKey:
    """Name and content of a file, for comparison."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FileChanges:
    """Names of files that were added, removed, and replaced by other content."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    replaced: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.replaced)


def changes_of_text(before: str, after: str) -> list[Piece]:
    """Returns added and removed words with the text around them; empty if the texts are the same."""
    if before == after:
        return []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return list(_shortened(_merged(_by_lines(old, new))))


def _by_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if len(old) + len(new) > MOST_TOKENS:
        yield from (Piece("removed", "".join(old)), Piece("added", "".join(new)))
        return
    for tag, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[i:j]))
        else:
            yield from _by_words("".join(old[i:j]), "".join(new[k:n]))


def _by_words(before: str, after: str) -> Iterator[Piece]:
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if not old or not new or len(old) + len(new) > MOST_TOKENS:
        yield from (Piece("removed", before), Piece("added", after))
        return
    for tag, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[i:j]))
        else:
            yield from (Piece("removed", "".join(old[i:j])), Piece("added", "".join(new[k:n])))


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Returns pieces with neighbours of one kind joined; a lone space between two changes belongs to both."""
    found: list[Piece] = []
    removed = added = ""
    for piece in pieces:
        if piece.kind == "same" and (piece.text.strip() or not (removed or added)):
            found += _pair(removed, added)
            removed = added = ""
            found.append(piece)
        else:
            removed += piece.text if piece.kind != "added" else ""
            added += piece.text if piece.kind != "removed" else ""
    return _joined([*found, *_pair(removed, added)])


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    runs = groupby(pieces, key=lambda piece: piece.kind)
    return [Piece(kind, "".join(piece.text for piece in run)) for kind, run in runs]


def _pair(removed: str, added: str) -> list[Piece]:
    """Returns the removed and the added text, without the white space that both end with."""
    tail = ""
    while removed and added and removed[-1] == added[-1] and removed[-1].isspace():
        removed, added, tail = removed[:-1], added[:-1], removed[-1] + tail
    pieces = (Piece("removed", removed), Piece("added", added), Piece("same", tail))
    return [piece for piece in pieces if piece.text]


def _shortened(pieces: Sequence[Piece]) -> Iterator[Piece]:
    for place, piece in enumerate(pieces):
        if piece.kind != "same" or len(piece.text) <= 3 * AROUND:
            yield piece
            continue
        if place > 0:
            yield Piece("same", piece.text[:AROUND])
        yield Piece("gap", "…")
        if place + 1 < len(pieces):
            yield Piece("same", piece.text[-AROUND:])


def changes_of_files(before: Iterable[FileKey], after: Iterable[FileKey]) -> FileChanges:
    """Returns which files were added, removed, or replaced by another of the same name."""
    old, new = set(before), set(after)
    came, went = {key.name for key in new - old}, {key.name for key in old - new}
    replaced = came & went
    return FileChanges(
        added=tuple(sorted(came - replaced)), removed=tuple(sorted(went - replaced)), replaced=tuple(sorted(replaced))
    )


def plain(markup: str) -> str:
    """Returns the text of a preview's HTML: one line for each paragraph, cell or item."""
    lines = re.sub(r"(?i)<br\s*/?>|</(p|h\d|li|tr|td|th|div)>", "\n", markup)
    text = html.unescape(re.sub(r"<[^>]+>", "", lines))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"
