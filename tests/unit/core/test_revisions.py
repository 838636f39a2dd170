"""Merging of fields by the revisions over which they were typed."""

from hypothesis import given
from hypothesis import strategies as st

from lms.core.overwritten import loses
from lms.core.revisions import merge, revision_of, revisions_of

TEXTS = st.sampled_from(["", "а", "б", "а\nб"])


def one(stored: str, typed: str, seen: str | None):
    return merge(stored={"x": stored}, typed={"x": typed}, seen={} if seen is None else {"x": revision_of(seen)})


def test_line_ends_do_not_change_the_revision():
    assert revision_of("а\r\nб") == revision_of("а\nб") == revision_of("а\rб")
    assert revision_of("а\nб") != revision_of("а б")


@given(before=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_merge_loses_no_change_of_either_side(before, mine, theirs):
    found = one(theirs, mine, before)
    if mine == before:
        assert found.values["x"] == theirs
    elif before in (theirs, mine) or mine == theirs:
        assert found.values["x"] == mine
    else:
        assert (found.conflicts, found.values["x"]) == ({"x": theirs}, theirs)


@given(st.dictionaries(st.sampled_from("абв"), TEXTS), st.dictionaries(st.sampled_from("абв"), TEXTS))
def test_text_typed_over_the_stored_one_is_saved(stored, typed):
    found = merge(stored=stored, typed=typed, seen=revisions_of(stored))
    assert (found.values, found.conflicts) == (stored | typed, {})


def test_field_without_a_revision_counts_as_typed_into_an_empty_one():
    assert one("", "новое", None).values == {"x": "новое"}
    assert one("чужое", "новое", None).conflicts == {"x": "чужое"}


def test_removed_passage_is_a_loss_and_typing_on_is_none():
    text = "Первый абзац о ходе урока. Второй абзац о выводах."
    assert loses(text, "Первый абзац о ходе урока.")
    assert loses("да", "")
    assert not loses(text, text + " Ещё.")
    assert not loses(text, text.replace("ходе ", ""))
    assert not loses("", "что угодно")
