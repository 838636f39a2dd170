"""Photos of phones (HEIC) as JPEG, which every browser shows. Runs in a child process (``limited_reading``)."""

from io import BytesIO
from typing import Final

from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.ooxml_package import damaged_file
from lms.core.documents.reading_request import MEGABYTE, Limits

MOST_PIXELS: Final = 64_000_000
"""Pixels of the largest photo that is shown; a phone's largest has 48 million."""
LARGEST_SIDE: Final = 2_000
QUALITY: Final = 82
LIMITS: Final = Limits(memory_bytes=1_536 * MEGABYTE, cpu_seconds=20)


def jpeg_of_photo(content: bytes) -> bytes:
    """Returns the photo upright as JPEG, at most 2,000 pixels wide and high, without where and when it was taken.

    Raises ``UnreadableDocument`` for a damaged one and for one with too many pixels.
    """
    from PIL import Image, ImageOps  # only the child loads libraries that decode pictures
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    try:
        with Image.open(BytesIO(content), formats=("HEIF",)) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                raise UnreadableDocument(code="document_needs_too_much")
            upright = ImageOps.exif_transpose(photo)
            upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            shown = BytesIO()
            upright.convert("RGB").save(shown, "JPEG", quality=QUALITY)
    except (OSError, ValueError, RuntimeError, SyntaxError, EOFError, ArithmeticError, LookupError) as error:
        raise damaged_file() from error
    return shown.getvalue()
