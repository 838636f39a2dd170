"""Events of people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonRenamed:
    """A person's name was changed; documents issued before keep the former one."""

    person_id: int
