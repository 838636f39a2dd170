"""``lms account``: creates the first administrator, and one-time cards for people who cannot log in."""

import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.cli.sessions import one_transaction
from lms.core.auth.policy import SYSTEM
from lms.core.clock import utc_now
from lms.core.people import consent, one_time_links, operations, second_factor, sessions
from lms.core.people.models import Account
from lms.core.people.names import clean_line


@click.group()
def command() -> None:
    """Accounts, from the server's own terminal, without a log-in."""


@command.command("create-admin")
@click.option("--surname", prompt=True, help="As it is written in documents.")
@click.option("--given-name", prompt=True)
@click.option("--patronymic", default="", help="May be empty.")
@click.option("--username", help="Latin letters, digits, dots; made from the name when left out.")
@click.option("--email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
def create_admin(
    *, surname: str, given_name: str, patronymic: str, username: str | None, email: str | None, password_stdin: bool
) -> None:
    """Create an administrator, who can create everything else in the browser; put the text of the consent in force."""
    password = typed_password(from_stdin=password_stdin)
    now = utc_now()
    with one_transaction() as session:
        name = operations.checked_name(surname, given_name, patronymic)
        person = operations.create_person(
            session,
            actor=SYSTEM,
            surname=name.surname,
            given_name=name.given_name,
            patronymic=name.patronymic,
            email=operations.checked_email(email),
        )
        account = operations.create_account(
            session, actor=SYSTEM, person=person, username=username, email=email, is_administrator=True
        )
        operations.set_password(session, actor=SYSTEM, account=account, password=password, now=now)
        consent.ensure_document(session)
        made = account.username
    click.echo(f"The administrator logs in as: {made}")


@command.command()
@click.argument("username")
def card(username: str) -> None:
    """Create a one-time card for USERNAME: a code to log in with once and choose a new password."""
    with one_transaction() as session:
        code = one_time_links.issue(
            session, account=found(session, username), purpose="card", actor=SYSTEM, now=utc_now()
        )
    click.echo(f"{clean_line(username).lower()}: {one_time_links.as_printed(code)}")
    click.echo(f"Works once, for {one_time_links.TERMS['card'].days} days, on the page for one-time cards.")


@command.command("second-factor-off")
@click.argument("username")
def second_factor_off(username: str) -> None:
    """Turn the second factor of USERNAME off, for an administrator who has lost phone and recovery codes."""
    with one_transaction() as session:
        account = found(session, username)
        second_factor.turn_off(session, actor=SYSTEM, account=account)
        sessions.end_all(session, account.id, now=utc_now())
    click.echo(f"{clean_line(username).lower()} logs in with the password alone, and sets a second factor up anew.")


@command.command("list")
def list_administrators() -> None:
    """List the administrators."""
    with one_transaction() as session:
        administrators = session.scalars(select(Account).where(Account.is_administrator).order_by(Account.username))
        lines = [
            f"{account.username}\t{account.person.surname} {account.person.given_name}{closed(account)}"
            for account in administrators
        ]
    for line in lines or ["There is none yet: lms account create-admin"]:
        click.echo(line)


def found(session: Session, username: str) -> Account:
    """Returns the account of this user name. Raises ``ClickException`` when there is none."""
    account = session.scalar(select(Account).where(Account.username == clean_line(username).lower()))
    if account is None:
        raise click.ClickException(f"Nobody logs in as {username}.")
    return account


def closed(account: Account) -> str:
    """Returns a remark on an account that cannot be used, else nothing."""
    return "" if account.is_active else "\t(closed)"


def typed_password(*, from_stdin: bool) -> str:
    """Returns the password, asked for twice on a terminal and never shown."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
