"""Values from platforms and strangers enter response headers only as plain origins."""

import pytest

from lms.http.launch_context import safe_origins
from lms.lti.messages.urls import is_web_address, origin_of

ODD = [
    "https://мудл.рф/mod/lti",
    "https://é.example/",
    "https://１２７.0.0.1/",
    "https://a;script-src *.example/",
    "https://a'self'.example/",
    "https://a,b.example/",
    "https://xn--d1aob2a.xn--p1ai:8443/",
    "https://a..ё/",
    f"https://{'ё' * 80}.example/",
]


def policy_of(answer) -> str:
    """Returns the header as a real server writes it: Latin-1, with ASCII URLs."""
    return answer.headers["Content-Security-Policy"].encode("ascii").decode()


@pytest.mark.parametrize("address", ODD)
def test_header_injection_is_prevented(client, address):
    answer = client.get("/lti/register/made-up", query_string={"openid_configuration": address})
    assert answer.status_code == 404
    assert policy_of(answer).count(";") == policy_of(client.get("/lti/launch")).count(";")


def test_cyrillic_host_may_frame_launch(client, shown):
    presentation = {"document_target": "iframe", "return_url": "https://мудл.рф/mod/lti/return.php"}
    launch = shown.launch(client, claims={"launch_presentation": presentation})
    page = client.get(f"/in/{launch.id}{launch.path}")
    assert page.status_code == 200
    assert "https://xn--d1aob2a.xn--p1ai" in policy_of(page)


@pytest.mark.parametrize("address", ODD)
def test_only_origins_are_written_to_headers(address):
    (origin,) = safe_origins([origin_of(address)]) or [""]
    assert origin.isascii()
    assert not set(origin) & set("; ,'*")


def test_invalid_host_is_no_address():
    assert not is_web_address("https://a..ё/")
