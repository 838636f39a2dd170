"""Changing connections: add, edit, remove, connect anew. People, courses and results hang on the platform's row."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.errors import Invalid, constraints
from lms.core.i18n import gettext as _
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
    """A new connection; its deployment is accepted at once (none is told: the first launch's waits).

    Raises ``Invalid`` at the field; at ``client_id`` when the platform is connected already.
    """
    tool_keys.public_set(session, now=now)  # made with the connection: never while a platform waits to read it
    platform = Platform(**checked(given).columns, dynamic=dynamic)
    told = identifier(deployment_id, "deployment_id") if deployment_id.strip() else ""
    session.add(platform)
    _flush(session)
    if told:
        keep_deployment(session, platform=platform, deployment_id=told, now=now)
    audit.record(session, actor, "platform.add", platform, site_id=platform.site_id, **_of(platform))
    session.flush()
    return platform


def edit(session: Session, *, actor: Actor, platform: Platform, given: PlatformSettings) -> None:
    """Other settings. Keys read from another address are forgotten. Raises ``Invalid`` at the field."""
    _write(platform, checked(given))
    _flush(session)
    audit.record(session, actor, "platform.edit", platform, site_id=platform.site_id, **_of(platform))
    session.flush()


def remove(session: Session, *, actor: Actor, platform: Platform, now: datetime) -> None:
    """Launches are refused from now on and those under way end; people, courses and results stay. Twice is once."""
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
    """The same platform under a new client id: its people are known by their numbers there, so all of it stays.

    A removed connection lives again. Raises ``Invalid`` at the field; at ``issuer`` for another platform.
    """
    good = checked(given)
    if good.issuer != platform.issuer:
        raise Invalid(
            _("This is another platform: people would be taken for others. Connect it as a new one."), "issuer"
        )
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
    """End the launches of this platform (of this deployment alone), and the sessions that they opened."""
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


def _write(platform: Platform, good: PlatformSettings) -> None:
    if good.jwks_url != platform.jwks_url:
        forget(platform)
    for name, value in good.columns.items():
        setattr(platform, name, value)


def _flush(session: Session) -> None:
    taken = Invalid(_("This platform is connected already under this client id."), "client_id")
    with constraints(uq_lti_platform_client=taken):
        session.flush()


def _of(platform: Platform) -> dict[str, str]:
    return {"issuer": platform.issuer, "client_id": platform.client_id}
