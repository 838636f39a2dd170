"""Draft → submitted → considered (protocol) → approved, or returned with remarks.

*Considered* and *approved* are two facts, each with its document; the authority's setting ``approved_by`` names the
issuer of the approving order or protocol. An approved version never changes. Each step may be sent twice: the second
time changes nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from courses.events import VersionApproved, VersionConsidered, VersionReturned, VersionSubmitted
from courses.models.programmes import Consideration, ProgrammeVersion
from courses.programmes.errors import NotReady, WrongState
from courses.programmes.plan_store import lock
from courses.programmes.readiness import readiness
from lms.core import audit
from lms.core.auth.policy import Actor
from lms.core.clock import day_in
from lms.core.errors import Invalid
from lms.core.events import publish

DOCUMENT_AT_MOST = 200
REMARKS_AT_MOST = 10_000
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Document:
    """A protocol or an order: its number and date."""

    number: str
    on: date


def submit(session: Session, *, actor: Actor, version: ProgrammeVersion, now: datetime) -> None:
    """Submits the version to the council. Raises ``NotReady`` with the problems, ``WrongState``."""
    lock(session, version)
    if version.state == "submitted":
        return
    if not version.is_open:
        raise WrongState(code="version_not_open")
    found = readiness(session, version)
    if not found.holds:
        raise NotReady(found.problems)
    version.submitted_at = now
    _enter(session, actor, version, "submitted")
    publish(session, VersionSubmitted(version.id, now))


def withdraw(session: Session, *, actor: Actor, version: ProgrammeVersion) -> None:
    """Takes back a version that the council has not considered yet. Raises ``WrongState``."""
    lock(session, version)
    if version.is_open:
        return
    if version.state != "submitted":
        raise WrongState(code="version_considered_already")
    version.submitted_at = None
    _enter(session, actor, version, "draft")


def consider(
    session: Session, *, actor: Actor, version: ProgrammeVersion, protocol: Document, remarks: str = "", now: datetime
) -> None:
    """Records that the council considered the version. Raises ``Invalid`` at ``number``, ``on``; ``WrongState``."""
    lock(session, version)
    if version.state == "considered":
        return
    if version.state != "submitted":
        raise WrongState(code="version_not_with_council")
    _record(session, actor, version, "considered", document=_checked(version, protocol, now), remarks=remarks)
    _enter(session, actor, version, "considered")
    publish(session, VersionConsidered(version.id, now))


def approve(session: Session, *, actor: Actor, version: ProgrammeVersion, document: Document, now: datetime) -> None:
    """Records the order or protocol that approves a considered version; it may be offered from now on.

    Raises ``Invalid`` at ``number``, ``on``; ``WrongState``; ``NotReady`` if the plan's sums do not match.
    """
    lock(session, version)
    if version.state == "approved":
        return
    if version.state != "considered":
        raise WrongState(code="version_not_considered")
    found = readiness(session, version)
    if not found.holds:
        raise NotReady(found.problems)
    fixed = _checked(version, document, now)
    _record(session, actor, version, "approved", document=fixed)
    version.approval_document, version.approved_on, version.approved_at = fixed.number, fixed.on, now
    publish(session, VersionApproved(version.id, now))  # before the state: its handlers still write what it freezes
    _enter(session, actor, version, "approved")


def send_back(
    session: Session, *, actor: Actor, version: ProgrammeVersion, document: Document, remarks: str, now: datetime
) -> None:
    """Returns the version to its author with remarks. Raises ``Invalid`` at ``remarks``, ``number``, ``on``."""
    lock(session, version)
    if version.state == "returned":
        return
    if version.state not in ("submitted", "considered"):
        raise WrongState(code="version_not_with_council")
    if not remarks.strip():
        raise Invalid(code="remarks_missing", field="remarks")
    _record(session, actor, version, "returned", document=_checked(version, document, now), remarks=remarks)
    _enter(session, actor, version, "returned")
    publish(session, VersionReturned(version.id, now))


def _checked(version: ProgrammeVersion, document: Document, now: datetime) -> Document:
    """Returns the document as ``checked_document`` does, on the day of the authority whose council decides."""
    return checked_document(document, day_in(version.programme.site.authority.time_zone, now))


def checked_document(document: Document, today: date) -> Document:
    """Returns the document with a number and a date not in the future. Raises ``Invalid`` at ``number`` or ``on``."""
    number = " ".join(document.number.split())
    if not number:
        raise Invalid(code="document_number_missing", field="number")
    if len(number) > DOCUMENT_AT_MOST:
        raise Invalid(code="characters_at_most", field="number", params={"most": DOCUMENT_AT_MOST})
    if document.on > today:
        raise Invalid(code="document_date_in_future", field="on", params={"today": today})
    if document.on < EARLIEST:
        raise Invalid(code="document_date_too_early", field="on", params={"earliest": EARLIEST})
    return Document(number, document.on)


def _record(
    session: Session, actor: Actor, version: ProgrammeVersion, decision: str, *, document: Document, remarks: str = ""
) -> None:
    if len(remarks) > REMARKS_AT_MOST:
        raise Invalid(code="characters_at_most", field="remarks", params={"most": REMARKS_AT_MOST})
    session.add(
        Consideration(
            version_id=version.id,
            decision=decision,
            document=document.number,
            decided_on=document.on,
            remarks=remarks.strip(),
            decided_by_id=actor.account_id,
        )
    )


def _enter(session: Session, actor: Actor, version: ProgrammeVersion, state: str) -> None:
    before, version.state = version.state, state
    audit.record(
        session, actor, f"programme.{state}", version, site_id=version.programme.site_id, before=before, after=state
    )
    session.flush()
    session.expire(version, ["considerations"])
