"""``lms keys``: the keys that encrypt identity numbers and birth dates."""

import secrets
from collections.abc import Mapping

import click
from sqlalchemy.orm import Session, sessionmaker

from courses.groups import roster_import
from lms.cli.sessions import session_factory
from lms.core.crypto.key_ring import KEY_BYTES, Key, KeyRing
from lms.core.db import transaction
from lms.core.people import key_rotation, personal_data, second_factor
from lms.core.settings import Settings


@click.group()
def command() -> None:
    """Keys of LMS_PERSONAL_DATA_KEYS, which encrypt identity numbers and birth dates."""


@command.command("new")
@click.argument("key_id", metavar="ID")
def new_key(key_id: str) -> None:
    """Print a new random key named ID, to be put first in LMS_PERSONAL_DATA_KEYS."""
    if not key_id.strip() or set(key_id) & set(":, ") or key_id == personal_data.DERIVED:
        raise click.ClickException(f"{key_id!r} cannot be a key's id: no colon, comma or space, not `derived`.")
    click.echo(Key(key_id, secrets.token_bytes(KEY_BYTES)).as_setting())


@command.command("list")
def list_keys() -> None:
    """Show each key, the number of people encrypted with it, and of unsaved lists of trainees."""
    settings = Settings()
    ring = personal_data.ring_of(settings)
    with session_factory(settings) as sessions, transaction(sessions) as session:
        lines = list(_lines(ring, key_rotation.rows_by_key(session), roster_import.drafts_by_key(session)))
    for line in lines:
        click.echo(line)


@command.command()
def rotate() -> None:
    """Encrypt everything of earlier keys with the first key. Nobody has to stop working; safe to interrupt and repeat.

    Ends with status 1 when rows stay that no key can decrypt.
    """
    settings = Settings()
    ring = personal_data.ring_of(settings)
    personal_data.configure(ring)
    with session_factory(settings) as sessions:
        unreadable = _renew_all(sessions)
        with transaction(sessions) as session:
            unreadable += second_factor.renew_key(session)
            drafts = _of_earlier(ring, roster_import.drafts_by_key(session))
    if drafts:
        click.echo(
            f"{drafts} unsaved lists of trainees are sealed with earlier keys: keep those keys until the lists are "
            f"saved or deleted (after {roster_import.KEPT_FOR.days} days at the latest)."
        )
    if unreadable:
        raise click.ClickException(
            f"No key decrypts the personal data of {unreadable} people; they stay as they were. `lms keys list` shows "
            "their keys: put these into LMS_PERSONAL_DATA_KEYS and repeat."
        )
    click.echo(f"Everything is encrypted with the key {ring.current_id}.")


def _renew_all(sessions: sessionmaker[Session]) -> int:
    """Renews batch after batch, one transaction each; returns the number of rows that no key decrypts."""
    after, renewed, unreadable = 0, 0, 0
    while True:
        with transaction(sessions) as session:
            batch = key_rotation.renew_batch(session, after=after)
        if batch.last is None:
            return unreadable
        after = batch.last
        renewed += batch.renewed
        unreadable += len(batch.unreadable)
        click.echo(f"{renewed} people done.")


def _lines(ring: KeyRing, people: Mapping[str, int], drafts: Mapping[str, int]) -> list[str]:
    known = [key.id for key in ring.keys]
    missing = sorted({*people, *drafts} - set(known))
    notes = {known[0]: "encrypts"} | dict.fromkeys(missing, "missing from LMS_PERSONAL_DATA_KEYS")
    return [
        f"{key_id}\tpeople {people.get(key_id, 0)}\tlists {drafts.get(key_id, 0)}\t{notes.get(key_id, 'decrypts')}"
        for key_id in (*known, *missing)
    ]


def _of_earlier(ring: KeyRing, counts: Mapping[str, int]) -> int:
    return sum(count for key_id, count in counts.items() if key_id != ring.current_id)
