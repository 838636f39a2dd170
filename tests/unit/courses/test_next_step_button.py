"""One word for one deed: the button to the next step says the same on the home page and in the course."""

from types import SimpleNamespace
from typing import Any

import pytest

from lms.core.i18n import use_locale
from lms.web.course.presenters import deed_word


def item(state: str) -> Any:
    return SimpleNamespace(state=state, done=state == "done")


def topic(*states: str, state: str = "open") -> Any:
    items = [item(one) for one in states]
    return SimpleNamespace(state=state, required=items, left=[one for one in items if not one.done])


@pytest.mark.parametrize(
    ("step", "word"),
    [
        (SimpleNamespace(topic=topic("open", "open"), element=None), "Начать"),
        (SimpleNamespace(topic=topic("done", "open"), element=None), "Продолжить"),
        (SimpleNamespace(topic=topic("begun", state="begun"), element=None), "Продолжить"),
        (SimpleNamespace(topic=topic("done", "returned", state="returned"), element=None), "Доработать"),
        (SimpleNamespace(topic=None, element=item("open")), "Начать"),
        (SimpleNamespace(topic=None, element=item("begun")), "Продолжить"),
        (SimpleNamespace(topic=None, element=item("returned")), "Доработать"),
    ],
)
def test_button_names_the_deed(step: Any, word: str):
    with use_locale("ru"):
        assert deed_word(step) == word
