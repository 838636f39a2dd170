"""The database session, the actor and the moment of a request."""

from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from courses.actors import actor_of, actor_of_facts
from lms.composition import parts
from lms.core.auth.policy import ANYONE, Actor
from lms.core.clock import utc_now
from lms.core.people.models import Account, UserSession
from lms.lti.launches.actors import scoped_actor


def db() -> Session:
    """Returns the request's database session. It is opened at the first call and committed once by the application."""
    if "db" not in g:
        g.db = parts().sessions()
        g.db.info["request_id"] = g.get("request_id")
    session: Session = g.db
    return session


def now() -> datetime:
    """Returns the moment of the request, which is the same for everything in it."""
    if "now" not in g:
        g.now = utc_now()
    moment: datetime = g.now
    return moment


def account() -> Account | None:
    """Returns the account that is logged in, or ``None``."""
    found: UserSession | None = g.get("user_session")
    return found.account if found else None


def actor() -> Actor:
    """Returns the actor with roles and groups; read once a request."""
    if "actor" not in g:
        found = account()
        g.actor = _as_launched() or _of_session(found) if found else ANYONE
    acting: Actor = g.actor
    return acting


def session_fact(name: str) -> Any:
    """Returns a fact that was read with the log-in's session; ``None`` inside a launch, which has no log-in."""
    return g.get("session_facts", {}).get(name)


def _of_session(found: Account) -> Actor:
    facts = g.get("session_facts")
    return actor_of_facts(found, facts) if facts is not None else actor_of(db(), found)


def _as_launched() -> Actor | None:
    """Returns the actor with the account's roles at the launch's site only; ``None`` outside of launches."""
    found = g.get("launch")
    return scoped_actor(db(), found) if found is not None else None
