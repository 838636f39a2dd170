"""Claims of a launch, read from the token's JSON. Pure; every string and list is limited.

A platform may send anything. Invalid identifiers, URLs and roles are refused; invalid titles and names are cut or left
out.
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
"""LTI identifiers are at most 255 ASCII characters (LTI 1.3 Core, 5.3)."""
ADDRESS = 2000
LINE = 500
MOST_ROLES, MOST_MENTEES, MOST_CUSTOM, MOST_SCOPES = 100, 1000, 100, 50
LONGEST_OPAQUE = 8000
"""Characters of deep linking ``data`` and of a custom parameter."""
NAMES = ("given_name", "family_name", "middle_name", "name", "email")
LANGUAGES = ("ru", "en")
NOT_STORED = re.compile("[\x00\ud800-\udfff]")
"""Characters that PostgreSQL does not store."""


@dataclass(frozen=True, slots=True)
class ResourceLink:
    """The resource link that was opened."""

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
    """Claim ``launch_presentation``."""

    target: str = "iframe"
    return_url: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """URLs and scopes of the platform's grade and roster services."""

    roster_url: str | None = None
    line_items_url: str | None = None
    line_item_url: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LaunchClaims:
    """Validated claims of a launch."""

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
    """``tool_platform.product_family_code``: the platform's product."""


@dataclass(frozen=True, slots=True)
class UnverifiedClaims:
    """Identifiers of an unverified token, used only to look rows up."""

    deployment_id: str
    context_id: str
    resource_link_id: str
    target: str
    placement: str
    """The custom parameter with the content item's key."""
    return_url: str | None


def peek_claims(payload: Mapping[str, Any]) -> UnverifiedClaims:
    """Returns the identifiers in unverified claims; empty strings for invalid ones."""

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
    """Returns the validated claims. Raises ``Refused`` with the reason of the invalid claim."""
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
    """Returns a title or name, cut and without characters that cannot be stored; empty if it is not text."""
    return NOT_STORED.sub("", value)[:at_most].strip() if isinstance(value, str) else ""


def interface_language(tag: Any) -> str | None:
    """Returns the interface language for a language tag, or None.

    >>> interface_language("en-GB"), interface_language("ru_RU"), interface_language("fi")
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
    """Deep linking requests of some platforms have no target."""
    if value is None and message_type == DEEP_LINK:
        return ""
    if not _is_address(value):
        raise refused("target_missing", _describe(value))
    return str(value)


def _subject(value: Any) -> str | None:
    """None if the platform does not identify the user."""
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
    """Returns the value of a custom parameter; empty if it is not text or too long."""
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
    """Returns the settings unchanged if they can be stored: ``data`` must be returned as received."""
    if message_type != DEEP_LINK:
        return {}
    if not isinstance(value, dict) or not _is_keepable(value, depth=4):
        raise refused("deep_linking", _describe(value))
    if not _is_address(value.get("deep_link_return_url")):
        raise refused("deep_linking", "no deep_link_return_url")
    return value


def _is_keepable(value: Any, depth: int) -> bool:
    """Returns whether this JSON can be stored: limited depth, length and characters."""
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
    """Describes a claim for the administrator: its type, or a short text."""
    if isinstance(value, str):
        return f"came: {value[:60]!r}"
    return "missing" if value is None else f"came: {type(value).__name__}"
