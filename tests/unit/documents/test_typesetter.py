"""The mechanism: same bytes for same data, threads, forks, broken templates, texts that look like markup."""

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.core.documents.font_coverage import printable
from lms.core.documents.typesetter import ROOT, Typesetter, TypesettingError, qr_svg, typesetter
from tests.support.pdf import opened, squeezed, texts
from tests.support.thoroughness import examples

NOON = datetime(2026, 12, 21, 12, tzinfo=UTC)
HOSTILE = '#let #panic() $x^2$ *b* _i_ @ref <tag> \\ \\u{41} `raw` // no /* no */ = h - l + n [a] {b} "q" \' ~ %'


PLAIN = Path(__file__).parent / "plain.typ"


def test_same_data_gives_same_bytes() -> None:
    first = typesetter().pdf(PLAIN, {"text": "Мир"}, created=NOON)
    assert Typesetter().pdf(PLAIN, {"text": "Мир"}, created=NOON) == first
    assert typesetter().pdf(PLAIN, {"text": "Мир"}, created=NOON.replace(hour=13)) != first


def test_file_claims_its_standards() -> None:
    pdf = typesetter().pdf(PLAIN, {"text": "Мир"}, created=NOON)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


def test_markup_in_text_is_printed_as_text() -> None:
    pdf = typesetter().pdf(PLAIN, {"text": HOSTILE}, created=NOON)
    assert squeezed("".join(texts(pdf))) == squeezed(HOSTILE)


@settings(max_examples=examples(60))
@given(st.text(max_size=120))
def test_typesets_every_text(text: str) -> None:
    with opened(typesetter().pdf(PLAIN, {"text": text}, created=NOON)) as pdf:
        assert len(pdf.pages) == 1


@settings(max_examples=examples(60))
@given(st.text(alphabet="#$*_@<>\\`\"'[]{}()=-+/~%&;: \nАбвz09", max_size=80))
def test_text_that_looks_like_markup_is_printed_unchanged(text: str) -> None:
    pdf = typesetter().pdf(PLAIN, {"text": f"Щ{text}"}, created=NOON)
    assert squeezed(texts(pdf)[0]) == squeezed(printable(f"Щ{text}"))


def test_threads_share_a_typesetter() -> None:
    shared = Typesetter()
    words = [f"Слово {number}" for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda word: shared.pdf(PLAIN, {"text": word}, created=NOON), words))
    assert together == [shared.pdf(PLAIN, {"text": word}, created=NOON) for word in words]


def test_broken_template_raises_typesetting_error() -> None:
    with pytest.raises(TypesettingError, match="not found"):
        typesetter().pdf(ROOT / "lms" / "no-such.typ", {}, created=NOON)


def test_forked_child_raises_instead_of_hanging() -> None:
    program = """
        import os, sys
        from datetime import UTC, datetime
        from lms.core.documents.typesetter import ROOT, TypesettingError, typesetter
        shared = typesetter()
        if os.fork() == 0:
            try:
                shared.pdf(ROOT / "x.typ", {}, created=datetime(2026, 1, 1, tzinfo=UTC))
            except TypesettingError as error:
                os._exit(0 if "fork" in str(error) else 1)
            os._exit(2)
        sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0


def test_qr_code_is_svg_of_black_squares() -> None:
    svg = qr_svg("https://example.org/verify/7K3MQ9TX42WDHJ8PA")
    assert svg.startswith("<svg ")
    assert "viewBox" in svg and svg == qr_svg("https://example.org/verify/7K3MQ9TX42WDHJ8PA")
