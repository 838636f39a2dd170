import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.files.file_names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("Технологическая карта урока № 5.docx", "Технологическая карта урока № 5.docx"),
        ("C:\\Мои документы\\план.xlsx", "план.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("а\x00б\r\nв\u202egpj.exe", "аб вgpj.exe"),
        ("чаи\u0306.txt", "чай.txt"),
        (' "Отчёт": <итог>?.pdf ', "_Отчёт__ _итог__.pdf"),
        ("...", "file"),
        ("", "file"),
        ("я" * 300 + ".docx", "я" * 250 + ".docx"),
    ],
)
def test_cleans_file_names(given_name, kept):
    assert clean_name(given_name) == kept


@given(st.text(max_size=400))
def test_every_cleaned_name_is_harmless(text):
    name = clean_name(text)
    assert 0 < len(name) <= LONGEST
    assert not set(name) & set('/\\<>:"|?*\r\n\0')
    assert clean_name(name) == name
