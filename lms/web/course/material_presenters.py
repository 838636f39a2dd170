"""Texts on materials: kind, size, duration, completion rule, and a trainee's progress."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from courses.models.materials import Material
from lms.core.files import media_types
from lms.core.i18n import _, format_date, format_number, ngettext

ENDINGS: Final = {
    media_types.PDF: "PDF",
    media_types.DOCX: "Word",
    media_types.DOC: "Word",
    media_types.XLSX: "Excel",
    media_types.XLS: "Excel",
    media_types.PPTX: "PowerPoint",
    media_types.PPT: "PowerPoint",
    media_types.ODT: "OpenDocument",
    media_types.ODS: "OpenDocument",
    media_types.ODP: "OpenDocument",
    "application/rtf": "RTF",
}
KILO = 1024
Text = Callable[[], str]
KINDS: Final[dict[str, Text]] = {
    "page": lambda: _("Page"),
    "file": lambda: _("File"),
    "link": lambda: _("Link"),
    "video": lambda: _("Video"),
}


def kind_name(kind: str) -> str:
    """Returns the name of a kind of material."""
    return KINDS[kind]()


def file_type_name(media_type: str) -> str:
    """Returns the name of a file's type."""
    if media_type in ENDINGS:
        return _("%(program)s document", program=ENDINGS[media_type])
    for beginning, word in (("image/", _("Picture")), ("video/", _("Video")), ("audio/", _("Recording"))):
        if media_type.startswith(beginning):
            return word
    return _("Archive") if media_type == media_types.ZIP else _("File")


def size_text(size: int) -> str:
    """Returns a number of bytes in bytes, KB or MB."""
    if size < KILO:
        return ngettext("%(num)s byte", "%(num)s bytes", size)
    if size < KILO * KILO:
        return _("%(size)s KB", size=round(size / KILO))
    return _("%(size)s MB", size=format_number(round(size / KILO / KILO, 1)))


def minutes_text(minutes: int, *, reading: bool = False) -> str:
    """Returns a duration in minutes of 60 seconds."""
    if reading:
        return ngettext("%(num)s minute of reading", "%(num)s minutes of reading", minutes)
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)


@dataclass(frozen=True, slots=True)
class MaterialFacts:
    """Values of a material that its description needs; ``size`` in bytes."""

    kind: str
    completion: str
    required: bool
    minutes: int | None = None
    media_type: str | None = None
    size: int | None = None


def facts_of(material: Material) -> MaterialFacts:
    """Returns the values of a stored material."""
    file = material.file
    return MaterialFacts(
        material.kind,
        material.completion,
        material.required,
        material.minutes,
        file.media_type if file else None,
        file.size if file else None,
    )


def description(facts: MaterialFacts) -> str:
    """Returns kind, duration and completion rule: «Page, 12 minutes of reading · completed when opened»."""
    return summary(facts) + " · " + completion_rule(facts.kind, facts.completion, facts.required)


def summary(facts: MaterialFacts) -> str:
    """Returns kind, size and duration."""
    is_file = facts.kind == "file" and facts.media_type is not None
    parts = [file_type_name(facts.media_type or "") if is_file else kind_name(facts.kind)]
    if is_file and facts.size is not None:
        parts.append(size_text(facts.size))
    if facts.minutes:
        parts.append(minutes_text(facts.minutes, reading=facts.kind == "page"))
    return ", ".join(parts)


OPENED_RULE: Final[dict[str, Text]] = {
    "page": lambda: _("completed when the page is opened"),
    "file": lambda: _("completed when the file is opened"),
    "link": lambda: _("completed when the link is followed"),
    "video": lambda: _("completed when the video's page is opened"),
}
MARKS: Final[dict[str, Text]] = {
    "page": lambda: _("I have read it"),
    "file": lambda: _("I have studied it"),
    "link": lambda: _("I have looked at it"),
    "video": lambda: _("I have watched it"),
}
OPENED_ON: Final[dict[str, Callable[[str], str]]] = {
    "page": lambda day: _("Page opened on %(day)s", day=day),
    "file": lambda day: _("File opened on %(day)s", day=day),
    "link": lambda day: _("Link followed on %(day)s", day=day),
    "video": lambda day: _("Video opened on %(day)s", day=day),
}
NOT_OPENED: Final[dict[str, Text]] = {
    "page": lambda: _("Page not opened"),
    "file": lambda: _("File not opened"),
    "link": lambda: _("Link not followed"),
    "video": lambda: _("Video not opened"),
}


def completion_rule(kind: str, completion: str, required: bool) -> str:
    """Returns the rule that completes a material of this kind."""
    if not required:
        return _("you need not open it")
    if completion == "confirmed":
        return _("completed by your mark «%(mark)s»", mark=confirmation_label(kind))
    return OPENED_RULE[kind]()


def confirmation_label(kind: str) -> str:
    """Returns the label of the button by which a trainee confirms."""
    return MARKS[kind]()


def progress_text(
    kind: str, completion: str, required: bool, opened_at: datetime | None, completed_at: datetime | None
) -> str:
    """Returns a trainee's progress on a material."""
    if completed_at is not None:
        day = format_date(completed_at, "day")
        return _("Marked on %(day)s", day=day) if completion == "confirmed" else OPENED_ON[kind](day)
    if not required:
        return _("If you like")
    return _("Waits for your mark") if opened_at is not None else NOT_OPENED[kind]()
