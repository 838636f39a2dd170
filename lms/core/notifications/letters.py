"""Letters about notices: at once, or in one digest a morning, as each person has chosen.

The row of a notice is the queue: ``mail`` tells whether a letter is still to be decided on. The state changes in the
transaction that stores the letter, so that a repeated run sends nothing twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from lms.core.i18n import _, ngettext, use_locale
from lms.core.mail.models import Message
from lms.core.mail.operations import letter, send_all
from lms.core.notifications.kinds import AT_ONCE, DIGEST, NoticeKind, known
from lms.core.notifications.models import Notice, NoticePreference
from lms.core.notifications.unsubscribing import WHOLE_DIGEST, path_for
from lms.core.people.models import Account, Person
from lms.core.public_url import address_of

BATCH = 500
MOST_BATCHES = 10
DIGEST_HOUR = 8
"""Hour of the person's day after which the digest is sent."""
DIGESTS = 500
"""Digests written by one run."""
MOST_LISTED = 20
"""Notices that a digest tells in full; it counts the rest."""
LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Reader:
    """The person to whom letters go, with the account if there is one."""

    person: Person
    account: Account | None

    @property
    def email(self) -> str | None:
        """The address; None for a closed account, and for an address that its owner has not confirmed."""
        if self.account is None:
            return self.person.email
        answers = self.account.email_confirmed_at is not None or self.account.password_hash is None
        return self.account.email if self.account.is_active and answers else None

    @property
    def locale(self) -> str:
        """Language of the letters."""
        return self.account.locale if self.account else "ru"

    @property
    def zone(self) -> str | None:
        """The person's own time zone."""
        return self.account.time_zone if self.account else None


UNDECIDED = select(Notice.id).where(Notice.mail == "new")
"""Notices about whose letters ``send_new`` decides."""


def send_new(session: Session, now: datetime) -> None:
    """Decides about the letters of new notices: writes those for now, leaves others for the digest."""
    for _batch in range(MOST_BATCHES):
        rows = list(_new(session))
        found = [one for notice, reader, channel in rows if (one := _settle(notice, reader, channel)) is not None]
        send_all(session, found)
        session.flush()
        if len(rows) < BATCH:
            break


def _new(session: Session) -> Iterator[tuple[Notice, Reader, str | None]]:
    chosen = and_(NoticePreference.person_id == Notice.person_id, NoticePreference.kind == Notice.kind)
    rows = session.execute(
        select(Notice, Person, Account, NoticePreference.channel)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(NoticePreference, chosen)
        .options(contains_eager(Account.person.of_type(Person)))
        .where(Notice.mail == "new")
        .order_by(Notice.id)
        .limit(BATCH)
        .with_for_update(of=Notice, skip_locked=True, key_share=True)
    )
    for notice, person, account, channel in rows:
        yield notice, Reader(person, account), channel


def _settle(notice: Notice, reader: Reader, chosen: str | None) -> Message | None:
    """Returns the letter that is sent now, if the person wants one and has not read the notice in the meantime."""
    kind = known(notice.kind)
    channel = chosen or kind.channel
    waits = reader.email is not None and notice.read_at is None
    notice.mail = "digest" if waits and channel == DIGEST else "done"
    return _letter(notice, kind, reader) if waits and channel == AT_ONCE else None


def _letter(notice: Notice, kind: NoticeKind, reader: Reader) -> Message | None:
    with use_locale(reader.locale, reader.zone):
        told = kind.sentence(notice.detail)
        ending = path_for(reader.person.id, kind.name)
        body = _body(reader, f"{told}.", address_of(kind.path(notice.detail)), _way_out(ending))
        return _addressed(reader, told, body, ending)


def send_digests(session: Session, now: datetime, *, zone: str) -> None:
    """Writes a digest to each person whose morning has come; ``zone`` is that of people without their own.

    A digest holds what was written before this day's ``DIGEST_HOUR``, so that there is one a day at most.
    """
    due = [one for one in _waiting(session, zone) if one.since < latest_morning(now, one.zone)][:DIGESTS]
    if not due:
        return
    theirs = _due_notices(due, now)
    listed = _listed(session, theirs)
    readers = _readers(session, list(listed))
    session.execute(update(Notice).where(theirs).values(mail="done"), execution_options={"synchronize_session": False})
    letters = [_digest(readers[person_id], *told) for person_id, told in listed.items()]
    send_all(session, [one for one in letters if one is not None])


@dataclass(frozen=True, slots=True)
class WaitingDigest:
    """A person with notices for a digest, the moment of the first, and the zone of their mornings."""

    person_id: int
    since: datetime
    zone: str


def latest_morning(now: datetime, zone: str) -> datetime:
    """Returns the latest ``DIGEST_HOUR`` in this zone that is not after ``now``."""
    local = now.astimezone(ZoneInfo(zone))
    morning = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return morning if morning <= local else morning - timedelta(days=1)


def _waiting(session: Session, zone: str) -> list[WaitingDigest]:
    rows = session.execute(
        select(Notice.person_id, func.min(Notice.created_at), func.coalesce(Account.time_zone, zone))
        .outerjoin(Account, Account.person_id == Notice.person_id)
        .where(Notice.mail == "digest")
        .group_by(Notice.person_id, Account.time_zone)
        .order_by(func.min(Notice.created_at), Notice.person_id)
    )
    return [WaitingDigest(*row) for row in rows]


def _due_notices(due: Sequence[WaitingDigest], now: datetime) -> ColumnElement[bool]:
    """Returns the condition of the notices that these digests hold."""
    people: dict[str, list[int]] = {}
    for one in due:
        people.setdefault(one.zone, []).append(one.person_id)
    of_zones = (
        and_(Notice.person_id.in_(ids), Notice.created_at < latest_morning(now, zone)) for zone, ids in people.items()
    )
    return and_(Notice.mail == "digest", or_(*of_zones))


def _listed(session: Session, theirs: ColumnElement[bool]) -> dict[int, tuple[list[Notice], int]]:
    """Returns person id → the latest unread notices of the digest, and the number of all of them. One query."""
    place = func.row_number().over(partition_by=Notice.person_id, order_by=Notice.id.desc())
    count = func.count().over(partition_by=Notice.person_id)
    ranked = select(Notice.id, place.label("place"), count.label("together"))
    unread = ranked.where(theirs, Notice.read_at.is_(None)).subquery()
    rows = session.execute(
        select(Notice, unread.c.together)
        .join(unread, unread.c.id == Notice.id)
        .where(unread.c.place <= MOST_LISTED)
        .order_by(Notice.person_id, Notice.id.desc())
    )
    found: dict[int, tuple[list[Notice], int]] = {}
    for notice, together in rows:
        found.setdefault(notice.person_id, ([], together))[0].append(notice)
    return found


def _readers(session: Session, person_ids: Sequence[int]) -> dict[int, Reader]:
    rows = session.execute(
        select(Person, Account)
        .outerjoin(Account, Account.person_id == Person.id)
        .options(contains_eager(Account.person.of_type(Person)))
        .where(Person.id.in_(person_ids))
    )
    return {person.id: Reader(person, account) for person, account in rows}


def _digest(reader: Reader, listed: Sequence[Notice], count: int) -> Message | None:
    """Returns the digest in the reader's language; None without an address."""
    with use_locale(reader.locale, reader.zone):
        lines = [_line(one) for one in listed]
        rest = count - len(listed)
        more = [ngettext("and %(num)s more notice", "and %(num)s more notices", rest)] if rest else []
        ending = path_for(reader.person.id, WHOLE_DIGEST)
        everything = _("All notices:") + f"\n{address_of('/notices')}"
        body = _body(reader, *lines, *more, everything, _way_out(ending))
        return _addressed(reader, ngettext("%(num)s notice for you", "%(num)s notices for you", count), body, ending)


def _line(notice: Notice) -> str:
    kind = known(notice.kind)
    return f"— {kind.sentence(notice.detail)}\n{address_of(kind.path(notice.detail))}"


def _body(reader: Reader, *paragraphs: str) -> str:
    name = " ".join(filter(None, (reader.person.given_name, reader.person.patronymic)))
    return "\n\n".join((_("Good day, %(name)s!", name=name), *paragraphs)) + "\n"


def _way_out(path: str) -> str:
    return _("You can stop such letters here:") + f"\n{address_of(path)}"


def _addressed(reader: Reader, subject: str, body: str, ending: str) -> Message | None:
    subject = shorten(subject, LONGEST_SUBJECT, placeholder="…")
    written = letter(to=reader.email, subject=subject, body=body, person_id=reader.person.id)
    if written is not None:
        written.unsubscribe_path = ending
    return written
