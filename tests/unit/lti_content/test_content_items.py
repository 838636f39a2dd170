"""Deep linking settings and content items as JSON."""

import json
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core import i18n, public_url
from lms.lti.content.choices import Choice
from lms.lti.content.deep_linking import (
    LONGEST_TITLE,
    DeepLinkingSettings,
    content_item,
    presentation,
    read_settings,
    response_claims,
    shortened,
)
from lms.lti.errors import Refused

HOME = "https://moodle.example"
RIGHT = {
    "deep_link_return_url": f"{HOME}/mod/lti/contentitem_return.php?course=3",
    "accept_types": ["ltiResourceLink", "link"],
    "accept_presentation_document_targets": ["frame", "iframe", "window"],
    "accept_multiple": True,
    "accept_lineitem": True,
    "data": "as it came",
}
SETTINGS = DeepLinkingSettings(f"{HOME}/back", several=True, line_items=True, targets=("iframe",), data=None)
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"


@pytest.fixture(autouse=True)
def _public_address():
    public_url.configure("https://lms.example")


def placed(kind: str = "task", *, graded: bool = True, zone: str = "Asia/Novokuznetsk", **choice: Any):
    """Returns a content item and its choice as plain objects, without a database."""
    cohort = SimpleNamespace(
        starts_on=date(2026, 9, 1),
        ends_on=date(2026, 12, 20),
        site=SimpleNamespace(time_zone=zone),
        version=SimpleNamespace(programme=SimpleNamespace(language="ru")),
    )
    values = {"title": "Разработка урока", "maximum": Decimal("20"), "due_on": date(2026, 11, 28)} | choice
    found = Choice(kind=kind, value=f"{kind}-1", **values)
    title = values["title"]
    return SimpleNamespace(key=uuid.uuid4(), kind=kind, title=title, graded=graded, cohort=cohort), found


def item_of(*args: Any, settings: DeepLinkingSettings = SETTINGS, **values: Any) -> dict[str, Any]:
    placement, choice = placed(*args, **values)
    return content_item(placement, choice, settings)  # type: ignore[arg-type]


class TestSettings:
    def test_valid_settings_are_read(self):
        found = read_settings(RIGHT, [HOME])
        assert found.several and found.line_items
        assert found.origin == HOME
        assert found.data == "as it came"

    def test_missing_settings_have_defaults(self):
        found = read_settings({k: v for k, v in RIGHT.items() if k not in {"accept_multiple", "data"}}, [HOME])
        assert not found.several
        assert found.data is None

    def test_line_items_are_sent_unless_refused(self):
        silent = {k: v for k, v in RIGHT.items() if k != "accept_lineitem"}
        assert read_settings(silent, [HOME]).line_items
        assert not read_settings(RIGHT | {"accept_lineitem": False}, [HOME]).line_items

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"accept_types": ["link", "file"]}, "deep_linking_types"),
            ({"accept_types": "ltiResourceLink"}, "deep_linking_types"),
            ({"accept_types": None}, "deep_linking_types"),
            ({"accept_presentation_document_targets": []}, "deep_linking_targets"),
            ({"accept_presentation_document_targets": [1]}, "deep_linking_targets"),
            ({"deep_link_return_url": None}, "deep_linking_return"),
            ({"deep_link_return_url": "https://evil.example/take"}, "deep_linking_return"),
            ({"deep_link_return_url": "https://moodle.example.evil.example/"}, "deep_linking_return"),
            ({"deep_link_return_url": "https://moodle.example@evil.example/"}, "deep_linking_return"),
            ({"deep_link_return_url": "http://moodle.example/"}, "deep_linking_return"),
            ({"deep_link_return_url": "https://moodle.example:8443/"}, "deep_linking_return"),
            ({"deep_link_return_url": "javascript:alert(1)"}, "deep_linking_return"),
            ({"deep_link_return_url": f"{HOME}/" + "x" * 2000}, "deep_linking_return"),
        ],
    )
    def test_invalid_settings_are_refused(self, change: dict[str, Any], reason: str):
        with pytest.raises(Refused) as refused:
            read_settings(RIGHT | change, [HOME])
        assert refused.value.reason == reason
        assert refused.value.message

    @given(st.recursive(st.none() | st.booleans() | st.text(max_size=5), lambda part: st.lists(part, max_size=3)))
    def test_arbitrary_settings_are_read_or_refused(self, nonsense: Any):
        for name in RIGHT:
            try:
                read_settings(RIGHT | {name: nonsense}, [HOME])
            except Refused as error:
                assert error.reason.startswith("deep_linking_")


class TestItems:
    def test_task_has_line_item_and_dates(self):
        placement, choice = placed()
        item = content_item(placement, choice, SETTINGS)  # type: ignore[arg-type]
        assert item["type"] == "ltiResourceLink"
        assert item["url"] == f"https://lms.example/lti/open/{placement.key}"
        assert item["custom"] == {"placement": str(placement.key)}
        assert item["lineItem"] == {
            "scoreMaximum": 20,
            "label": "Разработка урока",
            "resourceId": str(placement.key),
            "tag": "task",
        }
        assert item["available"] == {
            "startDateTime": "2026-09-01T00:00:00+07:00",
            "endDateTime": "2026-12-20T23:59:59+07:00",
        }
        assert item["submission"]["endDateTime"] == "2026-11-28T23:59:59+07:00"

    def test_periods_use_time_zone_of_site(self):
        item = item_of(zone="Europe/Helsinki", due_on=date(2026, 10, 30))
        assert item["available"]["startDateTime"].endswith("+03:00")
        assert item["submission"]["endDateTime"].endswith("+02:00"), "winter time began on 25 October"

    def test_line_item_requires_graded_content(self):
        assert "lineItem" not in item_of(graded=False)
        assert "lineItem" not in item_of("certificate", maximum=None, graded=False)
        silent = DeepLinkingSettings(HOME, several=True, line_items=False, targets=("iframe",))
        assert "lineItem" not in item_of(settings=silent)

    def test_certificate_has_no_period(self):
        item = item_of("certificate", maximum=None, due_on=None)
        assert "available" not in item
        assert "submission" not in item

    def test_missing_due_date_gives_no_submission(self):
        assert "submission" not in item_of(due_on=None)

    def test_half_points_are_kept(self):
        assert item_of(maximum=Decimal("17.5000"))["lineItem"]["scoreMaximum"] == 17.5
        whole = item_of(maximum=Decimal("36.00"))["lineItem"]["scoreMaximum"]
        assert whole == 36
        assert isinstance(whole, int)

    def test_description_uses_programme_language(self):
        with i18n.use_locale("en"):
            assert item_of("programme", hours=Decimal("36"), due_on=None)["text"].startswith("Программа стажировки, 36")

    @given(st.text(min_size=1, max_size=500).filter(str.strip))
    def test_any_title_becomes_one_line(self, title: str):
        item = item_of(title=title)
        assert 0 < len(item["title"]) <= LONGEST_TITLE
        assert item["title"] == item["lineItem"]["label"]
        assert "\n" not in item["title"]
        assert json.loads(json.dumps(item)) == item

    @given(st.text(max_size=600))
    def test_shortened_is_stable(self, title: str):
        assert shortened(shortened(title)) == shortened(title)

    @pytest.mark.parametrize(
        ("targets", "shown"),
        [
            (("frame", "iframe", "window"), {"iframe"}),
            (("window",), {"window"}),
            (("embed",), set()),
        ],
    )
    def test_presentation_follows_targets(self, targets: tuple[str, ...], shown: set[str]):
        assert set(presentation(targets)) == shown


class TestAnswer:
    def launch(self):
        platform = SimpleNamespace(client_id="client-1", issuer=HOME)
        return SimpleNamespace(
            platform=platform, context=SimpleNamespace(deployment=SimpleNamespace(deployment_id="7"))
        )

    def claims(self, settings: DeepLinkingSettings = SETTINGS, **more: Any) -> dict[str, Any]:
        now = datetime(2026, 11, 1, 12, tzinfo=UTC)
        return response_claims(self.launch(), settings, [], now=now, **more)  # type: ignore[arg-type]

    def test_response_has_required_claims(self):
        claims = self.claims()
        assert (claims["iss"], claims["aud"]) == ("client-1", HOME)
        assert claims["exp"] - claims["iat"] == 600
        assert claims[f"{CLAIM}message_type"] == "LtiDeepLinkingResponse"
        assert claims[f"{CLAIM}version"] == "1.3.0"
        assert claims[f"{CLAIM}deployment_id"] == "7"
        assert claims[f"{DEEP}content_items"] == []
        assert claims["nonce"] != self.claims()["nonce"]

    def test_response_omits_absent_claims(self):
        assert {f"{DEEP}data", f"{DEEP}msg", f"{DEEP}errormsg"}.isdisjoint(self.claims())

    @pytest.mark.parametrize("data", ["", "opaque", {"course": 3}, ["a"]])
    def test_response_returns_data_unchanged(self, data: Any):
        settings = DeepLinkingSettings(HOME, several=True, line_items=True, targets=("iframe",), data=data)
        assert self.claims(settings)[f"{DEEP}data"] == data

    def test_messages(self):
        claims = self.claims(message="Ничего не выбрано.", error="Нет площадки.")
        assert claims[f"{DEEP}msg"] == "Ничего не выбрано."
        assert claims[f"{DEEP}errormsg"] == "Нет площадки."
