"""The demo's browser: what forms hold, and how they are sent."""

import pytest

from lms.demo.browser import Page, PageRefused, Upload, forms_in, multipart

PAGE = """<form method="get" action="/search"><input name="q"></form>
<form method="POST" action="/go?a=1"><input type="hidden" name="csrf_token" value="t&amp;1">
<input type="checkbox" name="tick" value="1"><input type="checkbox" name="on" checked>
<input type="radio" name="one" value="a"><input type="radio" name="one" value="b" checked>
<input type="file" name="files"><input type="submit" name="press" value="1">
<textarea name="text">Было
так</textarea><select name="pick"><option value="1">1</option><option value="2" selected>2</option></select></form>
<a href="/grading/17">Проверить</a>"""


def test_form_holds_what_the_page_has():
    (form,) = forms_in(PAGE)
    assert form.action == "/go?a=1"
    assert form.fields == {
        "csrf_token": ["t&1"],
        "on": ["on"],
        "one": ["b"],
        "text": ["Было\nтак"],
        "pick": ["2"],
    }


def test_form_and_link_are_found_or_raise_error():
    page = Page("http://localhost/here?x=1", PAGE, forms_in(PAGE))
    assert page.path == "/here"
    assert page.form("/go").fields["pick"] == ["2"]
    assert page.link(r"/grading/\d+") == "/grading/17"
    assert page.find_form("/nowhere") is None
    with pytest.raises(PageRefused, match="/here"):
        page.form("/nowhere")
    with pytest.raises(PageRefused):
        page.link("/nothing")


def test_files_are_sent_with_their_names():
    body, kind = multipart({"text": ["да"]}, [Upload("работа.docx", b"PK")])
    mark = kind.partition("boundary=")[2].encode()
    assert body.count(b"--" + mark) == 3
    assert 'filename="работа.docx"'.encode() in body
    assert b"PK\r\n" in body
