"""Full addresses for letters and QR codes."""

import segno
from flask import url_for
from markupsafe import Markup

from lms.composition import parts


def one_time_link(token: str) -> str:
    """Returns the address of a one-time link."""
    return parts().settings.address + url_for("accounts.link", token=token)


def qr_code(address: str) -> Markup:
    """Returns the address as an SVG QR code; the page shows the address as text beside it."""
    drawing = segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True, lineclass=None)
    return Markup(drawing)  # noqa: S704 (drawn by us from modules, not from text)
