"""Widths of texts without typesetting: an upper bound."""

from hypothesis import given
from hypothesis import strategies as st

from lms.core.documents.font_metrics import SANS, SERIF, SERIF_BOLD, metrics


def test_bold_is_wider_than_regular() -> None:
    assert metrics(SERIF_BOLD).width("Жираф", 10) > metrics(SERIF).width("Жираф", 10) > 0


def test_narrower_column_takes_no_fewer_lines() -> None:
    words = "Технологическая карта урока в цифровой среде"
    counts = [metrics(SANS).lines(words, 10, width) for width in (1000, 150, 80, 30, 10)]
    assert counts[0] == 1
    assert counts == sorted(counts)


@given(st.text(max_size=50), st.text(max_size=50), st.floats(20, 500))
def test_longer_text_takes_no_fewer_lines(one: str, two: str, width: float) -> None:
    face = metrics(SERIF)
    assert face.lines(f"{one} {two}", 12, width) >= face.lines(one, 12, width)
