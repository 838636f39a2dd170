"""A site's status on a day, computed from its orders (rule 1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

SOON = timedelta(days=90)
"""A term that ends within this time is shown as ending soon."""

APPLIED, GRANTED, AHEAD, EXPIRED, ENDED = "applied", "granted", "ahead", "expired", "ended"


class Term(Protocol):
    """The term of a status: first and last day, and perhaps an earlier end."""

    starts_on: date
    ends_on: date
    ended_on: date | None
    ended_reason: str | None


@dataclass(frozen=True, slots=True)
class SiteState:
    """A site's state on a day."""

    code: str
    """``applied`` (no order yet), ``ahead`` (granted, not begun), ``granted``, ``expired``, ``ended``."""
    until: date | None = None
    reason: str | None = None
    ends_soon: bool = False

    @property
    def is_active(self) -> bool:
        """True while the site may pass on its practice."""
        return self.code == GRANTED


def state_on(terms: Iterable[Term], day: date) -> SiteState:
    """Returns the state on this day: by the running term; else the next one; else the last one that ran."""
    known: Sequence[Term] = sorted(terms, key=lambda term: (term.starts_on, term.ends_on))
    running = next((term for term in reversed(known) if runs_on(term, day)), None)
    if running is not None:
        until = last_day(running)
        return SiteState(GRANTED, until, ends_soon=until - day <= SOON)
    ahead = next((term for term in known if term.starts_on > day and last_day(term) >= term.starts_on), None)
    if ahead is not None:
        return SiteState(AHEAD, ahead.starts_on)
    return _past(known)


def _past(known: Sequence[Term]) -> SiteState:
    if not known:
        return SiteState(APPLIED)
    last = max(known, key=last_day)
    if last.ended_on is not None:
        return SiteState(ENDED, last.ended_on, last.ended_reason)
    return SiteState(EXPIRED, last.ends_on)


def runs_on(term: Term, day: date) -> bool:
    """Returns whether the term includes this day."""
    return term.starts_on <= day <= last_day(term)


def last_day(term: Term) -> date:
    """Returns the last day of the term: the day before it was ended, or its regular last day."""
    if term.ended_on is None:
        return term.ends_on
    return min(term.ends_on, term.ended_on - timedelta(days=1))


def longest_end(starts_on: date, years: int) -> date:
    """Returns the last possible day of a term of so many years: the day before the anniversary."""
    try:
        anniversary = starts_on.replace(year=starts_on.year + years)
    except ValueError:  # 29 February
        anniversary = date(starts_on.year + years, 3, 1)
    return anniversary - timedelta(days=1)
