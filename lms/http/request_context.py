"""What a request has: its database session, its actor, its clock."""

from datetime import datetime

from flask import g
from sqlalchemy.orm import Session

from courses.actors import actor_of
from lms.composition import parts
from lms.core.auth.policy import ANYONE, Actor
from lms.core.clock import utc_now
from lms.core.people.models import Account, UserSession
from lms.lti.launches.actors import scoped_actor


def db() -> Session:
    """The request's session; opened at the first call, committed once at the edge."""
    if "db" not in g:
        g.db = parts().sessions()
        g.db.info["request_id"] = g.get("request_id")
    session: Session = g.db
    return session


def now() -> datetime:
    """The moment of the request, the same for everything in it."""
    if "now" not in g:
        g.now = utc_now()
    moment: datetime = g.now
    return moment


def account() -> Account | None:
    """Who is logged in, if anyone."""
    found: UserSession | None = g.get("user_session")
    return found.account if found else None


def actor() -> Actor:
    """Who acts, with roles and groups; read once a request."""
    if "actor" not in g:
        found = account()
        g.actor = _as_launched() or actor_of(db(), found) if found else ANYONE
    acting: Actor = g.actor
    return acting


def _as_launched() -> Actor | None:
    """Inside a launch: what the account is at the launch's site, and nothing else; none outside of launches."""
    found = g.get("launch")
    return scoped_actor(db(), found) if found is not None else None
