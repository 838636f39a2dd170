"""Domain packages give codes and values; only the modules listed here compose texts, each with its reason."""

from pathlib import Path

import pytest

from tests.support.wiring import Sources

ROOT = Path(__file__).parents[2]
DOMAIN = ("courses", "assessment", "lms.core", "lms.registry", "lms.lti")
CATALOGUE = "lms.core.i18n"
TRANSLATING = {
    *("_", "_l", "gettext", "lazy_gettext", "ngettext", "pgettext"),
    *("catalogue", "catalogue_ngettext", "catalogue_pgettext"),
}
GUIDE = "text of a guide, which names the menus and fields of one platform"
PRINTED = "printed in a document, in the document's language"
LETTER = "text of a letter, in the language of its recipient"
ALLOWED = {
    "assessment.certificates.typeset": PRINTED,
    "courses.class_list": PRINTED,
    "courses.groups.invitations": LETTER,
    "lms.core.disk": LETTER,
    "lms.core.documents.wording": PRINTED,
    "lms.core.notifications.letters": LETTER,
    "lms.core.people.email_change": LETTER,
    "lms.core.people.invitations": LETTER,
    "lms.lti.platforms.moodle": GUIDE,
    "lms.lti.platforms.other_platforms": GUIDE,
    "lms.lti.platforms.setup_guides": GUIDE,
}
"""Module → why it composes texts itself."""


def translating(sources: Sources) -> dict[str, list[str]]:
    """Returns module → the names by which it takes texts from the catalogue: imported functions, or the module."""
    found = {}
    for module, names in sources.names.items():
        taken = [name for name, full in names.items() if _translates(full)]
        if taken and module.startswith(DOMAIN) and module != CATALOGUE:
            found[module] = taken
    return found


def _translates(full_name: str) -> bool:
    package, _dot, name = full_name.rpartition(".")
    return full_name == CATALOGUE or package == "gettext" or (package == CATALOGUE and name in TRANSLATING)


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    return translating(Sources.of(ROOT, ("lms", "courses", "assessment"), without=("lms.migrations",)))


def test_domain_composes_no_texts(found: dict[str, list[str]]):
    assert {module: names for module, names in found.items() if module not in ALLOWED} == {}


def test_every_exception_is_needed(found: dict[str, list[str]]):
    assert set(ALLOWED) - set(found) == set()


@pytest.mark.parametrize(
    "line",
    [
        "from lms.core.i18n import _",
        "from lms.core.i18n import gettext as say",
        "from lms.core import i18n",
        "import lms.core.i18n as texts",
    ],
)
def test_finds_each_way_of_taking_a_text(line: str):
    assert translating(Sources({"courses.example": f"{line}\n"})) != {}


def test_formats_of_numbers_and_dates_are_allowed():
    assert translating(Sources({"courses.example": "from lms.core.i18n import format_hours, use_locale\n"})) == {}
