"""Places that the form of a technical correction offers."""

from dataclasses import dataclass

from courses.programmes.corrections import CorrectableText
from lms.core.i18n import _
from lms.web.programmes.position_labels import group_label, position_label


@dataclass(frozen=True, slots=True)
class PlaceOption:
    """A text that can be corrected, with its labels."""

    address: str
    group: str
    label: str
    text: str

    @classmethod
    def of(cls, found: CorrectableText) -> "PlaceOption":
        """Returns the option of this text."""
        group = _("Texts") if found.position.part == "text" else group_label(found.position)
        return cls(found.address, group, position_label(found.position), found.text)

    @property
    def whole(self) -> str:
        """Group and label, for the log of corrections."""
        return f"{self.group}: {self.label}"
