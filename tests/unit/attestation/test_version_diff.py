"""Difference of two versions of a work: the pieces restore both texts, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from assessment.attestation.version_diff import AROUND, FileKey, Piece, changes_of_files, changes_of_text, plain

WORDS = st.lists(st.sampled_from(["опыт", "вывод", "урок", "ё", ",", ".", " ", "\n", "  "]), max_size=40).map("".join)


def without(kind: str, pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if piece.kind != kind)


@given(WORDS, WORDS)
def test_pieces_restore_both_texts(before: str, after: str):
    pieces = changes_of_text(before, after)
    if before == after:
        assert pieces == []
    elif not any(piece.kind == "gap" for piece in pieces):
        assert (without("added", pieces), without("removed", pieces)) == (before, after)


def test_changed_word_is_one_piece():
    assert changes_of_text("Опыт с колбой", "Опыт с пробиркой") == [
        Piece("same", "Опыт с "),
        Piece("removed", "колбой"),
        Piece("added", "пробиркой"),
    ]


def test_unchanged_text_far_from_changes_is_omitted():
    same = "слово " * 500
    pieces = changes_of_text(f"{same}\nстарое\n{same}", f"{same}\nновое\n{same}")
    assert [piece.kind for piece in pieces] == ["gap", "same", "removed", "added", "same", "gap"]
    assert all(len(piece.text) <= AROUND for piece in pieces)


def test_long_changed_texts_are_shown_whole():
    before, after = "\n" * 50_000, "а\n" * 50_000
    assert [piece.kind for piece in changes_of_text(before, after)][:2] == ["removed", "added"]


def test_reports_added_removed_and_replaced_files():
    before = [FileKey("карта.docx", "1"), FileKey("фото.png", "2"), FileKey("план.pdf", "3")]
    after = [FileKey("карта.docx", "9"), FileKey("план.pdf", "3"), FileKey("вывод.pdf", "4")]
    found = changes_of_files(before, after)
    assert (found.added, found.removed, found.replaced) == (("вывод.pdf",), ("фото.png",), ("карта.docx",))
    assert not changes_of_files(before, before)


def test_plain_text_has_line_per_paragraph():
    assert plain("<h2>Ход</h2><table><tr><td>А &amp; Б</td><td>В</td></tr></table>") == "Ход\nА & Б\nВ\n"
