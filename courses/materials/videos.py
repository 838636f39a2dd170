"""Address of the player from the address of a video: pure functions, without network requests.

Known hosts: Rutube, VK Video, YouTube. Any other address is a link. Sources of the embed addresses:
https://rutube.ru/info/embed/, https://dev.vk.com/ru/widgets/video,
https://developers.google.com/youtube/player_parameters
"""

import re
from collections.abc import Callable, Collection
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

_RUTUBE: Final = re.compile(r"/(?:video/(?:private/)?|play/embed/|shorts/)([0-9a-f]{32}|\d{5,12})/?")
_VK: Final = re.compile(r"(?:video|clip)(-?\d{1,20})_(\d{1,20})")
_YOUTUBE: Final = re.compile(r"/(?:embed|shorts|live|v)/([\w-]{11})(?:/.*)?")
_YOUTUBE_ID: Final = re.compile(r"[\w-]{11}")
_TOKEN: Final = re.compile(r"[\w-]{1,80}")
_START: Final = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,3})m)?(?:(\d{1,6})s?)?")

YOUTUBE_HOSTS: Final = frozenset({"youtube.com", "m.youtube.com", "youtube-nocookie.com", "music.youtube.com"})
VK_HOSTS: Final = frozenset({"vk.com", "m.vk.com", "vkvideo.ru", "m.vkvideo.ru", "vk.ru"})


def embed_address(url: str, hosts: Collection[str]) -> str | None:
    """Returns the player's https address on one of ``hosts``; ``None`` if the video is to be opened as a link.

    >>> embed_address("https://youtu.be/M7lc1UVf-VE", {"www.youtube-nocookie.com"})
    'https://www.youtube-nocookie.com/embed/M7lc1UVf-VE'
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    found = _player(host)
    address = found(parts) if found and parts.scheme in ("http", "https") else None
    return address if address and urlsplit(address).hostname in hosts else None


def host_of(address: str) -> str:
    """Returns the host name without ``www``."""
    try:
        return (urlsplit(address).hostname or address).removeprefix("www.")
    except ValueError:
        return address


def _player(host: str) -> Callable[[SplitResult], str | None] | None:
    if host == "rutube.ru":
        return _rutube
    if host in VK_HOSTS:
        return _vk
    if host == "youtu.be":
        return _youtube_short
    return _youtube if host in YOUTUBE_HOSTS else None


def _first(parts: SplitResult, name: str) -> str:
    return parse_qs(parts.query).get(name, [""])[0]


def _rutube(parts: SplitResult) -> str | None:
    found = _RUTUBE.fullmatch(parts.path)
    if not found:
        return None
    key = _first(parts, "p")
    query = f"?{urlencode({'p': key})}" if _TOKEN.fullmatch(key) else ""
    return f"https://rutube.ru/play/embed/{found[1]}{query}"


def _vk(parts: SplitResult) -> str | None:
    """Handles ``/video-1_2``, ``?z=video-1_2``, ``/video/@club?z=…`` and the player's own
    ``/video_ext.php?oid=-1&id=2``.
    """
    host = "vkvideo.ru" if "vkvideo" in (parts.hostname or "") else "vk.com"
    if parts.path == "/video_ext.php":
        owner, number = _first(parts, "oid"), _first(parts, "id")
        found = _VK.fullmatch(f"video{owner}_{number}")
    else:
        found = _VK.search(parts.path) or _VK.match(_first(parts, "z"))
    if not found:
        return None
    values = {"oid": found[1], "id": found[2], "hd": "2"}
    key = _first(parts, "hash")
    if _TOKEN.fullmatch(key):
        values["hash"] = key
    return f"https://{host}/video_ext.php?{urlencode(values)}"


def _youtube(parts: SplitResult) -> str | None:
    found = _YOUTUBE.fullmatch(parts.path)
    return _nocookie(found[1] if found else _first(parts, "v"), parts)


def _youtube_short(parts: SplitResult) -> str | None:
    return _nocookie(parts.path.strip("/"), parts)


def _nocookie(video: str, parts: SplitResult) -> str | None:
    if not _YOUTUBE_ID.fullmatch(video):
        return None
    start = _seconds(_first(parts, "t") or _first(parts, "start"))
    return f"https://www.youtube-nocookie.com/embed/{video}" + (f"?start={start}" if start else "")


def _seconds(text: str) -> int:
    """Returns ``90``, ``90s`` or ``1h2m3s`` in seconds; 0 for any other text."""
    found = _START.fullmatch(text)
    if not found:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
