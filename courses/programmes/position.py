"""Positions of values in a programme: plain data that presenters turn into labels."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """Position of a value: a text, a column, section or topic of the plan, a row of the outcomes or criteria."""

    part: str
    """``text``, ``column``, ``section``, ``topic``, ``competency``, ``descriptor``, ``criterion`` or ``indicator``."""
    name: str = ""
    """Name of the text; number of the section or topic; kind of the descriptor; title of the competency, criterion."""
    field: str = ""
    """Of a topic: ``title``, ``class_form``, ``control_form`` or ``hours``; empty for the whole row."""
    column: str = ""
    """Name of the column of hours."""
