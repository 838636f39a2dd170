"""Downloads: the name of every sent file, and responses with stored files.

A stored file is streamed, resumable, and has headers that keep it from running as one of our pages.
"""

import re
from urllib.parse import quote

from flask import Response, g, request
from werkzeug.wsgi import wrap_file

from lms.core.documents.errors import UnreadableDocument
from lms.core.documents.limited_reading import read_within_limits
from lms.core.documents.ooxml_package import MOST_FILE
from lms.core.documents.pictures import LIMITS, jpeg_of_photo
from lms.core.errors import Invalid
from lms.core.files.file_names import clean_name
from lms.core.files.media_types import CSV, PDF, TEXT, may_show_inline
from lms.core.files.models import StoredFile
from lms.core.files.operations import open_file, read_file
from lms.core.files.text_encoding import BEGINNING, text_encoding
from lms.http.launch_context import frame_ancestors

_SLASHES = re.compile(r"[/\\]")
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
    if file.media_type in (TEXT, CSV):
        response.headers["Content-Type"] = f"{file.media_type}; charset={_encoding_of(file)}"
    response.content_length = file.size
    name_download(response, file.name, inline=shown)
    g.framed_by_ourselves = True
    response.headers["Content-Security-Policy"] = f"{_policy(file.media_type)}; frame-ancestors {frame_ancestors()}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.set_etag(file.sha256)
    response.make_conditional(request.environ, accept_ranges=True, complete_length=file.size)
    return response


def send_photo(file: StoredFile) -> Response:
    """Returns a photo in a format that browsers do not show (HEIC) as JPEG, made in a child process.

    Raises ``Invalid`` if it cannot be read. The caller checks the permission before.
    """
    if file.size > MOST_FILE:
        raise Invalid(code="document_needs_too_much")
    try:
        response = Response(read_within_limits(jpeg_of_photo, read_file(file), limits=LIMITS), mimetype="image/jpeg")
    except UnreadableDocument as error:
        raise Invalid(code=error.code, params=error.params) from error
    response.headers["Content-Security-Policy"] = f"{SANDBOX}; frame-ancestors {frame_ancestors()}"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _policy(media_type: str) -> str:
    return VIEWER if media_type == PDF else SANDBOX


def _encoding_of(file: StoredFile) -> str:
    """Returns the encoding of a text: a browser takes Latin for it where no header names one."""
    with open_file(file) as stream:
        return text_encoding(stream.read(BEGINNING))


def name_download(response: Response, name: str, *, inline: bool = False) -> None:
    """Sets Content-Disposition: the browser saves the response under this name, or shows it (``inline``).

    The only place that sets this header: servers send headers in Latin-1, so that a Cyrillic name as it stands fails.
    """
    response.headers.set("Content-Disposition", "inline" if inline else "attachment", **_name_parameters(name))


def name_of_title(title: str, ending: str) -> str:
    """Returns a file name made of a title; its slashes do not count as folders."""
    return clean_name(f"{_SLASHES.sub('-', title)}.{ending}")


def _name_parameters(name: str) -> dict[str, str]:
    """Returns the name in ASCII and, where that loses something, the whole name in UTF-8 (RFC 6266, RFC 8187)."""
    name = clean_name(name)
    if name.isascii() and "%" not in name:
        return {"filename": name}
    ending = name.rpartition(".")[2]
    plain = f"file.{ending}" if ending.isascii() and ending.isalnum() else "file"
    return {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
