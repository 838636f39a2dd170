"""The superuser of the tests' server, which makes databases and loads rows without triggers."""

from lms.devserver.postgres import NAME, SUPERUSER


def as_superuser(url: str) -> str:
    """Returns the address of the same database for the superuser."""
    assert f"//{NAME}@" in url, url
    return url.replace(f"//{NAME}@", f"//{SUPERUSER}@", 1)
