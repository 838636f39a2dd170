"""A mark of a gap is never shown raw in lists and names."""

import pytest

from assessment.questions.gift.parser import read_gift
from assessment.questions.model import RichText
from lms.web.self_checks.presenters import plain


@pytest.mark.parametrize(
    ("source", "shown"),
    [("Вода кипит при [[1]] градусах", "Вода кипит при ____ градусах"), ("[[1]] и [[12]]", "____ и ____")],
)
def test_list_shows_a_blank_for_each_gap(source: str, shown: str):
    assert plain(RichText(source, "plain")) == shown


def test_name_of_an_unnamed_question_has_no_marks():
    (question,) = read_gift("Столица Франции {=Париж}, Италии {=Рим}.").questions
    assert "[[" not in question.name
    assert "____" in question.name
