"""Addresses that mail servers carry: refused where they are typed, or turned into ASCII."""

import pytest

from lms.core.errors import Invalid
from lms.core.mail.email_address import Uncarried, carried
from lms.core.people.operations import checked_email


@pytest.mark.parametrize(
    ("address", "ascii_form"),
    [
        ("nina@school.ru", "nina@school.ru"),
        ("nina.petrova+lms@mail.school-12.ru", "nina.petrova+lms@mail.school-12.ru"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("zoya@президент.рф", "zoya@xn--d1abbgf6aiiy.xn--p1ai"),
        ("zoya@школа.edu54.ru", "zoya@xn--80atdl2c.edu54.ru"),
        ("no-reply@localhost", "no-reply@localhost"),
    ],
)
def test_carried_returns_ascii(address, ascii_form):
    assert carried(address) == ascii_form


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("зоя@школа.рф", "email_local_part_not_latin"),
        ("zoё@school.ru", "email_local_part_not_latin"),
        ("josé@example.org", "email_local_part_not_latin"),
        ("nina@sсhool.ru", "email_domain_of_two_alphabets"),
        ("nina..petrova@school.ru", "email_malformed"),
        ("nina.@school.ru", "email_malformed"),
        ("nina(work)@school.ru", "email_malformed"),
        ("nina@school..ru", "email_malformed"),
        ("nina@-school.ru", "email_malformed"),
        (f"nina@{'ш' * 70}.рф", "email_malformed"),
        (f"{'n' * 65}@school.ru", "email_malformed"),
    ],
)
def test_carried_refuses_with_reason(address, code):
    with pytest.raises(Uncarried) as refused:
        carried(address)
    assert refused.value.code == code


def test_form_refuses_address_that_no_server_carries():
    with pytest.raises(Invalid) as refused:
        checked_email("Зоя@школа.рф")
    assert (refused.value.code, refused.value.field) == ("email_local_part_not_latin", "email")
    assert "латинские" in refused.value.message
    assert checked_email("Zoya@Школа.рф") == "zoya@школа.рф"
