"""Second half of a launch: validates the message, resolves the account and creates the launch.

``accept`` handles the launch message; ``accept_visitor`` continues a launch after its visitor has named an account.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from lms.core.people.models import Account
from lms.core.public_url import address_of
from lms.lti.content.content_items import parse_key
from lms.lti.content.copied_links import show_same
from lms.lti.content.deep_linking import read_settings
from lms.lti.errors import Refused
from lms.lti.grades import line_items
from lms.lti.identity.account_resolution import resolve_account
from lms.lti.identity.course_roles import ELSEWHERE
from lms.lti.launches.contexts import LaunchOrigin, locate, save_context_and_link, save_participant
from lms.lti.launches.destinations import CHOOSE, Destination, destination_of, key_within, page_within
from lms.lti.launches.launch_sessions import BrowserInfo, LaunchData, assign_account, new_launch, use_nonce
from lms.lti.messages import id_token as tokens
from lms.lti.messages import state as states
from lms.lti.messages.claims import LaunchClaims, peek_claims, read_claims
from lms.lti.messages.refusals import refused
from lms.lti.messages.roles import PlatformRole, is_test_user, platform_role_of, role_elsewhere
from lms.lti.messages.urls import normalised, origin_of
from lms.lti.models.launches import ContentItem, Launch
from lms.lti.models.platforms import Deployment, Platform
from lms.lti.platforms.endpoints import family_of
from lms.lti.trust import platform_keys

NONCE_KEPT = timedelta(hours=1)
"""Longer than the lifetimes of a login state and a token together."""
LAST_LAUNCH_PRECISION = timedelta(minutes=10)
"""Precision of a platform's ``last_launch_at``, to save writes."""
MOST_ORIGINS = 8


@dataclass(frozen=True, slots=True)
class AcceptedLaunch:
    """An accepted launch with the token for its cookie and its destination."""

    launch: Launch
    token: str
    destination: Destination


def front_page_path(_destination: Destination) -> str:
    """Returns the path of the front page, for callers without pages."""
    return "/"


def accept(
    session: Session,
    *,
    id_token: str,
    state: str,
    proof: str | None,
    agent: str,
    address: str,
    now: datetime,
    path_of: Callable[[Destination], str] = front_page_path,
) -> AcceptedLaunch:
    """Validates the platform's message and creates the launch.

    ``proof`` is the browser's secret, from its cookie or from the platform's storage; ``agent`` and ``address`` are the
    browser's; ``path_of`` maps a destination to a path of ours. Raises ``Refused`` with everything known about its
    origin.
    """
    login = states.decode_state(state, now=now)
    try:
        _check_browser(login, proof)
        opened = tokens.parse_token(id_token)
        origin = _origin(session, login, opened.payload)
    except Refused as error:
        error.platform_id = login.platform_id
        raise
    try:
        platform_keys.verify(origin.platform, opened, now=now)
    except Refused as error:
        raise _with_origin(error, origin.platform) from error.__cause__
    try:
        launched = _checked(origin, login, opened, now)
        if not use_nonce(session, login.platform_id, login.nonce, ends_at=now + NONCE_KEPT):
            raise refused("replay", "this token was accepted before")
        accepted = _open_launch(session, origin, launched, BrowserInfo(agent, address), now)
        accepted.launch.path = path_of(accepted.destination)
        session.add(accepted.launch)
        session.flush()
        return accepted
    except Refused as error:
        raise _with_origin(error, origin.platform, opened.payload) from error.__cause__


def accept_visitor(
    session: Session, *, launch: Launch, account: Account, agent: str, address: str, now: datetime
) -> AcceptedLaunch:
    """Continues a visitor's launch with the account that was linked to the platform's user.

    Raises ``Refused``: ``withdrawn``, ``group_closed``.
    """
    # An account that the launch made for a trainee is replaced by an older one: they study here still.
    elsewhere = PlatformRole.LEARNER if launch.session is not None else str(launch.named.get(ELSEWHERE, ""))
    token = assign_account(session, launch, account=account, browser=BrowserInfo(agent, address), now=now)
    placement = launch.link.placement if launch.link else None
    destination = destination_of(session, launch, account, placement=placement, page=None, now=now, elsewhere=elsewhere)
    if launch.link is not None:
        line_items.ensure_line_item(session, launch.link, now=now, account=_learner(launch, account))
    return AcceptedLaunch(launch, token, destination)


def record_deployment(session: Session, *, platform_id: int, deployment_id: str) -> None:
    """Records an unknown deployment, which the administrator may accept."""
    values = {"platform_id": platform_id, "deployment_id": deployment_id}
    session.execute(insert(Deployment).values(values).on_conflict_do_nothing())


def _check_browser(login: states.LoginState, proof: str | None) -> None:
    """Raises ``Refused("browser")`` unless this browser has started the login."""
    if not proof:
        raise refused("browser", "neither a cookie nor the platform's storage had the secret")
    if not compare_digest(states.digest(proof), login.secret_hash):
        raise refused("browser", "the secret is of another login")


def _origin(session: Session, login: states.LoginState, payload: Any) -> LaunchOrigin:
    names = peek_claims(payload)
    key = parse_key(names.placement or key_within(names.target, address_of("")) or "")
    origin = locate(
        session,
        platform_id=login.platform_id,
        deployment_id=names.deployment_id,
        context_id=names.context_id,
        resource_link_id=names.resource_link_id,
        placement_key=key,
    )
    if origin is None or origin.platform.removed_at is not None:
        raise refused("removed", f"platform {login.platform_id}")
    return origin


def _checked(
    origin: LaunchOrigin, login: states.LoginState, opened: tokens.UnverifiedToken, now: datetime
) -> LaunchClaims:
    """Validates the claims of a token whose signature is valid."""
    platform = origin.platform
    tokens.check_envelope(
        opened.payload, issuer=platform.issuer, client_id=platform.client_id, nonce=login.nonce, now=now
    )
    launched = read_claims(opened.payload)
    if login.deployment_hash and states.digest(launched.deployment_id) != login.deployment_hash:
        raise refused("deployment_changed", f"the login named another one than {launched.deployment_id[:100]!r}")
    if launched.target_link_uri and states.digest(normalised(launched.target_link_uri)) != login.target_hash:
        raise refused("target_changed", f"the login named another one than {launched.target_link_uri[:200]!r}")
    if origin.deployment is None or origin.deployment.accepted_at is None:
        raise refused("deployment", f"{launched.deployment_id!r} is not accepted yet")
    if launched.deep_linking:
        read_settings(launched.deep_linking, _origins(platform, launched))
    return launched


def _open_launch(
    session: Session, origin: LaunchOrigin, launched: LaunchClaims, browser: BrowserInfo, now: datetime
) -> AcceptedLaunch:
    """Resolves the account and creates the launch, which the caller adds to the session."""
    save_context_and_link(session, origin, launched, now=now)
    assert origin.context is not None
    placement = origin.placement or _same_for_course(session, origin, launched, now)
    platform, facts = origin.platform, _launch_data(origin.platform, launched)
    account = resolve_account(
        session,
        platform=platform,
        subject=launched.subject,
        named=facts.named,
        locale=facts.locale,
        cohort=placement.cohort if placement else None,
        platform_role=facts.platform_role,
        now=now,
        context_id=origin.context.id,
    )
    save_participant(session, origin.context, launched, platform_role=facts.platform_role, account=account, now=now)
    _update_platform(platform, launched, now)
    launch, token = new_launch(
        context=origin.context,
        link=origin.link,
        account=account,
        facts=facts,
        browser=browser,
        now=now,
    )
    page = page_within(launched.target_link_uri, address_of(""))
    elsewhere = str(facts.named.get(ELSEWHERE, ""))
    destination = destination_of(session, launch, account, placement=placement, page=page, now=now, elsewhere=elsewhere)
    if origin.link is not None:
        line_items.ensure_line_item(session, origin.link, now=now, account=_learner(launch, account))
    return AcceptedLaunch(launch, token, _with_earlier(destination, launched))


def _same_for_course(
    session: Session, origin: LaunchOrigin, launched: LaunchClaims, now: datetime
) -> ContentItem | None:
    """Returns what a copied link shows in the group that staff have chosen for the whole course."""
    key = _named_key(launched)
    if origin.link is None or origin.context is None or origin.context.cohort_id is None or key is None:
        return None
    return show_same(session, context=origin.context, link=origin.link, key=key, now=now)


def _named_key(launched: LaunchClaims) -> UUID | None:
    """Returns the key of the content item that the link names, in this course or in the one it was copied from."""
    return parse_key(launched.custom.get("placement") or key_within(launched.target_link_uri, address_of("")) or "")


def _update_platform(platform: Platform, launched: LaunchClaims, now: datetime) -> None:
    """Records the moment of the launch and, if unknown, the platform's family."""
    if platform.last_launch_at is None or now - platform.last_launch_at > LAST_LAUNCH_PRECISION:
        platform.last_launch_at = now
    if platform.family == "other" and (family := family_of(launched.platform_family)) != "other":
        platform.family = family


def _learner(launch: Launch, account: Account | None) -> Account | None:
    return account if launch.platform_role == PlatformRole.LEARNER else None


def _with_earlier(destination: Destination, launched: LaunchClaims) -> Destination:
    """Adds the earlier choice to the destination: a link of a copied course names the item it showed there."""
    key = _named_key(launched)
    if destination != CHOOSE or key is None or launched.resource_link is None:
        return destination
    return replace(destination, values={"earlier": str(key)})


def _launch_data(platform: Platform, launched: LaunchClaims) -> LaunchData:
    named: dict[str, Any] = dict(launched.named)
    if is_test_user(launched.roles):
        named["test"] = True
    if (elsewhere := role_elsewhere(launched.roles)) != PlatformRole.OTHER:
        named[ELSEWHERE] = elsewhere
    return LaunchData(
        subject=launched.subject,
        platform_role=platform_role_of(launched.roles),
        named=named,
        locale=launched.presentation.locale,
        target=launched.presentation.target,
        return_url=launched.presentation.return_url,
        origins=_origins(platform, launched),
        deep_linking=launched.deep_linking,
        mentees=launched.mentees,
    )


def _origins(platform: Platform, launched: LaunchClaims) -> list[str]:
    """Origins of the platform: of its registered addresses and of those in the signed token."""
    told = (
        platform.authorization_endpoint,
        platform.issuer,
        launched.presentation.return_url or "",
        str(launched.deep_linking.get("deep_link_return_url", "")),
        launched.services.line_items_url or "",
        launched.services.roster_url or "",
    )
    return list(dict.fromkeys(filter(None, map(origin_of, told))))[:MOST_ORIGINS]


def _with_origin(error: Refused, platform: Platform, payload: Any = None) -> Refused:
    """Returns the refusal with its origin; ``payload``: of a token whose signature is valid."""
    error.platform_id, error.issuer, error.client_id = platform.id, platform.issuer, platform.client_id
    if payload is not None:
        names = peek_claims(payload)
        error.deployment_id, error.return_url = names.deployment_id or None, names.return_url
    return error
