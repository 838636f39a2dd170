"""Whole addresses that are printed in letters and QR codes."""

import segno
from flask import url_for
from markupsafe import Markup

from lms.composition import parts


def link_to(token: str) -> str:
    """The address of a one-time link."""
    return parts().settings.address + url_for("accounts.link", token=token)


def qr_code(address: str) -> Markup:
    """The address as an SVG drawing for the page; what it says stands beside it in letters."""
    drawing = segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True, lineclass=None)
    return Markup(drawing)  # noqa: S704 (drawn by us from modules, not from text)
