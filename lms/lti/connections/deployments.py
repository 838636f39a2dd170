"""Deployments of a platform from which launches are accepted."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.core import audit
from lms.core.auth.policy import Actor
from lms.lti.connections.platform_settings import identifier
from lms.lti.models.launches import Context
from lms.lti.models.platforms import Deployment, Platform


def accept(session: Session, *, actor: Actor, deployment: Deployment, now: datetime) -> None:
    """Accepts launches of the deployment; repeating it changes nothing."""
    if deployment.accepted_at is None:
        deployment.accepted_at = now
        _record(session, actor, "platform.accept_deployment", deployment)
        session.flush()


def add(session: Session, *, actor: Actor, platform: Platform, deployment_id: str, now: datetime) -> Deployment:
    """Adds a deployment shown by the platform or accepts a known one. Raises ``Invalid`` at ``deployment_id``."""
    told = identifier(deployment_id, "deployment_id")
    kept = keep_deployment(session, platform=platform, deployment_id=told, now=now)
    _record(session, actor, "platform.add_deployment", kept)
    session.flush()
    return kept


def forget(session: Session, *, actor: Actor, deployment: Deployment) -> bool:
    """Refuses launches of the deployment; returns True if it was deleted, False if it has contexts and stays as not
    accepted.
    """
    _record(session, actor, "platform.forget_deployment", deployment)
    used = session.scalar(select(exists().where(Context.deployment_id == deployment.id)))
    if used:
        deployment.accepted_at = None
    else:
        session.delete(deployment)
    session.flush()
    session.expire(deployment.platform, ["deployments"])
    return not used


def keep_deployment(
    session: Session, *, platform: Platform, deployment_id: str, now: datetime, instead: bool = False
) -> Deployment:
    """Returns this deployment, accepted. ``instead``: a new registration may rename the platform's only deployment.

    Contexts, links and results refer to the deployment's row and continue under the new id.
    """
    known = {each.deployment_id: each for each in _all(session, platform)}
    found = known.get(deployment_id)
    if found is None and instead and len(known) == 1:
        (found,) = known.values()
        found.deployment_id = deployment_id
    if found is None:
        found = Deployment(platform_id=platform.id, platform=platform, deployment_id=deployment_id)
        session.add(found)
    found.accepted_at = found.accepted_at or now
    session.flush()
    session.expire(platform, ["deployments"])
    return found


def _all(session: Session, platform: Platform) -> list[Deployment]:
    return list(session.scalars(select(Deployment).where(Deployment.platform_id == platform.id).with_for_update()))


def _record(session: Session, actor: Actor, action: str, deployment: Deployment) -> None:
    audit.record(session, actor, action, deployment.platform, deployment_id=deployment.deployment_id)
