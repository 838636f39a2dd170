"""``lms generate``: fills an empty database with sites, programmes and enrolments of any number."""

import secrets
import time
from datetime import date

import click

from lms.cli.demo import Bars
from lms.cli.sessions import session_factory
from lms.core.clock import utc_now
from lms.core.db import transaction
from lms.core.files import port
from lms.core.i18n import local_day
from lms.core.settings import Settings
from lms.demo.volume.generate import LOG_INS, generate
from lms.demo.volume.volume import Volume

MANY = click.IntRange(min=1)


@click.command()
@click.option("--sites", required=True, type=MANY, help="Internship sites; fifty have one authority.")
@click.option("--programmes", required=True, type=MANY, help="Programmes of all sites together.")
@click.option("--enrolments", required=True, type=MANY, help="Trainees in groups, all sites together.")
@click.option("--seed", default=1, show_default=True, help="The same seed and day give the same data.")
@click.option("--today", type=date.fromisoformat, help="The day on which the data end; today, if left out.")
def command(sites: int, programmes: int, enrolments: int, seed: int, today: date | None) -> None:
    """Fill an empty database with invented data that look like years of work.

    Everything is written or nothing. Files of certificates and works are shared. Needs a database without people.
    """
    began = time.monotonic()
    volume = Volume(sites, programmes, enrolments, seed, today or local_day(utc_now()))
    password = secrets.token_urlsafe(9)
    bars = Bars(shown=True)
    settings = Settings()
    port.configure(port.store_of(settings))
    with session_factory(settings) as sessions, bars.bars, transaction(sessions) as session:
        bars.begin("Sites", sites)
        generate(session, volume, password=password, reached=bars.reach)
    click.echo(f"{sites} sites, {programmes} programmes, {enrolments} enrolments in {time.monotonic() - began:.0f} s.")
    click.echo(f"Log-ins, all with the password {password}:")
    for role, username in LOG_INS:
        click.echo(f"    {role:<20}{username}")
