"""Addresses of videos and of their players; unknown addresses remain links."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.materials.videos import embed_address, host_of
from lms.core.settings import Settings

HOSTS = Settings().video_hosts
RUTUBE = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("address", "player"),
    [
        (f"https://rutube.ru/video/{RUTUBE}/", f"https://rutube.ru/play/embed/{RUTUBE}"),
        (f"https://www.rutube.ru/video/{RUTUBE}/?r=plwd", f"https://rutube.ru/play/embed/{RUTUBE}"),
        (f"http://rutube.ru/video/private/{RUTUBE}/?p=aB-c_9", f"https://rutube.ru/play/embed/{RUTUBE}?p=aB-c_9"),
        (f"https://rutube.ru/shorts/{RUTUBE}/", f"https://rutube.ru/play/embed/{RUTUBE}"),
        ("https://rutube.ru/play/embed/1234567", "https://rutube.ru/play/embed/1234567"),
        ("https://vk.com/video-77521_162222515", "https://vk.com/video_ext.php?oid=-77521&id=162222515&hd=2"),
        ("https://vkvideo.ru/video-77521_1622?t=5s", "https://vkvideo.ru/video_ext.php?oid=-77521&id=1622&hd=2"),
        ("https://vk.com/videos-77521?z=video-77521_16%2Fpl", "https://vk.com/video_ext.php?oid=-77521&id=16&hd=2"),
        ("https://m.vk.com/clip77_16", "https://vk.com/video_ext.php?oid=77&id=16&hd=2"),
        (
            "https://vk.com/video_ext.php?oid=-1&id=2&hash=0a1b",
            "https://vk.com/video_ext.php?oid=-1&id=2&hd=2&hash=0a1b",
        ),
        ("https://www.youtube.com/watch?v=M7lc1UVf-VE", "https://www.youtube-nocookie.com/embed/M7lc1UVf-VE"),
        ("https://youtu.be/M7lc1UVf-VE?t=90", "https://www.youtube-nocookie.com/embed/M7lc1UVf-VE?start=90"),
        ("https://m.youtube.com/shorts/M7lc1UVf-VE", "https://www.youtube-nocookie.com/embed/M7lc1UVf-VE"),
        (
            "https://youtube.com/live/M7lc1UVf-VE?t=1h2m3s",
            "https://www.youtube-nocookie.com/embed/M7lc1UVf-VE?start=3723",
        ),
        ("  https://youtu.be/M7lc1UVf-VE  ", "https://www.youtube-nocookie.com/embed/M7lc1UVf-VE"),
    ],
)
def test_known_address_has_player(address, player):
    assert embed_address(address, HOSTS) == player


@pytest.mark.parametrize(
    "address",
    [
        "https://vimeo.com/76979871",
        "https://rutube.ru/channel/12345/",
        "https://vk.com/wall-1_2",
        "https://www.youtube.com/playlist?list=PL1",
        "https://youtu.be/short",
        "https://rutube.ru.evil.example/video/" + RUTUBE,
        "ftp://youtu.be/M7lc1UVf-VE",
        "javascript:alert(1)",
        "https://[broken",
        "",
    ],
)
def test_unknown_address_has_no_player(address):
    assert embed_address(address, HOSTS) is None


def test_host_not_allowed_has_no_player():
    assert embed_address("https://youtu.be/M7lc1UVf-VE", {"rutube.ru"}) is None


@given(
    st.text(max_size=80)
    | st.sampled_from(["https://vk.com/", "https://rutube.ru/video/"]).flatmap(
        lambda start: st.text(max_size=60).map(lambda rest: start + rest)
    )
)
def test_player_is_on_allowed_host_over_https(address):
    player = embed_address(address, HOSTS)
    if player is not None:
        assert urlsplit(player).scheme == "https"
        assert urlsplit(player).hostname in HOSTS
        assert not set(player) & set(" \"'<>;,")


def test_host_is_shown_without_www():
    assert host_of("https://www.youtube-nocookie.com/embed/x") == "youtube-nocookie.com"
    assert host_of("https://rutube.ru:443/x") == "rutube.ru"
