"""Line item service of a platform: find, create, update, delete (AGS 2.0, 3.1 and 3.2)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lms.core.errors import DomainError
from lms.lti.errors import Unreachable
from lms.lti.models.launches import Context
from lms.lti.models.platforms import Platform
from lms.lti.services import tokens
from lms.lti.services.urls import next_page, same_origin, with_query
from lms.lti.trust.http_client import PlatformResponse

ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
MOST_PAGES = 20
PAGE = 100
LONGEST_LABEL = 250
READS = frozenset({tokens.LINE_ITEM, tokens.LINE_ITEM_READ})
GONE = (404, 410)


class LineItemRefused(DomainError):
    """The platform refuses the request, and repeating it will not help. Param ``why``: the platform's error."""

    code = "line_item_refused"
    status = 502


@dataclass(frozen=True, slots=True)
class DesiredLineItem:
    """A line item as it should exist on the platform."""

    link: str
    """The platform's id of the resource link."""
    resource: str
    """``resourceId``: our key of the content item."""
    tag: str
    label: str
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class FoundLineItem:
    """A line item that exists on the platform; ``ours``: created by us, so that we may change and delete it."""

    url: str
    ours: bool
    link: str = ""
    """The platform's id of the resource link to which it belongs; empty if the platform does not tell."""


def number(value: Decimal) -> int | float:
    """Returns a JSON number: an integer if whole."""
    return int(value) if value == int(value) else float(value)


def find_line_item(session: Session, context: Context, wanted: DesiredLineItem) -> FoundLineItem | None:
    """Returns the line item of the resource link, or one with our ``resourceId`` and no link.

    Raises ``Unreachable``, ``LineItemRefused``.
    """
    if not context.line_items_url or not READS.intersection(context.scopes):
        return None
    asked = with_query(context.line_items_url, resource_link_id=wanted.link, limit=str(PAGE))
    found = _best(_iter_line_items(session, context, asked), wanted)
    if found is None:
        asked = with_query(context.line_items_url, resource_id=wanted.resource, limit=str(PAGE))
        found = _best(_iter_line_items(session, context, asked), wanted)
    return found


def find_by_resource(session: Session, context: Context, resource: str) -> FoundLineItem | None:
    """Returns the line item with our ``resourceId``, of whichever link: one that the platform made with the activity.

    Raises ``Unreachable``, ``LineItemRefused``.
    """
    if not context.line_items_url or not READS.intersection(context.scopes):
        return None
    asked = with_query(context.line_items_url, resource_id=resource, limit=str(PAGE))
    for item in _iter_line_items(session, context, asked):
        if item.get("resourceId") == resource:
            link = item.get("resourceLinkId")
            return FoundLineItem(item["id"], ours=True, link=str(link) if isinstance(link, str | int) else "")
    return None


def _best(items: Iterator[dict[str, Any]], wanted: DesiredLineItem) -> FoundLineItem | None:
    ranked = [(rank, item["id"], item) for item in items if (rank := _rank(item, wanted)) is not None]
    if not ranked:
        return None
    _rank_of_best, url, item = min(ranked, key=lambda entry: entry[0])
    return FoundLineItem(url, item.get("resourceId") == wanted.resource)


def _rank(item: dict[str, Any], wanted: DesiredLineItem) -> int | None:
    """Rank of a line item, 0 best: link and our ``resourceId``, tag, link only, our ``resourceId`` only. None if it
    belongs to another link.
    """
    mine = item.get("resourceId") == wanted.resource
    if item.get("resourceLinkId") == wanted.link:
        return 0 if mine else 1 if item.get("tag") == wanted.tag else 2
    return 3 if mine and not item.get("resourceLinkId") else None


def _iter_line_items(session: Session, context: Context, url: str) -> Iterator[dict[str, Any]]:
    """Yields the course's line items page by page; all are checked, because a platform may ignore the filter."""
    address: str | None = url
    for _page in range(MOST_PAGES):
        if address is None:
            return
        answer = tokens.call(session, _platform(context), "GET", address, scopes=_read_scope(context), accept=ITEMS)
        found = _read(answer, list)
        yield from (item for item in found if isinstance(item, dict) and _is_address(item.get("id"), url))
        address = next_page(answer.headers, address)


def create_line_item(session: Session, context: Context, wanted: DesiredLineItem) -> FoundLineItem:
    """Creates the line item of the link. Raises ``Unreachable``, ``LineItemRefused``."""
    if not context.line_items_url or tokens.LINE_ITEM not in context.scopes:
        raise LineItemRefused(code="line_item_creation_forbidden")
    content = {
        "scoreMaximum": number(wanted.maximum),
        "label": wanted.label[:LONGEST_LABEL],
        "resourceId": wanted.resource,
        "resourceLinkId": wanted.link,
        "tag": wanted.tag,
    }
    told = _read(_send(session, context, "POST", context.line_items_url, content), dict)
    if not _is_address(told.get("id"), context.line_items_url):
        raise LineItemRefused(code="line_item_url_missing")
    return FoundLineItem(told["id"], ours=True)


def update_line_item(session: Session, context: Context, url: str, wanted: DesiredLineItem) -> None:
    """Sets label and maximum of a line item that we created; its other properties stay.

    Raises ``Unreachable``, ``LineItemRefused``.
    """
    if tokens.LINE_ITEM not in context.scopes:
        return
    answer = tokens.call(session, _platform(context), "GET", url, scopes=_read_scope(context), accept=ITEM)
    stands = _read(answer, dict)
    told = {"label": wanted.label[:LONGEST_LABEL], "resourceId": wanted.resource, "tag": wanted.tag}
    content = {**stands, **told, "scoreMaximum": number(wanted.maximum)}
    if content != stands:
        _read(_send(session, context, "PUT", url, content), dict)


def delete_line_item(session: Session, context: Context, url: str) -> None:
    """Deletes a line item that we created, with its scores; one that no longer exists counts as deleted.

    Raises ``Unreachable``, ``LineItemRefused``.
    """
    if tokens.LINE_ITEM not in context.scopes:
        raise LineItemRefused(code="line_item_deletion_forbidden")
    answer = tokens.call(session, _platform(context), "DELETE", url, scopes={tokens.LINE_ITEM})
    if answer.status not in GONE:
        _raise_for_status(answer)


def _platform(context: Context) -> Platform:
    return context.deployment.platform


def _read_scope(context: Context) -> set[str]:
    """Returns the read-only scope if the platform grants it, otherwise the full one."""
    return {tokens.LINE_ITEM_READ if tokens.LINE_ITEM_READ in context.scopes else tokens.LINE_ITEM}


def _send(session: Session, context: Context, method: str, url: str, content: dict[str, Any]) -> PlatformResponse:
    body = json.dumps(content, ensure_ascii=False).encode()
    scopes = {tokens.LINE_ITEM}
    return tokens.call(session, _platform(context), method, url, scopes=scopes, accept=ITEM, media=ITEM, content=body)


def _read(answer: PlatformResponse, kind: type) -> Any:
    _raise_for_status(answer)
    told = answer.json()
    if not isinstance(told, kind):
        raise Unreachable(answer.status, code="line_item_answer_malformed")
    return told


def _raise_for_status(answer: PlatformResponse) -> None:
    """Raises ``Unreachable`` for statuses that may pass, ``LineItemRefused`` for the others."""
    if 200 <= answer.status < 300:
        return
    why = tokens.error_of(answer)
    if answer.status in {401, 408, 429} or answer.status >= 500:
        raise Unreachable(answer.status, code="gradebook_unreachable", params={"why": why})
    raise LineItemRefused(params={"why": why})


def _is_address(url: Any, known: str) -> bool:
    """Returns whether this is a URL of the same origin as the service."""
    return isinstance(url, str) and len(url) <= 2000 and same_origin(url, known)
