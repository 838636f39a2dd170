"""Responses with stored files: streamed, resumable, with headers that keep a file from running as one of our pages."""

from urllib.parse import quote

from flask import Response, g, request
from werkzeug.wsgi import wrap_file

from lms.core.files.media_types import PDF, TEXT, may_show_inline
from lms.core.files.models import StoredFile
from lms.core.files.operations import open_file
from lms.http.launch_context import frame_ancestors

SANDBOX = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
VIEWER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
"""Content-Security-Policy of a PDF. Browsers do not show PDFs in a sandbox; a PDF's scripts cannot run in our origin
anyway.
"""


def send_stored(file: StoredFile, *, inline: bool = False) -> Response:
    """Returns a response with the file's bytes under its own name, which may be Cyrillic.

    With ``inline`` the browser shows the file if its type is safe to show, otherwise it is downloaded. The caller
    checks the permission before. Raises ``NotFound`` if the store has lost the bytes.
    """
    shown = inline and may_show_inline(file.media_type)
    response = Response(wrap_file(request.environ, open_file(file)), direct_passthrough=True)
    response.mimetype = file.media_type
    if file.media_type == TEXT:
        response.headers["Content-Type"] = TEXT  # no charset: the browser detects the encoding
    response.content_length = file.size
    response.headers.set("Content-Disposition", "inline" if shown else "attachment", **names_of_file(file.name))
    g.framed_by_ourselves = True
    response.headers["Content-Security-Policy"] = f"{_policy(file.media_type)}; frame-ancestors {frame_ancestors()}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(file.sha256)
    response.make_conditional(request.environ, accept_ranges=True, complete_length=file.size)
    return response


def _policy(media_type: str) -> str:
    return VIEWER if media_type == PDF else SANDBOX


def names_of_file(name: str) -> dict[str, str]:
    """Returns the two parameters of Content-Disposition with the name: in ASCII, and as it is (RFC 6266)."""
    ascii_name = name.encode("ascii", "ignore").decode().strip(" .") or "file"
    if ascii_name == name:
        return {"filename": name}
    ending = name.rpartition(".")[2]
    plain = f"file.{ending}" if ending.isascii() and ending.isalnum() else "file"
    return {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
