"""Parts of a set-up guide. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldToFill:
    """A field of the platform's form and its value; ``choose``: an option to choose, not text to copy."""

    label: str
    value: str
    choose: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ValueToCopy:
    """A value shown by the platform: the field of our form, its label there, and its location."""

    field: str
    label: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class SetupGuide:
    """Set-up guide of a family."""

    family: str
    name: str
    where: str
    pastes: tuple[FieldToFill, ...]
    gives: tuple[ValueToCopy, ...]
    warnings: tuple[str, ...]
    afterwards: str
    """The last step on the platform, after both sides are filled in."""
    issuer: str = ""
    """The issuer, if it is the same for all installations."""
    issuer_hint: str = ""
