"""Which endings a file's name may have: the content tells the type, and the ending must be one of that type.

A computer opens a file by its ending and not by its content, so that a text called ``Отчёт.hta`` runs as a program.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from lms.core.files import media_types as types

ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    types.PDF: ("pdf",),
    types.DOCX: ("docx", "dotx"),
    types.DOC: ("doc", "dot"),
    types.ODT: ("odt", "ott"),
    types.RTF: ("rtf",),
    types.XLSX: ("xlsx", "xltx"),
    types.XLS: ("xls", "xlt"),
    types.ODS: ("ods", "ots"),
    types.PPTX: ("pptx", "ppsx", "potx"),
    types.PPT: ("ppt", "pps", "pot"),
    types.ODP: ("odp", "otp"),
    types.TEXT: ("txt", "md", "log", "tsv", "gift", "srt", "vtt", "tex"),
    types.CSV: ("csv",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    types.AVIF: ("avif",),
    types.HEIC: ("heic", "heif", "hif"),
    "video/mp4": ("mp4", "m4v", "mov"),
    "video/webm": ("webm", "mkv"),
    types.VIDEO_3GPP: ("3gp", "3g2", "3gpp"),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a", "m4b", "aac"),
    "audio/ogg": ("ogg", "oga", "opus", "ogv"),
    types.ZIP: ("zip",),
}
"""Media type → endings; the first is the usual one."""
FAMILIES: Final = (
    frozenset({types.DOCX, types.DOC, types.ODT, types.RTF}),
    frozenset({types.XLSX, types.XLS, types.ODS}),
    frozenset({types.PPTX, types.PPT, types.ODP}),
    frozenset({types.TEXT, types.CSV}),
    types.IMAGES | {types.HEIC},
    types.RECORDINGS | {types.VIDEO_3GPP},
)
"""Types that people save under each other's endings without harm: the same programs open them."""
_ENDING: Final = re.compile(r"\.([0-9_+-]*[a-z][a-z0-9_+-]{0,14})$", re.IGNORECASE)


def fits_ending(media_type: str, name: str) -> bool:
    """Returns whether a file of this type may have the name; one without an ending (also «План на 12.05») may."""
    found = _ENDING.search(name.rstrip(" ."))
    if found is None:
        return True
    family = next((family for family in FAMILIES if media_type in family), frozenset({media_type}))
    return found[1].lower() in chain.from_iterable(ENDINGS.get(kind, ()) for kind in family)


def usual_endings(accepted: Iterable[str]) -> list[str]:
    """Returns the usual ending of each accepted type, in the table's order."""
    wanted = frozenset(accepted)
    return [endings[0] for kind, endings in ENDINGS.items() if kind in wanted]
