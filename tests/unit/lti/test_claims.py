"""Claims of a launch: arbitrary JSON is read or refused."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.lti.errors import Refused
from lms.lti.messages import claims
from lms.lti.messages.claims import LTI, clean_line, interface_language, peek_claims, read_claims
from lms.lti.messages.refusals import MESSAGES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KNOWN = (
    "sub",
    "email",
    "locale",
    claims.DEEP_LINKING,
    claims.GRADES,
    claims.ROSTER,
    *(
        LTI + name
        for name in (
            "message_type",
            "version",
            "deployment_id",
            "target_link_uri",
            "resource_link",
            "roles",
            "context",
            "custom",
            "launch_presentation",
            "role_scope_mentor",
            "tool_platform",
        )
    ),
)


def right(**changes: Any) -> dict[str, Any]:
    """Returns valid claims; LTI claims have their short names."""
    payload: dict[str, Any] = {
        "sub": "17",
        LTI + "version": "1.3.0",
        LTI + "message_type": "LtiResourceLinkRequest",
        LTI + "deployment_id": "1",
        LTI + "target_link_uri": "https://here.example/lti/launch",
        LTI + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
        LTI + "resource_link": {"id": "5", "title": "Стажировка"},
    }
    names = {name.removeprefix(LTI): name for name in KNOWN}
    payload |= {names.get(name, name): value for name, value in changes.items()}
    return payload


@given(st.dictionaries(st.sampled_from(KNOWN) | st.text(max_size=5), JSON, max_size=12))
def test_arbitrary_claims_are_read_or_refused(payload):
    peek_claims(payload)
    with contextlib.suppress(Refused):
        read_claims(payload)


@given(st.dictionaries(st.sampled_from(KNOWN[1:6] + KNOWN[8:]), JSON, max_size=8))
def test_one_invalid_claim_is_refused_with_known_reason(changes):
    try:
        launched = read_claims(right() | changes)
    except Refused as refusal:
        assert refusal.reason in MESSAGES
    else:
        json.dumps([dict(launched.named), dict(launched.custom), dict(launched.deep_linking)]).encode()
        kept = repr(launched)
        assert "\\x00" not in kept


def test_reads_all_claims():
    launched = read_claims(
        right(
            context={"id": "c", "title": "Курс" * 300, "label": "К"},
            custom={"placement": "x", "number": 5, "nothing": None, "list": []},
            launch_presentation={"document_target": "window", "return_url": "https://p.example/r", "locale": "en-GB"},
            role_scope_mentor=["18", "19"],
            tool_platform={"guid": "g", "product_family_code": "moodle"},
            given_name=" Ольга ",
            email=5,
        )
        | {
            claims.GRADES: {"scope": ["a", "b"], "lineitems": "https://p.example/items?x=1", "lineitem": "not one"},
            claims.ROSTER: {"context_memberships_url": "https://p.example/members"},
        }
    )
    assert (launched.course.id, len(launched.course.title), launched.course.label) == ("c", 500, "К")
    assert launched.custom == {"placement": "x", "number": "5"}
    presented = launched.presentation
    assert (presented.target, presented.return_url, presented.locale) == ("window", "https://p.example/r", "en")
    assert (launched.mentees, launched.platform_family) == (("18", "19"), "moodle")
    assert launched.named == {"given_name": "Ольга"}
    assert launched.services == claims.Services(
        "https://p.example/members", "https://p.example/items?x=1", None, ("a", "b")
    )


def test_reads_scopes_given_as_text():
    assert read_claims(right() | {claims.GRADES: {"scope": "a b"}}).services.scopes == ("a", "b")


@pytest.mark.parametrize("subject", [None, ""])
def test_launch_without_subject_is_anonymous(subject):
    assert read_claims(right(sub=subject)).subject is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": "1.3"}, "version"),
        ({"message_type": "LtiSubmissionReviewRequest"}, "message_type"),
        ({"message_type": ["LtiResourceLinkRequest"]}, "message_type"),
        ({"deployment_id": ""}, "deployment_missing"),
        ({"deployment_id": "d" * 256}, "deployment_missing"),
        ({"deployment_id": "a\x00"}, "deployment_missing"),
        ({"target_link_uri": "javascript:alert(1)"}, "target_missing"),
        ({"target_link_uri": "https://h/" + "a" * 2000}, "target_missing"),
        ({"roles": ["r"] * 101}, "roles"),
        ({"roles": [5]}, "roles"),
        ({"roles": None}, "roles"),
        ({"resource_link": {}}, "resource_link"),
        ({"resource_link": {"id": "\ud800"}}, "resource_link"),
        ({"context": {"id": ""}}, "context"),
        ({"context": []}, "context"),
        ({"sub": {}}, "subject"),
        ({"sub": "s" * 256}, "subject"),
        ({"role_scope_mentor": "18"}, "mentees"),
        ({"role_scope_mentor": ["x"] * 1001}, "mentees"),
        ({"message_type": "LtiDeepLinkingRequest"}, "deep_linking"),
        ({"message_type": "LtiDeepLinkingRequest", claims.DEEP_LINKING: {"data": "x"}}, "deep_linking"),
    ],
)
def test_invalid_required_claim_is_refused(changes, reason):
    with pytest.raises(Refused) as refusal:
        read_claims(right(**changes))
    assert (refusal.value.reason, refusal.value.status) == (reason, 403)


def deep(**changes: Any) -> dict[str, Any]:
    settings = {"deep_link_return_url": "https://p.example/r", "accept_types": ["ltiResourceLink"]} | changes
    return right(message_type="LtiDeepLinkingRequest", resource_link=None) | {claims.DEEP_LINKING: settings}


def test_deep_linking_request_needs_no_link_or_target():
    payload = deep(data="opaque")
    del payload[LTI + "target_link_uri"]
    launched = read_claims(payload)
    assert (launched.resource_link, launched.target_link_uri, launched.deep_linking["data"]) == (None, "", "opaque")


@pytest.mark.parametrize("data", ["x" * 8001, "a\x00b", [[[[["deep"]]]]], float("inf"), list(range(201)), 10**400])
def test_unstorable_settings_are_refused(data):
    with pytest.raises(Refused) as refusal:
        read_claims(deep(data=data))
    assert refusal.value.reason == "deep_linking"


@given(st.text(max_size=30))
def test_titles_are_short_and_printable(text):
    cleaned = clean_line(text, 10)
    assert len(cleaned) <= 10
    cleaned.encode()
    assert "\x00" not in cleaned


@pytest.mark.parametrize(
    ("tag", "ours"), [("ru", "ru"), ("RU-ru", "ru"), ("en_GB", "en"), ("kk", None), ("", None), (5, None)]
)
def test_language_tag_selects_interface_language(tag, ours):
    assert interface_language(tag) == ours
