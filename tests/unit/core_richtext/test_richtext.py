"""Text written by people becomes safe HTML: what is kept, what is taken out, nothing loaded from outside."""

import re
import time
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.attestation.tasks import problems_of
from assessment.models.self_checks import SelfCheck
from assessment.questions.payload_checks import Checker
from assessment.self_checks import operations as self_checks
from assessment.self_checks.operations import SelfCheckSettings
from courses.materials.operations import MaterialDraft, checked_draft
from lms.core.errors import Invalid
from lms.core.richtext import FORMATS, MAX_LENGTH, is_dense_markdown, to_plain, to_safe_html
from tests.support.thoroughness import examples

MARKDOWN = """# Plan

| step | minutes |
|:-----|--------:|
| goal | 5 |

- one
- **two**

[site](https://example.org/a?b=1&c=2) ![map](/files/map.png) ~~old~~
"""


class Audit(HTMLParser):
    """Notes every element and attribute of the result."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, {name: value or "" for name, value in attrs}))


def audit(safe: str) -> list[tuple[str, dict[str, str]]]:
    parser = Audit()
    parser.feed(safe)
    parser.close()
    return parser.seen


def test_converts_markdown_with_tables_lists_links_and_pictures():
    safe = to_safe_html(MARKDOWN, "markdown")
    assert "<h1>Plan</h1>" in safe
    assert '<th class="text-end">minutes</th>' in safe
    assert "<li><strong>two</strong></li>" in safe
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer">site</a>' in safe
    assert 'src="/files/map.png"' in safe
    assert 'loading="lazy"' in safe
    assert "<s>old</s>" in safe


def test_shifts_headings_to_given_level():
    assert to_safe_html("# A\n\n## B\n\n###### C", "markdown", top_heading=3) == "<h3>A</h3>\n<h4>B</h4>\n<h6>C</h6>"


def test_plain_text_keeps_paragraphs_and_lines():
    assert to_safe_html("a < b\nc\n\nd & <b>", "plain") == "<p>a &lt; b<br>\nc</p><p>d &amp; &lt;b&gt;</p>"


def test_moodle_text_keeps_lone_less_than_and_typed_line_breaks():
    assert to_safe_html("a<c, x < y\n<b>z</b>", "moodle") == "a&lt;c, x &lt; y<br>\n<b>z</b>"
    assert to_safe_html("<p>a</p>\n<p>b</p>", "moodle") == "<p>a</p>\n<p>b</p>"


@pytest.mark.parametrize(
    "dirty",
    [
        "<script>alert(1)</script>x",
        "<img src=x onerror=alert(1)>x",
        "<svg><script>alert(1)</script></svg>x",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<a href='vbscript:x'>x</a>",
        "<iframe src='https://e.example'></iframe>x",
        "<style>*{}</style><p style='position:fixed'>x</p>",
        "<form action='https://e.example'><input name=a><button>x</button></form>",
        "<p id='csrf' class='modal' name='forms'>x</p>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>x",
        "<base href='https://e.example'><meta http-equiv=refresh content='0;url=https://e.example'>x",
        "<!-- --!><img src=x onerror=alert(1)> -->x",
    ],
)
@pytest.mark.parametrize("fmt", FORMATS)
def test_removes_dangerous_markup(dirty, fmt):
    safe = to_safe_html(dirty, fmt)
    for tag, attributes in audit(safe):
        assert tag not in {"script", "style", "iframe", "form", "input", "button", "svg", "math", "base", "meta"}
        assert not any(name.startswith("on") for name in attributes)
        assert not set(attributes) & {"style", "id", "name", "class"}
        assert not re.match(r"\s*(java|vb)script", attributes.get("href", ""))


@pytest.mark.parametrize(
    "source",
    [
        "//e.example/a.png",
        "/\\e.example/a.png",
        "\\\\e.example\\a.png",
        "http:/\\e.example/a.png",
        "https:e.example/a.png",
        "/\t/e.example/a.png",
        "data:image/png;base64,AAAA",
        "https://user@e.example/a.png",
        "blob:https://e.example/a",
        "https:///e.example",
    ],
)
def test_removes_picture_whose_address_hides_its_host(source):
    safe = to_safe_html(f'<img src="{source}" alt="sketch">', "html", image_hosts={"e.example"})
    assert safe == "sketch"


def test_picture_of_other_host_becomes_link_unless_host_is_allowed():
    text = "![sketch](https://pictures.example/a.png)"
    assert to_safe_html(text, "markdown") == (
        '<p><a href="https://pictures.example/a.png" rel="noopener noreferrer">sketch</a></p>'
    )
    named = to_safe_html(text, "markdown", image_hosts={"pictures.example"})
    assert 'src="https://pictures.example/a.png"' in named
    insecure = to_safe_html(text.replace("https", "http"), "markdown", image_hosts={"pictures.example"})
    assert "<img" not in insecure


def test_foreign_picture_in_link_becomes_second_link():
    safe = to_safe_html('<a href="/x">see <img src="https://e.example/i.png" alt="it"></a>', "html")
    depth = 0
    for tag in re.findall(r"</?a\b", safe):
        depth += 1 if tag == "<a" else -1
        assert depth in (0, 1)
    assert safe.count("<a ") == 2


def test_link_that_hides_its_host_loses_its_address():
    for address in ("//e.example", "/\\e.example", "\t//e.example"):
        assert audit(to_safe_html(f'<a href="{address}">x</a>', "html")) == [("a", {"rel": "noopener noreferrer"})]


def test_pictures_get_alternative_text_and_numeric_sizes():
    assert audit(to_safe_html('<img src="/a.png" width="90" height="1e9">', "html")) == [
        ("img", {"src": "/a.png", "width": "90", "loading": "lazy", "alt": ""})
    ]


@pytest.mark.parametrize("opener", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "> ", "[", "<xyz>", "*a ", "<a><p>"])
def test_deep_or_long_text_is_shown_as_plain_text_quickly(opener):
    big = opener * (MAX_LENGTH // len(opener) - 1)
    for fmt in ("html", "moodle"):
        assert isinstance(to_safe_html(big, fmt), str)
    assert isinstance(to_safe_html(big[:20_000], "markdown"), str)
    assert to_safe_html("<b>" * MAX_LENGTH, "html").startswith("<p>&lt;b&gt;")


@pytest.mark.parametrize(
    "piece", ["[", "![", "**a", "1. a\n", "_a*b ", "`a", "[a](b)", "![](", "&", "a\\", "[[]", "<b>"]
)
def test_long_markdown_takes_bounded_time(piece):
    started = time.thread_time()
    for length in (MAX_LENGTH, MAX_LENGTH // 2, MAX_LENGTH // 4, MAX_LENGTH // 8):
        assert to_safe_html(piece * (length // len(piece)), "markdown").startswith("<")
    assert time.thread_time() - started < 6


def test_dense_markdown_is_shown_as_plain_text():
    assert is_dense_markdown("![" * 10_000)
    assert to_safe_html("**a** " * 20_000, "markdown").startswith("<p>**a**")


def test_usual_long_markdown_keeps_its_markup():
    page = (
        "## Part\n\nA **word** and a [link](/a) in a line of usual length, and then some more words of it.\n\n" * 1_100
    )
    assert to_safe_html(page, "markdown").startswith("<h2>Part</h2>")


def test_to_plain_returns_text_in_one_line():
    assert (
        to_plain("<p>One&nbsp;<b>two</b></p><p>three <img src='/a.png' alt='four'></p>", "html") == "One two three four"
    )
    assert to_plain("word " * 40, "plain", limit=20) == "word word word word…"


MARKUP = st.text(alphabet=st.sampled_from("<>/='\" \n\t\\abimgsrchefp:#*_`[]()!|-&;x"), max_size=200)


@settings(max_examples=examples(300))
@given(MARKUP | st.text(max_size=200), st.sampled_from(FORMATS))
def test_every_text_gives_allowed_markup_only(text, fmt):
    safe = to_safe_html(text, fmt)
    for tag, attributes in audit(safe):
        assert tag not in {"script", "style", "iframe"}
        assert not any(name.startswith("on") for name in attributes)
        if tag == "img":
            assert "//" not in attributes["src"]
            assert "alt" in attributes
    assert audit(to_safe_html(safe, "html")) == audit(safe)
    assert isinstance(to_plain(text, fmt), str)


def test_dense_markdown_is_refused_at_its_field():
    dense = "![" * 10_000
    page = MaterialDraft(kind="page", title="A", body=dense)
    conditions = SelfCheckSettings(title="A", instructions=dense)
    with pytest.raises(Invalid) as of_page:
        checked_draft(page)
    with pytest.raises(Invalid) as of_check:
        self_checks.change(None, actor=None, check=SelfCheck(), conditions=conditions, site_id=1)
    checker = Checker({})
    checker.rich({"source": dense, "format": "markdown"}, "text", 30_000)
    found = [of_page.value, of_check.value, *problems_of("A", dense, Decimal(0), []), *checker.errors]
    assert [one.field for one in found if one.code == "markdown_too_dense"] == [
        *("body", "instructions", "instructions", "text")
    ]
