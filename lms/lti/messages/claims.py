"""What a launch says, taken out of the token's JSON: pure, and every string and list within limits.

A platform may send anything. What decides (identifiers, addresses, roles) is refused when it is not what it should be;
what only decorates (titles, names) is cut or left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.lti.messages.refusals import refused
from lms.lti.messages.urls import is_web_address

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINK = "LtiDeepLinkingRequest"
MESSAGE_TYPES = (RESOURCE_LINK, DEEP_LINK)
VERSION = "1.3.0"

IDENTIFIER = 255
"""LTI identifiers are at most 255 ASCII characters (LTI 1.3 core, 5.3)."""
ADDRESS = 2000
LINE = 500
MOST_ROLES, MOST_MENTEES, MOST_CUSTOM, MOST_SCOPES = 100, 1000, 100, 50
LONGEST_OPAQUE = 8000
"""Characters of deep linking ``data``, and of a custom parameter."""
NAMES = ("given_name", "family_name", "middle_name", "name", "email")
LANGUAGES = ("ru", "en")
NOT_STORED = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL keeps neither."""


@dataclass(frozen=True, slots=True)
class ResourceLink:
    """The link that was opened."""

    id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """The platform's course (LTI context); an empty ``id`` for launches outside of courses."""

    id: str = ""
    title: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the platform shows us."""

    target: str = "iframe"
    return_url: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """Where the platform takes grades and tells its roster."""

    roster_url: str | None = None
    line_items_url: str | None = None
    line_item_url: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LaunchClaims:
    """A launch's claims, once they were checked."""

    message_type: str
    deployment_id: str
    target_link_uri: str
    subject: str | None
    roles: tuple[str, ...]
    resource_link: ResourceLink | None
    course: Course = field(default_factory=Course)
    custom: Mapping[str, str] = field(default_factory=dict)
    presentation: Presentation = field(default_factory=Presentation)
    services: Services = field(default_factory=Services)
    deep_linking: Mapping[str, Any] = field(default_factory=dict)
    mentees: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    platform_family: str = ""
    """``tool_platform.product_family_code``: what the platform calls its software."""


@dataclass(frozen=True, slots=True)
class UnverifiedClaims:
    """What a token says it is about: read before anything of it is believed, to look things up by."""

    deployment_id: str
    context_id: str
    resource_link_id: str
    target: str
    placement: str
    """The custom parameter that names what the link shows."""
    return_url: str | None


def peek_claims(payload: Mapping[str, Any]) -> UnverifiedClaims:
    """The names in these claims; empty for what is none."""

    def name(value: Any) -> str:
        return value if _is_identifier(value) else ""

    target = payload.get(f"{LTI}target_link_uri")
    return UnverifiedClaims(
        deployment_id=name(payload.get(f"{LTI}deployment_id")),
        context_id=name(_mapping(payload.get(f"{LTI}context")).get("id")),
        resource_link_id=name(_mapping(payload.get(f"{LTI}resource_link")).get("id")),
        target=str(target) if _is_address(target) else "",
        placement=name(_mapping(payload.get(f"{LTI}custom")).get("placement")),
        return_url=_optional_address(_mapping(payload.get(f"{LTI}launch_presentation")).get("return_url")),
    )


def read_claims(payload: Mapping[str, Any]) -> LaunchClaims:
    """The launch that these claims describe. Raises ``Refused`` with the reason of the claim that is at fault."""
    message_type = _message_type(payload)
    custom = _mapping(payload.get(f"{LTI}custom"))
    platform = _mapping(payload.get(f"{LTI}tool_platform"))
    return LaunchClaims(
        message_type=message_type,
        deployment_id=_identifier(payload.get(f"{LTI}deployment_id"), "deployment_missing"),
        target_link_uri=_target(payload.get(f"{LTI}target_link_uri"), message_type),
        subject=_subject(payload.get("sub")),
        roles=_identifiers(payload, f"{LTI}roles", "roles", MOST_ROLES),
        resource_link=_resource_link(payload.get(f"{LTI}resource_link"), message_type),
        course=_course(payload.get(f"{LTI}context")),
        custom={name[:LINE]: text for name, value in list(custom.items())[:MOST_CUSTOM] if (text := _custom(value))},
        presentation=_presentation(payload),
        services=_services(payload),
        deep_linking=_deep_linking(payload.get(DEEP_LINKING), message_type),
        mentees=_mentees(payload),
        named={name: text for name in NAMES if (text := clean_line(payload.get(name)))},
        platform_family=clean_line(platform.get("product_family_code")),
    )


def clean_line(value: Any, at_most: int = LINE) -> str:
    """A decorating text: cut, without what cannot be kept; empty for what is no text."""
    return NOT_STORED.sub("", value)[:at_most].strip() if isinstance(value, str) else ""


def interface_language(tag: Any) -> str | None:
    """Which of our languages a language tag means; none: neither.

    >>> language("en-GB"), language("ru_RU"), language("fi")
    ('en', 'ru', None)
    """
    main = re.split("[-_]", tag, maxsplit=1)[0].lower() if isinstance(tag, str) else ""
    return main if main in LANGUAGES else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_identifier(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= IDENTIFIER and not NOT_STORED.search(value)


def _identifier(value: Any, reason: str) -> str:
    if not _is_identifier(value):
        raise refused(reason, _describe(value))
    return str(value)


def _message_type(payload: Mapping[str, Any]) -> str:
    version, kind = payload.get(f"{LTI}version"), payload.get(f"{LTI}message_type")
    if version != VERSION:
        raise refused("version", _describe(version))
    if kind not in MESSAGE_TYPES:
        raise refused("message_type", _describe(kind))
    return str(kind)


def _target(value: Any, message_type: str) -> str:
    """Deep linking requests of some platforms have none."""
    if value is None and message_type == DEEP_LINK:
        return ""
    if not _is_address(value):
        raise refused("target_missing", _describe(value))
    return str(value)


def _subject(value: Any) -> str | None:
    """None: the platform does not tell who it is."""
    return None if value is None or value == "" else _identifier(value, "subject")


def _identifiers(payload: Mapping[str, Any], name: str, reason: str, at_most: int) -> tuple[str, ...]:
    value = payload.get(name)
    if not isinstance(value, list) or len(value) > at_most or not all(_is_identifier(word) for word in value):
        raise refused(reason, _describe(value))
    return tuple(value)


def _resource_link(value: Any, message_type: str) -> ResourceLink | None:
    if message_type != RESOURCE_LINK:
        return None
    claim = _mapping(value)
    return ResourceLink(_identifier(claim.get("id"), "resource_link"), clean_line(claim.get("title")))


def _course(value: Any) -> Course:
    if value is None:
        return Course()
    claim = _mapping(value)
    return Course(
        _identifier(claim.get("id"), "context"), clean_line(claim.get("title")), clean_line(claim.get("label"))
    )


def _custom(value: Any) -> str:
    """Only texts: a parameter that is none, or too long for what we use them for, is left out."""
    text = str(value) if isinstance(value, (str, int)) else ""
    return "" if len(text) > LONGEST_OPAQUE or NOT_STORED.search(text) else text


def _presentation(payload: Mapping[str, Any]) -> Presentation:
    claim = _mapping(payload.get(f"{LTI}launch_presentation"))
    target = claim.get("document_target")
    return Presentation(
        target if target in ("iframe", "frame", "window") else "iframe",
        _optional_address(claim.get("return_url")),
        interface_language(claim.get("locale")) or interface_language(payload.get("locale")),
    )


def _services(payload: Mapping[str, Any]) -> Services:
    grades, roster = _mapping(payload.get(GRADES)), _mapping(payload.get(ROSTER))
    scopes = grades.get("scope")
    words = scopes if isinstance(scopes, list) else str(scopes or "").split()
    return Services(
        _optional_address(roster.get("context_memberships_url")),
        _optional_address(grades.get("lineitems")),
        _optional_address(grades.get("lineitem")),
        tuple(word for word in words[:MOST_SCOPES] if _is_identifier(word)),
    )


def _deep_linking(value: Any, message_type: str) -> Mapping[str, Any]:
    """The settings as they came, if they can be kept: ``data`` must go back as it is."""
    if message_type != DEEP_LINK:
        return {}
    if not isinstance(value, dict) or not _is_keepable(value, depth=4):
        raise refused("deep_linking", _describe(value))
    if not _is_address(value.get("deep_link_return_url")):
        raise refused("deep_linking", "no deep_link_return_url")
    return value


def _is_keepable(value: Any, depth: int) -> bool:
    """Whether JSON of this size goes into a row: nothing deep, long or unprintable."""
    if isinstance(value, str):
        return len(value) <= LONGEST_OPAQUE and not NOT_STORED.search(value)
    if isinstance(value, dict):
        return _is_keepable([*value.keys(), *value.values()], depth)
    if isinstance(value, list):
        return depth > 0 and len(value) <= 200 and all(_is_keepable(part, depth - 1) for part in value)
    return value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 1e15)


def _mentees(payload: Mapping[str, Any]) -> tuple[str, ...]:
    value = payload.get(f"{LTI}role_scope_mentor")
    return () if value is None else _identifiers(payload, f"{LTI}role_scope_mentor", "mentees", MOST_MENTEES)


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= ADDRESS and not NOT_STORED.search(value) and is_web_address(value)


def _optional_address(value: Any) -> str | None:
    return value if _is_address(value) else None


def _describe(value: Any) -> str:
    """What came, for the administrator: its kind, and short texts as they are."""
    if isinstance(value, str):
        return f"came: {value[:60]!r}"
    return "missing" if value is None else f"came: {type(value).__name__}"
