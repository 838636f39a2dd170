"""Names of downloads, held against what a server may send: headers are Latin-1 and have no line breaks."""

import pytest
from flask import Response
from werkzeug.http import parse_options_header

from lms.http.downloads import name_download, name_of_title

LONG = "ы" * 255


def disposition(name: str, *, inline: bool = False) -> str:
    response = Response()
    name_download(response, name, inline=inline)
    return str(response.headers["Content-Disposition"])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Входная диагностика", "Входная диагностика.gift"),
        ('Тест «Наблюдение» и "протокол"', "Тест «Наблюдение» и _протокол_.gift"),
        ("Тест\r\nSet-Cookie: a=b", "Тест Set-Cookie_ a=b.gift"),
        ("Часть 1/2 \\ вводная", "Часть 1-2 - вводная.gift"),
        (LONG, f"{LONG[:250]}.gift"),
        ("\u202eтсет", "тсет.gift"),
        ("100 %", "100 %.gift"),
    ],
)
def test_download_has_ascii_name_and_whole_name(title: str, name: str) -> None:
    value = disposition(name_of_title(title, "gift"))
    assert value.isascii()
    assert "\n" not in value and "\r" not in value
    assert "filename=file.gift;" in value.replace('"', "")
    kind, options = parse_options_header(value)
    assert (kind, options["filename"]) == ("attachment", name)


def test_ascii_name_needs_no_second_parameter() -> None:
    assert disposition("certificates-7.zip") == "attachment; filename=certificates-7.zip"
    assert disposition("list 1.pdf", inline=True) == 'inline; filename="list 1.pdf"'
