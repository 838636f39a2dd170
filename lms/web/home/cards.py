"""Cards on a trainee's home page that other features add: the latest review, what a certificate still needs.

A feature offers its card where its blueprint is made, so that the page knows it as soon as the feature is there:

    from lms.web.home.cards import Card, offer
    offer("side", lambda session, enrolment: Card("home/_completion.html", completion_card(session, enrolment)))

Slots: ``main`` (the wide column, under the hours) and ``side``. The template gets the content as ``card``, and of the
page ``enrolment`` and ``view``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from courses.models.groups import Enrolment

SLOTS = ("main", "side")


@dataclass(frozen=True, slots=True)
class Card:
    """A template and what it shows."""

    template: str
    content: Any


Offer = Callable[[Session, Enrolment], Card | None]

_offers: dict[str, dict[int, list[Offer]]] = {slot: {} for slot in SLOTS}


def offer(slot: str, make: Offer, *, order: int = 50) -> None:
    """Add a card to the slot; lower orders stand higher; the same one twice counts once."""
    there = _offers[slot].setdefault(order, [])
    if make not in there:
        there.append(make)


def cards(slot: str, session: Session, enrolment: Enrolment) -> list[Card]:
    """The slot's cards for this trainee, in order; a feature with nothing to say gives none."""
    offers = [make for order in sorted(_offers[slot]) for make in _offers[slot][order]]
    return [card for make in offers if (card := make(session, enrolment)) is not None]
