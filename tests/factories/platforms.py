"""Creates rows of platforms: a platform with its course, links, participants and launches."""

import secrets

from sqlalchemy.orm import Session

from courses.models.groups import Cohort
from lms.core.auth.identities import ExternalIdentity
from lms.core.clock import utc_now
from lms.core.people.models import Account
from lms.lti.models.launches import ContentItem, Context, Launch, Link, Participant
from lms.lti.models.platforms import Deployment, Platform
from tests.factories import make


def _add(session: Session, row):  # type: ignore[no-untyped-def]
    session.add(row)
    session.flush()
    return row


def platform(session: Session, **values: object) -> Platform:
    number = next(make.count)
    home = f"https://moodle{number}.example"
    defaults = {
        "name": f"Мудл гимназии {number}",
        "family": "moodle",
        "issuer": home,
        "client_id": secrets.token_hex(6),
        "authorization_endpoint": f"{home}/mod/lti/auth.php",
        "token_endpoint": f"{home}/mod/lti/token.php",
        "jwks_url": f"{home}/mod/lti/certs.php",
    }
    return _add(session, Platform(**(defaults | values)))


def context(session: Session, of: Platform | None = None, **values: object) -> Context:
    """Creates a course of the platform in an accepted deployment."""
    of = of or platform(session)
    deployment = of.deployments[0] if of.deployments else None
    if deployment is None:
        deployment = Deployment(platform_id=of.id, platform=of, deployment_id="1", accepted_at=utc_now())
        _add(session, deployment)
        session.refresh(of, ["deployments"])
    number = next(make.count)
    defaults = {"context_id": str(number), "title": f"Курс {number}", "label": f"К{number}"}
    return _add(session, Context(deployment_id=deployment.id, deployment=deployment, **(defaults | values)))


def placement(session: Session, at: Context, group: Cohort, **values: object) -> ContentItem:
    defaults = {"kind": "programme", "title": group.version.title}
    return _add(
        session,
        ContentItem(context_id=at.id, context=at, cohort_id=group.id, cohort=group, **(defaults | values)),
    )


def link(session: Session, at: Context, shows: ContentItem | None = None, **values: object) -> Link:
    defaults = {"resource_link_id": secrets.token_hex(6), "title": "Стажировка"}
    return _add(
        session,
        Link(
            context_id=at.id,
            context=at,
            placement_id=shows.id if shows else None,
            placement=shows,
            **(defaults | values),
        ),
    )


def identity(session: Session, account: Account, of: Platform, subject: str | None = None) -> ExternalIdentity:
    return _add(
        session,
        ExternalIdentity(account_id=account.id, platform=f"lti:{of.id}", subject=subject or secrets.token_hex(8)),
    )


def participant(session: Session, at: Context, account: Account | None, **values: object) -> Participant:
    defaults = {"subject": secrets.token_hex(8), "platform_role": "learner"}
    return _add(
        session,
        Participant(context_id=at.id, context=at, account_id=account.id if account else None, **(defaults | values)),
    )


def launch(session: Session, at: Context, **values: object) -> Launch:
    """Creates a launch under way; a visitor's unless ``session_id`` is given."""
    from datetime import timedelta

    defaults = {"platform_role": "learner", "subject": secrets.token_hex(8), "ends_at": utc_now() + timedelta(hours=8)}
    return _add(session, Launch(context_id=at.id, context=at, **(defaults | values)))


def context_of(session: Session, row: Platform, strict, **values: object) -> Context:  # type: ignore[no-untyped-def]
    """Returns the course of a strict test platform, with the address of its roster."""
    course = strict.course
    told = {
        "context_id": course.id,
        "title": course.title,
        "label": course.label,
        "roster_url": strict.service_url("members"),
    }
    return context(session, row, **(told | values))


def shown(session: Session, group: Cohort, at: Context) -> ContentItem:
    """Creates a content item that shows the group, and a link of this course to it."""
    made = placement(session, at, group)
    link(session, at, made)
    return made
