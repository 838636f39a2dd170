"""PDF of the certificate: content, metadata, conformance, and extreme texts."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assessment.certificates.kinds import DocumentKind, kind_name, kind_problem
from assessment.certificates.typeset import (
    TEMPLATE,
    CertificateFacts,
    bare_page,
    page,
    set_page,
    typeset,
    verification_address,
)
from lms.core.documents import typesetter as typesetting
from lms.core.documents.font_coverage import printable
from lms.core.i18n import use_locale
from tests.factories.certificates import CODE, FACTS, facts
from tests.support.pdf import opened, squeezed, texts
from tests.support.thoroughness import examples

TEXTS = (
    "name",
    "programme_title",
    "site_theme",
    "site_organization",
    "issuer",
    "place",
    "signer_position",
    "signer_name",
    "licence",
    "basis",
)
MM = 72 / 25.4


def shown(value: CertificateFacts) -> str:
    return squeezed(texts(typeset(value))[0])


def test_page_contains_all_facts_in_russian() -> None:
    text = shown(FACTS)
    for words in (
        "Сертификат",
        "о прохождении стажировки",
        "Пробная Инна Олеговна",
        "«Игровые приёмы на уроке чтения»",
        "«Чтение с увлечением»",
        "Школа № 7 города Верхнереченска",
        "36 академических часов",
        "2 ноября – 18 декабря 2026 года",
        "№ 2026-С-0048",
        "21 декабря 2026 года",
        "г. Верхнереченск",
        "Директор",
        "Образцов Иван Ильич",
        "М. П.",
        "подпись",
        CODE,
        "example.org/verify",
    ):
        assert squeezed(words) in text, words


def test_page_uses_language_of_programme_not_of_reader() -> None:
    english = facts(language="en", programme_title="Reading games", site_theme="Reading with delight")
    with use_locale("ru"):
        text = shown(english)
    for words in ("Certificate", "“Reading games”", "36 academic hours", "2 November – 18 December 2026", "signature"):
        assert squeezed(words) in text, words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (DocumentKind.STATEMENT, "Справка о стажировке"),
        (DocumentKind.ADVANCED_TRAINING, "Удостоверение о повышении квалификации"),
    ],
)
def test_each_kind_has_own_title(kind: DocumentKind, words: str) -> None:
    text = shown(facts(kind=kind, licence="Лицензия № 15", basis="Протокол № 3"))
    assert squeezed(words) in text
    assert "Лицензия№15" in text and "ОснованиеПротокол№3" in text


def test_missing_facts_leave_no_label() -> None:
    assert "Местовыдачи" not in shown(facts(place=""))
    assert "Основание" not in shown(FACTS)


def test_pdf_is_one_tagged_landscape_a4_page_with_language_title_and_alternative_text() -> None:
    with opened(typeset(FACTS)) as pdf:
        assert len(pdf.pages) == 1
        assert [float(side) for side in pdf.pages[0].MediaBox[2:]] == pytest.approx([297 * MM, 210 * MM], abs=0.1)
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.Root.Lang).startswith("ru")
        with pdf.open_metadata() as xmp:
            assert xmp["pdfaid:part"] == "2" and xmp["pdfaid:conformance"] == "B"
            assert xmp["pdfuaid:part"] == "1"
            assert "2026-С-0048" in xmp["dc:title"]
        alternatives = [
            str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        ]
        assert any(FACTS.verify_url in text for text in alternatives)


def test_pdf_embeds_font_subsets_with_unicode_map() -> None:
    with opened(typeset(FACTS)) as pdf:
        fonts = list(pdf.pages[0].Resources.Font.values())
        assert len(fonts) == 3
        for font in fonts:
            assert "+" in str(font.BaseFont) and "/ToUnicode" in font
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def test_pdf_has_no_actions_forms_or_encryption() -> None:
    with opened(typeset(FACTS)) as pdf:
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(pdf.Root.keys())
        assert "/Encrypt" not in pdf.trailer


def test_same_facts_give_same_bytes() -> None:
    assert typeset(FACTS) == typeset(replace(FACTS))
    assert typeset(FACTS) != typeset(facts(name="Пробный Илья Олегович"))


def test_address_omits_scheme_and_code() -> None:
    assert verification_address(f"https://a.ru/verify/{CODE}", CODE) == "a.ru/verify"
    assert verification_address(f"https://a.ru/verify/{CODE.replace('-', '')}", CODE) == "a.ru/verify"
    assert verification_address("https://a.ru/check?code=1", CODE) == "a.ru/check?code=1"
    assert verification_address(f"http://127.0.0.1:8000/verify/{CODE}", CODE) == "http://127.0.0.1:8000/verify"


def test_rejects_long_text_and_reversed_dates() -> None:
    with pytest.raises(ValueError, match="name"):
        facts(name="Щ" * 601)
    with pytest.raises(ValueError, match="started_on"):
        facts(finished_on=date(2026, 11, 1))


def test_reports_characters_missing_from_fonts() -> None:
    assert facts(name="Ли 李").unprintable == {"name": "李"}
    assert FACTS.unprintable == {}


def test_advanced_training_needs_licence_and_sixteen_hours() -> None:
    kind = DocumentKind.ADVANCED_TRAINING
    with use_locale("ru"):
        assert "лиценз" in kind_problem(kind, Decimal(72), licensed=False).message
        assert "16" in kind_problem(kind, Decimal("15.75"), licensed=True).message
        assert kind_name(kind) == "Удостоверение о повышении квалификации"
    assert kind_problem(kind, Decimal(16), licensed=True) is None
    assert kind_problem(DocumentKind.CERTIFICATE, Decimal(1), licensed=False) is None


def image(value: CertificateFacts) -> Image.Image:
    """Returns the page in grey, 4 pixels per millimetre."""
    with use_locale(value.language):
        data = typesetting._printable(page(value))
    main = typesetting._main(TEMPLATE, data, {"qr": typesetting.qr_svg(value.verify_url)})
    png = typesetting.typesetter()._compiler().compile(main, format="png", ppi=4 * 25.4)
    return Image.open(io.BytesIO(png)).convert("L")


def blank(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> bool:
    """Returns whether the rectangle, in millimetres, is white."""
    return picture.crop((int(left * 4), int(top * 4), int(right * 4), int(bottom * 4))).getextrema() == (255, 255)


def in_its_frame(value: CertificateFacts) -> bool:
    picture = image(value)
    gaps = [
        (0, 0, 297, 7.5),
        (10.5, 10.5, 286, 19),
        (10.5, 191.5, 286, 199.5),
        (73, 20, 79.5, 190),
        (83.5, 20, 91, 190),
        (280.5, 11, 286, 199),
    ]
    drawn = not blank(picture, 92, 40, 200, 70) and not blank(picture, 18, 20, 72, 74)
    return drawn and all(blank(picture, *gap) for gap in gaps)


LONG = "Средняя общеобразовательная школа с углублённым изучением отдельных предметов имени первых учителей "
EXTREMES = {
    "words of three hundred letters": "Щ" * 300,
    "three hundred letters in words": ("Жирафщика " * 30).strip(),
    "long names of schools": (LONG * 3)[:300],
    "five hundred, as the database keeps": ("Педагогическая мастерская " * 20)[:500],
    "narrow letters": "i " * 150,
    "nothing": "",
}


@pytest.mark.parametrize("text", EXTREMES.values(), ids=EXTREMES.keys())
def test_longest_texts_in_all_areas_stay_in_frames(text: str) -> None:
    everywhere = facts(**dict.fromkeys(TEXTS, text))
    assert in_its_frame(everywhere)
    assert squeezed(printable(text)) in shown(everywhere)


def test_ordinary_page_stays_in_frame() -> None:
    assert in_its_frame(FACTS)
    assert in_its_frame(facts(number_text="ИМЦ-ВЕРХНЕРЕЧЕНСК/2026-СП-0000001", hours=Decimal("1023.75")))


@settings(max_examples=examples(40))
@given(st.dictionaries(st.sampled_from(TEXTS), st.text(max_size=300)), st.sampled_from(["ru", "en"]))
def test_any_text_gives_one_page(changes: dict[str, str], language: str) -> None:
    with opened(typeset(facts(language=language, **changes))) as pdf:
        assert len(pdf.pages) == 1


@settings(max_examples=examples(40))
@given(st.text(alphabet='#$*_@<>\\`"[]{}()=-+/~&;: Жя9', min_size=1, max_size=80))
def test_markup_in_name_is_printed_literally(name: str) -> None:
    assert squeezed(printable(name)) in shown(facts(name=name))


WORDS = st.lists(
    st.sampled_from(["Щука", "и", "общеобразовательное", "УЧРЕЖДЕНИЕ", "№ 35", "«урок»", "iii", "кейс-метод", "WWW"]),
    min_size=1,
    max_size=18,
).map(" ".join)


@settings(max_examples=examples(60))
@given(st.fixed_dictionaries({"name": WORDS, "programme_title": WORDS}, optional=dict.fromkeys(TEXTS[2:], WORDS)))
def test_predicted_fit_gives_same_bytes_as_measured_fit(changes: dict[str, str]) -> None:
    value = facts(**changes)
    with use_locale("ru"):
        known = page(value)
    measured = {**known, "roomy": dict.fromkeys(known["roomy"], False)}
    assert set_page(known, value) == set_page(measured, value)


def test_ordinary_pages_are_predicted_to_fit() -> None:
    with use_locale("ru"):
        assert all(page(FACTS)["roomy"].values())


def test_file_date_is_date_of_issue() -> None:
    with opened(typeset(FACTS)) as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261221")


def test_bare_page_equals_page_of_same_facts() -> None:
    assert bare_page(FACTS)() == typeset(FACTS)
