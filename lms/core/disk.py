"""Free space for the data: when the service is no longer ready, and when administrators are told."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.i18n import _, format_number, use_locale
from lms.core.mail.operations import send
from lms.core.notifications.operations import notify
from lms.core.notifications.queries import told_since
from lms.core.people.models import Account

LEAST_FREE_BYTES: Final = 100 * 1024 * 1024
"""Below this nothing large can be stored and PostgreSQL may stop at any moment."""
FULL_SHARE: Final = 0.9
"""From this share of used space administrators are told."""
REMINDED_AFTER: Final = timedelta(days=1)
NOTICE: Final = "disk_full"


@dataclass(frozen=True, slots=True)
class Space:
    """Space of the file system that holds the data, in bytes; ``free`` is what an ordinary account may use."""

    total: int
    free: int

    @property
    def used_share(self) -> float:
        """The used part from 0 to 1."""
        return 1 - self.free / self.total if self.total else 1.0

    @property
    def is_short(self) -> bool:
        """True from the share at which administrators are told."""
        return self.used_share >= FULL_SHARE

    @property
    def is_spent(self) -> bool:
        """True if nothing more can be stored."""
        return self.free < LEAST_FREE_BYTES


def space_of(folder: Path) -> Space:
    """Returns the space of the file system of the folder, or of its nearest parent that exists."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))
    found = shutil.disk_usage(there)
    return Space(found.total, found.free)


def tell_administrators(session: Session, space: Space, now: datetime) -> int:
    """Sends each administrator a notice and a letter while space is short, at most once a day. Returns their number."""
    if not space.is_short:
        return 0
    told = told_since(session, NOTICE, now - REMINDED_AFTER)
    accounts = session.scalars(
        select(Account)
        .where(Account.is_administrator, Account.is_active, Account.person_id.not_in(told))
        .order_by(Account.id)
    ).all()
    for account in accounts:
        detail = {"free_bytes": space.free, "total_bytes": space.total}
        notify(session, person_id=account.person_id, kind=NOTICE, detail=detail)
        _write(session, account, space)
    return len(accounts)


def _write(session: Session, account: Account, space: Space) -> None:
    with use_locale(account.locale):
        body = _(
            "Free on the disk of Stazhirovka: %(free)s GB, %(percent)s %% are used. When it is full, nothing can be "
            "handed in and the database stops. Free some space or add a larger disk.\n",
            free=format_number(space.free / 1024**3),
            percent=round(space.used_share * 100),
        )
        subject = _("The disk is nearly full")
    send(session, to=account.email, subject=subject, body=body, person_id=account.person_id)
