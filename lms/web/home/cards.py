"""Registry of cards that other features add to a trainee's home page, such as the latest review.

A feature offers its card in the module that makes its blueprint, so that it is registered with the feature:

    from lms.web.home.cards import Card, offer
    offer("side", lambda session, enrolment: Card("home/_completion.html", completion_card(session, enrolment)))

Slots: ``main`` (the wide column, under the hours) and ``side``. The template gets the content as ``card``, and
``enrolment`` and ``view`` of the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from courses.models.groups import Enrolment

SLOTS = ("main", "side")


@dataclass(frozen=True, slots=True)
class Card:
    """A template and its content."""

    template: str
    content: Any


Offer = Callable[[Session, Enrolment], Card | None]

_offers: dict[str, dict[int, list[Offer]]] = {slot: {} for slot in SLOTS}


def offer(slot: str, make: Offer, *, order: int = 50) -> None:
    """Adds a card to the slot; lower orders come first; the same card is added once."""
    there = _offers[slot].setdefault(order, [])
    if make not in there:
        there.append(make)


def cards(slot: str, session: Session, enrolment: Enrolment) -> list[Card]:
    """Returns the slot's cards for this trainee in order, without those that have no content."""
    offers = [make for order in sorted(_offers[slot]) for make in _offers[slot][order]]
    return [card for make in offers if (card := make(session, enrolment)) is not None]
