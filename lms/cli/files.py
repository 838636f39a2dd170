"""``lms files``: the bytes that people uploaded, in the data folder or in a bucket."""

from typing import Literal, cast

import click

from lms.core.files.copying import copy_bytes
from lms.core.files.port import store_of
from lms.core.files.store import Store
from lms.core.settings import Settings

Place = Literal["folder", "s3"]
PLACES = click.Choice(["folder", "s3"])


@click.group()
def command() -> None:
    """Files in the data folder (`folder`) and in the bucket of LMS_S3_… (`s3`)."""


@command.command()
@click.argument("source", type=PLACES)
@click.argument("target", type=PLACES)
def copy(source: str, target: str) -> None:
    """Copy every file from SOURCE to TARGET, comparing its hash; nothing is deleted. Safe to interrupt and repeat.

    Before LMS_STORAGE is changed: what is already there is not copied again. Ends with status 1 when a file's bytes are
    not those that were stored.
    """
    if source == target:
        raise click.ClickException(f"{source} and {target} are the same place.")
    here, there = (_store(Settings(), cast(Place, name)) for name in (source, target))
    copied, damaged = 0, []
    for sha256, size in here.iter():
        if there.exists(sha256):
            continue
        if copy_bytes(here, there, sha256, size):
            copied += 1
        else:
            damaged.append(sha256)
    click.echo(f"{copied} files copied from {source} to {target}.")
    if damaged:
        raise click.ClickException("Damaged in the source and not copied: " + ", ".join(damaged))


def _store(settings: Settings, name: Place) -> Store:
    return store_of(settings.model_copy(update={"storage": name}))
