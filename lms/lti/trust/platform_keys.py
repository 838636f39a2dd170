"""Keys of platforms: fetched from their JWKS URL, stored in their row, parsed once per process.

An unknown key or an invalid signature may mean that the platform has changed its keys: they are fetched again, at most
once a minute, because anybody can send a token with an invented ``kid``.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog

from lms.lti.errors import AddressRefused, Refused, Unreachable
from lms.lti.messages.id_token import TrustedKey, UnverifiedToken, check_signature, choose_key, read_keys
from lms.lti.messages.refusals import refused
from lms.lti.models.platforms import Platform
from lms.lti.trust import http_client

AGAIN_AFTER = timedelta(minutes=1)
STALE_AFTER = timedelta(days=1)
"""Older keys are fetched again: the platform may have withdrawn one."""
LARGEST = 200_000
"""Bytes of a key set."""
MOST_KEPT = 500

log = structlog.get_logger()

Name = tuple[int, str]
_read: dict[Name, tuple[datetime, dict[str, Any], tuple[TrustedKey, ...]]] = {}
"""Keys parsed by this process: unlike the row, they survive the rollback of a refused launch."""
_tried: dict[Name, datetime] = {}


def verify(platform: Platform, opened: UnverifiedToken, *, now: datetime) -> None:
    """Verifies the token's signature, fetching the keys again if that may help.

    Raises ``Refused``: ``kid``, ``algorithm``, ``signature``; ``keys`` if they cannot be fetched.
    """
    known = _known(platform, now)
    try:
        _check(opened, known)
    except Refused:
        if not _may_try(platform, now):
            raise
        _tried[_name(platform)] = now
        _check(opened, _fetch(platform, now))


def forget(platform: Platform) -> None:
    """Deletes the platform's keys after a change of its URLs; the next launch fetches them."""
    _read.pop(_name(platform), None)
    _tried.pop(_name(platform), None)
    platform.jwks, platform.jwks_fetched_at = {}, None


def _check(opened: UnverifiedToken, keys: tuple[TrustedKey, ...]) -> None:
    key = choose_key(opened, keys)
    if key is None:
        raise refused("kid", f"the platform publishes {[key.kid for key in keys][:10]}, came: {opened.kid!r}")
    check_signature(opened, key)


def _known(platform: Platform, now: datetime) -> tuple[TrustedKey, ...]:
    """Returns the stored keys; fetches them if they are missing or old."""
    keys, at = _kept(platform)
    if at is None:
        if not _may_try(platform, now):
            raise refused("keys", "they could not be read a moment ago")
        return _fetch(platform, now)
    if at < now - STALE_AFTER and _may_try(platform, now):
        try:
            return _fetch(platform, now)
        except Refused as error:
            log.warning("platform_keys_stale", platform=platform.id, error=error.detail)
    return keys


def _kept(platform: Platform) -> tuple[tuple[TrustedKey, ...], datetime | None]:
    name, at = _name(platform), platform.jwks_fetched_at
    read = _read.get(name)
    if read is not None and (at is None or read[0] >= at):
        if at is None or read[0] > at:
            platform.jwks, platform.jwks_fetched_at = read[1], read[0]
        return read[2], read[0]
    if at is None:
        return (), None
    return _remember(name, at, platform.jwks), at


def _fetch(platform: Platform, now: datetime) -> tuple[TrustedKey, ...]:
    """Fetches the platform's keys. Raises ``Refused("keys")``."""
    name = _name(platform)
    try:
        answer = http_client.request("GET", platform.jwks_url, headers={"Accept": "application/json"}, at_most=LARGEST)
        published: Any = answer.json() if answer.status == 200 else None
    except (Unreachable, AddressRefused) as error:
        _tried[name] = now
        raise refused("keys", f"{platform.jwks_url}: {error.message}"[:500]) from error
    keys = read_keys(published)
    if not keys:
        _tried[name] = now
        raise refused("keys", f"{platform.jwks_url}: status {answer.status}, no key that we could use"[:500])
    platform.jwks, platform.jwks_fetched_at = published, now
    return _remember(name, now, published, keys)


def _remember(
    name: Name, at: datetime, published: dict[str, Any], keys: tuple[TrustedKey, ...] | None = None
) -> tuple[TrustedKey, ...]:
    if len(_read) >= MOST_KEPT:
        _read.clear()
    parsed = read_keys(published) if keys is None else keys
    _read[name] = at, published, parsed
    return parsed


def _may_try(platform: Platform, now: datetime) -> bool:
    tried = _tried.get(_name(platform))
    return tried is None or not timedelta(0) <= now - tried < AGAIN_AFTER


def _name(platform: Platform) -> Name:
    return platform.id, platform.jwks_url
