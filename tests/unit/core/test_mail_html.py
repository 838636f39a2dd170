"""The HTML part of a letter says what its text says, with links and nothing that is executed."""

from lms.core.mail.html import as_html


def test_html_keeps_paragraphs_lines_and_links():
    html = as_html("Добрый день!\n\n— Работа зачтена\nhttps://lms.example.org/course/1?a=1&b=2\n")
    assert "<p>Добрый день!</p>" in html
    assert "<p>— Работа зачтена<br>\n" in html
    address = "https://lms.example.org/course/1?a=1&amp;b=2"
    assert f'<a href="{address}">{address}</a></p>' in html


def test_html_shows_markup_as_text():
    html = as_html('Работа «<script>alert(1)</script>» и "кавычки"')
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_sign_at_the_end_is_no_part_of_the_link():
    assert '<a href="https://lms.example.org/a">https://lms.example.org/a</a>.' in as_html("https://lms.example.org/a.")
