"""Messages of the current language: plural forms, contexts, fallbacks."""

from decimal import Decimal

import pytest

from lms.core import i18n

HOURS = ("%(num)s academic hour", "%(num)s academic hours")


@pytest.fixture(autouse=True)
def catalogue(tmp_path, monkeypatch):
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "one.po").write_text(
        'msgid "%(num)s academic hour"\nmsgid_plural "%(num)s academic hours"\n'
        'msgstr[0] "%(num)s час"\nmsgstr[1] "%(num)s часа"\nmsgstr[2] "%(num)s часов"\n\n'
        'msgid "Open"\nmsgstr "Открыть"\n\n#, fuzzy\nmsgid "Guessed"\nmsgstr "Угадано"\n',
        "utf-8",
    )
    (tmp_path / "ru" / "two.po").write_text('msgctxt "state"\nmsgid "Open"\nmsgstr "Открыта"\n', "utf-8")
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    monkeypatch.setattr(i18n, "_catalogues", {})
    i18n.compiled_catalogue.cache_clear()
    yield
    i18n.compiled_catalogue.cache_clear()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *[(0, "0 часов"), (1, "1 час"), (2, "2 часа"), (5, "5 часов"), (11, "11 часов"), (21, "21 час")],
        *[(Decimal("5.00"), "5.00 часов"), (Decimal("2.50"), "2.50 часа"), (Decimal("0.25"), "0.25 часа")],
        (1.5, "1.5 часа"),
    ],
)
def test_russian_plural_form_follows_number(number, text):
    with i18n.use_locale("ru"):
        assert i18n.ngettext(*HOURS, number) == text


@pytest.mark.parametrize(("number", "text"), [(1, "1 academic hour"), (Decimal("1.5"), "1.5 academic hours")])
def test_english_has_two_plural_forms(number, text):
    with i18n.use_locale("en"):
        assert i18n.ngettext(*HOURS, number) == text


def test_context_tells_equal_messages_apart():
    with i18n.use_locale("ru"):
        assert (i18n.gettext("Open"), i18n.pgettext("state", "Open")) == ("Открыть", "Открыта")


@pytest.mark.parametrize("message", ["", "Without a translation", "Guessed"])
def test_message_without_translation_stays_itself(message):
    with i18n.use_locale("ru"):
        assert i18n.gettext(message) == message
