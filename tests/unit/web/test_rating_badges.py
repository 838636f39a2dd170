"""Badges of a self-assessment: «only one sheet» is said of one sheet, not of none."""

from decimal import Decimal

import pytest

from assessment.ratings.scoring import Growth
from lms.core.i18n import use_locale
from lms.web.ratings.presenters import growth_sign


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (None, None, "пока без оценки"),
        (Decimal(3), None, "есть только один лист"),
        (None, Decimal(4), "есть только один лист"),
    ],
)
def test_badge_names_how_many_sheets_there_are(before: Decimal | None, after: Decimal | None, word: str):
    growth = Growth(before, after, None, asked=1, rated_before=int(before is not None), rated_after=1, rated_twice=0)
    with use_locale("ru"):
        assert growth_sign(growth).word == word
