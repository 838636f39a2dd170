"""Stored files as answers: streamed, resumable, with headers that keep a file from acting as a page of ours."""

from urllib.parse import quote

from flask import Response, g, request
from werkzeug.wsgi import wrap_file

from lms.core.files.media_types import PDF, TEXT, may_show_inline
from lms.core.files.models import StoredFile
from lms.core.files.operations import open_file
from lms.http.launch_context import frame_ancestors

SANDBOX = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
VIEWER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
"""For a PDF: browsers refuse to show it in a sandbox; its scripts do not run in our origin anyway."""


def send_stored(file: StoredFile, *, inline: bool = False) -> Response:
    """The file's bytes under its own name (Cyrillic too).

    ``inline``: in the page, if it is of a kind that a browser may show there; a download otherwise. Whether the person
    may have it is the caller's to decide, before. Raises ``NotFound`` when the store has lost the bytes.
    """
    shown = inline and may_show_inline(file.media_type)
    response = Response(wrap_file(request.environ, open_file(file)), direct_passthrough=True)
    response.mimetype = file.media_type
    if file.media_type == TEXT:
        response.headers["Content-Type"] = TEXT  # its encoding is not known: the browser looks
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
    """The name for every browser: plain ASCII, and beside it the real one (RFC 6266)."""
    ascii_name = name.encode("ascii", "ignore").decode().strip(" .") or "file"
    if ascii_name == name:
        return {"filename": name}
    ending = name.rpartition(".")[2]
    plain = f"file.{ending}" if ending.isascii() and ending.isalnum() else "file"
    return {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
