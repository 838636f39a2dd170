"""An installation with data, an empty one, and a backup."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from lms.cli import backup
from lms.core.settings import Settings
from lms.devserver.supervisor import Servers
from tests.support.installations import Installation, MakeDatabase, filled
from tests.support.processes import TEST_KEY


@pytest.fixture(scope="module")
def bucket_address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, number = server.get_host_and_port()
    yield f"http://{host}:{number}"
    server.stop()


@pytest.fixture
def installed(servers: Servers, tmp_path: Path, request) -> Callable[..., Installation]:
    """Returns a function that describes an installation on a database; with a bucket's name its files are there."""

    def describe(name: str, url: str, *, bucket: bool = False) -> Installation:
        around = {
            "LMS_DATABASE_URL": url,
            "LMS_REDIS_URL": servers.redis_url,
            "LMS_DATA": str(tmp_path / name),
            "LMS_SECRET_KEY": TEST_KEY,
        }
        if bucket:
            around |= {
                "LMS_STORAGE": "s3",
                "LMS_S3_ENDPOINT": request.getfixturevalue("bucket_address"),
                "LMS_S3_BUCKET": f"backup-{os.getpid()}-{tmp_path.name}-{name}".replace("_", "-").lower()[:60],
                "LMS_S3_ACCESS_KEY": "key",
                "LMS_S3_SECRET_KEY": "secret",
            }
        return Installation(around)

    return describe


@pytest.fixture
def source(installed, make_database: MakeDatabase, settings: Settings) -> Iterator[Installation]:
    """An installation with an internship and three files."""
    with filled(installed("source", make_database()), settings) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The backup's folder."""
    return tmp_path / "2026-11-29"


@pytest.fixture
def target(installed, make_empty_database: MakeDatabase) -> Installation:
    return installed("target", make_empty_database())


@pytest.fixture
def made(source: Installation, folder: Path) -> Path:
    """A whole backup."""
    ended = source.run(backup.command, folder)
    assert ended.exit_code == 0, ended.output
    return folder
