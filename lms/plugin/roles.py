"""What somebody is on a platform, from the role URIs of a token or a roster (LTI 1.3 core, appendix A.2)."""

from collections.abc import Iterable
from enum import StrEnum


class Standing(StrEnum):
    """The one role that counts here; of several the first in this order."""

    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"
    MENTOR = "mentor"
    LEARNER = "learner"
    OTHER = "other"


def standing_of(roles: Iterable[str]) -> Standing:
    """The standing that these roles give; context roles count before those of the institution or the system."""
    raise NotImplementedError
