"""Deep Linking 2.0: settings of the request, and the signed response with the chosen content.

https://www.imsglobal.org/spec/lti-dl/v2p0
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeGuard
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.core.i18n import use_locale
from lms.core.public_url import address_of
from lms.core.sentences import ErrorDetail, sentence
from lms.lti.content.choices import Choice
from lms.lti.errors import Refused
from lms.lti.messages.urls import origin_of
from lms.lti.models.launches import ContentItem, Launch
from lms.lti.trust import tool_keys

RESOURCE_LINK = "ltiResourceLink"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SETTINGS = f"{DEEP}deep_linking_settings"
VALID = timedelta(minutes=10)
"""Lifetime of the response, which a browser posts at once."""
LONGEST_TITLE = 250
"""Moodle stores names of 255 characters; the specification has no limit."""
LONGEST_ADDRESS = 2000
LAST_SECOND = time(23, 59, 59)
FRAME_HEIGHT = 800
"""Pixels, for platforms that ignore our messages about height."""


@dataclass(frozen=True, slots=True)
class DeepLinkingSettings:
    """Validated settings of a deep linking request."""

    return_url: str
    several: bool
    """True if several items may be returned."""
    line_items: bool
    """False if the platform ignores line items of content items."""
    targets: tuple[str, ...]
    """Supported presentations: ``iframe``, ``window``, ``embed``."""
    data: Any = None
    """Opaque value to be returned unchanged; None if absent."""

    @property
    def origin(self) -> str:
        """Origin of the return URL, to which the browser posts the response."""
        return origin_of(self.return_url)


def read_settings(raw: Mapping[str, Any], origins: Iterable[str]) -> DeepLinkingSettings:
    """Validates the settings. ``origins``: those of the platform, to which alone a response is sent.

    Raises ``Refused`` with ``deep_linking_settings``, ``deep_linking_return``, ``deep_linking_types`` or
    ``deep_linking_targets``.
    """
    if not isinstance(raw, Mapping) or not raw:
        raise _refused("settings", "no deep_linking_settings")
    types, targets = raw.get("accept_types"), raw.get("accept_presentation_document_targets")
    if not _are_words(types) or RESOURCE_LINK not in types:
        raise _refused("types", f"accept_types: {types!r}"[:200])
    if not _are_words(targets):
        raise _refused("targets", f"accept_presentation_document_targets: {targets!r}"[:200])
    return DeepLinkingSettings(
        return_url=_return_url(raw.get("deep_link_return_url"), set(origins)),
        several=raw.get("accept_multiple") in (True, "true"),
        line_items=raw.get("accept_lineitem") not in (False, "false"),
        targets=tuple(targets),
        data=raw.get("data"),
    )


def _are_words(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and bool(value) and all(isinstance(word, str) for word in value)


def _return_url(value: Any, origins: set[str]) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS or not origin_of(value):
        raise _refused("return", "deep_link_return_url is no web address")
    if origin_of(value) not in origins:
        raise _refused("return", f"deep_link_return_url of {origin_of(value)}, not of the platform")
    return value


REFUSALS: Final = {
    "settings": ErrorDetail("content_request_malformed"),
    "types": ErrorDetail("content_links_not_accepted"),
    "targets": ErrorDetail("content_presentation_unknown"),
    "return": ErrorDetail("content_return_url_foreign"),
}
"""Part of the request that is refused → its error."""


def _refused(what: str, detail: str) -> Refused:
    return Refused(f"deep_linking_{what}", detail, code=REFUSALS[what].code)


# The response


def content_item(placement: ContentItem, choice: Choice, settings: DeepLinkingSettings) -> dict[str, Any]:
    """Returns the link to this content item for the platform, with its line item and dates."""
    item: dict[str, Any] = {
        "type": RESOURCE_LINK,
        "title": shortened(placement.title),
        "text": text_of(placement, choice),
        "url": address_of(f"/lti/open/{placement.key}"),
        "custom": {"placement": str(placement.key)},
        **presentation(settings.targets),
        **periods(placement, choice),
    }
    if placement.graded and settings.line_items and choice.maximum:
        item["lineItem"] = line_item(placement, choice)
    return item


def line_item(placement: ContentItem, choice: Choice) -> dict[str, Any]:
    """Returns the ``lineItem`` of a link."""
    return {
        "scoreMaximum": as_number(choice.maximum),
        "label": shortened(placement.title),
        "resourceId": str(placement.key),
        "tag": placement.kind,
    }


def as_number(value: Any) -> int | float:
    """Returns a JSON number: an integer if whole."""
    return int(value) if value == int(value) else float(value)


def shortened(title: str) -> str:
    """Returns the title in at most 250 characters, on one line."""
    text = " ".join(title.split())
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1].rstrip() + "…"


def text_of(placement: ContentItem, choice: Choice) -> str:
    """Returns a line of description in the programme's language."""
    with use_locale(placement.cohort.version.programme.language):
        return sentence("content_item_text", {"kind": placement.kind, "hours": choice.hours})


def presentation(targets: Sequence[str]) -> dict[str, Any]:
    """Returns the presentation: in a frame if supported, otherwise in a window."""
    if "iframe" in targets:
        return {"iframe": {"height": FRAME_HEIGHT}}
    return {"window": {"targetName": "stazhirovka"}} if "window" in targets else {}


def periods(placement: ContentItem, choice: Choice) -> dict[str, dict[str, str]]:
    """Returns the periods of availability and submission: days of the group in the time zone of its site.

    The certificate is issued after the last day and has no period.
    """
    cohort = placement.cohort
    if choice.kind == "certificate":
        return {}
    zone = ZoneInfo(cohort.site.time_zone)
    opens = moment(cohort.starts_on, time.min, zone)
    found = {"available": {"startDateTime": opens, "endDateTime": moment(cohort.ends_on, LAST_SECOND, zone)}}
    if choice.due_on is not None and choice.due_on >= cohort.starts_on:
        found["submission"] = {"startDateTime": opens, "endDateTime": moment(choice.due_on, LAST_SECOND, zone)}
    return found


def moment(day: date, at: time, zone: ZoneInfo) -> str:
    """Returns ISO 8601 with the zone's offset of that day."""
    return datetime.combine(day, at, zone).isoformat()


def response_claims(
    launch: Launch,
    settings: DeepLinkingSettings,
    items: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    message: str = "",
    error: str = "",
) -> dict[str, Any]:
    """Returns the claims of the response (an empty list if nothing was chosen).

    The platform shows ``message`` or ``error`` to the person.
    """
    platform, deployment = launch.platform, launch.context.deployment
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": platform.client_id,
        "aud": platform.issuer,
        "iat": issued,
        "exp": issued + int(VALID.total_seconds()),
        "nonce": secrets.token_urlsafe(24),
        f"{CLAIM}deployment_id": deployment.deployment_id,
        f"{CLAIM}message_type": "LtiDeepLinkingResponse",
        f"{CLAIM}version": "1.3.0",
        f"{DEEP}content_items": list(items),
    }
    if settings.data is not None:
        claims[f"{DEEP}data"] = settings.data
    said = {f"{DEEP}msg": message, f"{DEEP}errormsg": error}
    return claims | {name: text for name, text in said.items() if text}


def signed_response(
    session: Session,
    *,
    launch: Launch,
    settings: DeepLinkingSettings,
    placed: Sequence[tuple[ContentItem, Choice]],
    now: datetime,
    message: str = "",
    error: str = "",
) -> str:
    """Returns the signed response, posted to ``settings.return_url`` as ``JWT`` by the person's browser."""
    items = [content_item(placement, choice, settings) for placement, choice in placed]
    claims = response_claims(launch, settings, items, now=now, message=message, error=error)
    return tool_keys.sign(session, claims, now=now)
