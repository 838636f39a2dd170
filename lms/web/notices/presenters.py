"""Notices as rows of their page, and the table in which a person chooses letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request

from lms.core.auth.policy import Actor
from lms.core.auth.roles import GRADERS, LEADERS, ORGANIZATION_ROLES
from lms.core.i18n import _
from lms.core.notifications.kinds import (
    ADMINISTRATOR,
    AT_ONCE,
    AUTHORITY,
    DIGEST,
    GRADER,
    HOST,
    LEADER,
    NEVER,
    TRAINEE,
    all_kinds,
    known,
)
from lms.core.notifications.models import Notice
from lms.core.revisions import revisions_of


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as a row: its sentence and the page concerned."""

    id: int
    icon: str
    text: str
    url: str
    at: datetime
    unread: bool


def notice_rows(notices: Sequence[Notice]) -> list[NoticeRow]:
    """Returns the notices in the reader's language; their links stay inside a launch."""
    return [_row(one) for one in notices]


def _row(notice: Notice) -> NoticeRow:
    kind = known(notice.kind)
    return NoticeRow(
        id=notice.id,
        icon=kind.icon,
        text=kind.sentence(notice.detail),
        url=request.script_root + kind.path(notice.detail),
        at=notice.created_at,
        unread=notice.read_at is None,
    )


LETTERS = "letters-"
"""Beginning of the names of fields with choices of letters; the kind of notice follows."""


@dataclass(frozen=True, slots=True)
class LetterChoice:
    """A row of the table of choices: a kind of notice and when its letters are sent."""

    kind: str
    label: str
    channel: str

    @property
    def name(self) -> str:
        """Name of the field."""
        return LETTERS + self.kind


@dataclass(frozen=True, slots=True)
class LetterCard:
    """The table of choices: its rows and columns, the revisions of the choices shown, and choices of another tab."""

    rows: list[LetterChoice]
    channels: list[tuple[str, str]]
    revisions: dict[str, str]
    conflicts: Mapping[str, str]


def letter_card(acting: Actor, chosen: Mapping[str, str], conflicts: Mapping[str, str] | None = None) -> LetterCard:
    """Returns the table; ``conflicts``: fields that another tab has saved meanwhile."""
    rows = letter_rows(acting, chosen)
    return LetterCard(rows, channel_words(), revisions_of({row.name: row.channel for row in rows}), conflicts or {})


def channel_words() -> list[tuple[str, str]]:
    """Returns the columns of the table of choices."""
    return [(AT_ONCE, _("At once")), (DIGEST, _("Once a day")), (NEVER, _("Never"))]


def letter_rows(acting: Actor, chosen: Mapping[str, str]) -> list[LetterChoice]:
    """Returns the kinds of notices that this person can get, with the choice of each."""
    mine = parts_of(acting)
    return [
        LetterChoice(kind.name, kind.label(), chosen.get(kind.name, kind.channel))
        for kind in all_kinds()
        if mine.intersection(kind.audiences)
    ]


def parts_of(acting: Actor) -> set[str]:
    """Returns the parts that the person has, as kinds of notices name them."""
    held = {
        TRAINEE: bool(acting.enrolled_in),
        GRADER: bool(acting.ids("site", *GRADERS)),
        LEADER: bool(acting.ids("site", *LEADERS)),
        AUTHORITY: bool(acting.ids("authority")),
        HOST: bool(acting.ids("organization", *ORGANIZATION_ROLES)),
        ADMINISTRATOR: acting.is_administrator,
    }
    return {part for part, has in held.items() if has}
