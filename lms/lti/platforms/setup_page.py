"""What a page of set-up is made of. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldToFill:
    """A field of the platform's form and what belongs into it; ``choose``: a choice to make, nothing to copy."""

    label: str
    value: str
    choose: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ValueToCopy:
    """What the platform shows afterwards: the field of our form, its name there, where to find it."""

    field: str
    label: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class SetupGuide:
    """Everything that its page says of a family."""

    family: str
    name: str
    where: str
    pastes: tuple[FieldToFill, ...]
    gives: tuple[ValueToCopy, ...]
    warnings: tuple[str, ...]
    afterwards: str
    """What is left to do there once both sides are filled in."""
    issuer: str = ""
    """The issuer where it is the same for everybody."""
    issuer_hint: str = ""
