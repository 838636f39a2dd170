"""Operations on connections: add, edit, remove, reconnect. People, contexts and results refer to the platform's row."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid, constraints
from lms.core.people.models import UserSession
from lms.lti.connections.deployments import keep_deployment
from lms.lti.connections.platform_settings import PlatformSettings, checked, identifier
from lms.lti.models.launches import Context, Launch
from lms.lti.models.platforms import Deployment, Platform
from lms.lti.trust import tool_keys
from lms.lti.trust.platform_keys import forget


def add(
    session: Session,
    *,
    actor: Actor | None,
    given: PlatformSettings,
    deployment_id: str,
    now: datetime,
    dynamic: bool = False,
) -> Platform:
    """Adds a connection and accepts its deployment (without one, the first launch's deployment waits).

    Raises ``Invalid`` at the field; at ``client_id`` if the platform is connected already.
    """
    tool_keys.public_set(session, now=now)  # creates the first key here and not while a platform waits to read it
    good = checked(given)
    platform = Platform(**good.columns | {"name": _distinct_name(session, good.name)}, dynamic=dynamic)
    told = identifier(deployment_id, "deployment_id") if deployment_id.strip() else ""
    session.add(platform)
    _flush(session)
    if told:
        keep_deployment(session, platform=platform, deployment_id=told, now=now)
    audit.record(session, actor, "platform.add", platform, site_id=platform.site_id, **_of(platform))
    session.flush()
    return platform


def find_connection(session: Session, *, issuer: str, client_id: str) -> Platform | None:
    """Returns the connection of this client, locked until the end of the transaction: the active one, else the latest
    removed one.
    """
    mine = select(Platform).where(Platform.issuer == issuer, Platform.client_id == client_id)
    latest = mine.order_by(Platform.removed_at.is_not(None), Platform.id.desc()).limit(1)
    return session.scalars(latest.with_for_update(of=Platform)).first()


def edit(session: Session, *, actor: Actor, platform: Platform, given: PlatformSettings) -> None:
    """Changes the settings. Keys read from another URL are deleted. Raises ``Invalid`` at the field."""
    _write(platform, checked(given))
    _flush(session)
    audit.record(session, actor, "platform.edit", platform, site_id=platform.site_id, **_of(platform))
    session.flush()


def remove(session: Session, *, actor: Actor, platform: Platform, now: datetime) -> None:
    """Refuses launches and ends the active ones; people, contexts and results stay. Repeating it changes nothing."""
    if platform.removed_at is not None:
        return
    platform.removed_at = now
    end_launches(session, platform=platform, now=now)
    audit.record(session, actor, "platform.remove", platform, site_id=platform.site_id, **_of(platform))
    session.flush()


def reconnect(
    session: Session,
    *,
    actor: Actor | None,
    platform: Platform,
    given: PlatformSettings,
    deployment_id: str,
    now: datetime,
) -> None:
    """Connects the same platform under a new client id: user ids are the platform's, so all data stay.

    Restores a removed connection. Raises ``Invalid`` at the field; at ``issuer`` for another platform.
    """
    good = checked(given)
    if good.issuer != platform.issuer:
        raise Invalid(code="platform_issuer_changed", field="issuer")
    told = identifier(deployment_id, "deployment_id") if deployment_id.strip() else ""
    before = platform.client_id
    _write(platform, good)
    platform.removed_at = None
    _flush(session)
    if told:
        keep_deployment(session, platform=platform, deployment_id=told, now=now, instead=True)
    audit.record(session, actor, "platform.renew", platform, site_id=platform.site_id, before=before, **_of(platform))
    session.flush()


def end_launches(session: Session, *, platform: Platform, now: datetime, deployment: Deployment | None = None) -> None:
    """Ends the active launches of this platform (or of one deployment) and their sessions."""
    contexts = select(Context.id).join(Deployment).where(Deployment.platform_id == platform.id)
    if deployment is not None:
        contexts = contexts.where(Deployment.id == deployment.id)
    mine = Launch.context_id.in_(contexts)
    opened = select(Launch.session_id).where(mine, Launch.session_id.is_not(None))
    session.execute(
        update(UserSession)
        .where(UserSession.id.in_(opened), UserSession.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session="fetch")
    )
    session.execute(
        update(Launch)
        .where(mine, Launch.ends_at > now)
        .values(ends_at=now)
        .execution_options(synchronize_session="fetch")
    )


def _distinct_name(session: Session, name: str) -> str:
    """Returns the name, with a number if an active connection has it: two connections of one platform."""
    taken = set(session.scalars(select(Platform.name).where(Platform.removed_at.is_(None))))
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"[:500] if name in taken else name


def _write(platform: Platform, good: PlatformSettings) -> None:
    if good.jwks_url != platform.jwks_url:
        forget(platform)
    for name, value in good.columns.items():
        setattr(platform, name, value)


def _flush(session: Session) -> None:
    taken = Invalid(code="platform_connected_already", field="client_id")
    with constraints(uq_lti_platform_client=taken):
        session.flush()


def _of(platform: Platform) -> dict[str, str]:
    return {"issuer": platform.issuer, "client_id": platform.client_id}
