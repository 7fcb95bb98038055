"""Commands about accounts."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext

from portal import clock
from portal.accounts import letters, privacy, queries, service
from portal.accounts.models import User
from portal.accounts.rules import TeamRole
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.errors import Refused
from portal.events import queries as events

_even_last = click.option(
    "--even-last", is_flag=True, help="Also when nobody is left who is administrator."
)


@click.group()
def user() -> None:
    """Organisers' accounts."""


@user.command()
@click.argument("email")
@click.option("--name", default="", help="The person's name.")
@click.option("--admin", is_flag=True, help="Sees every event.")
@click.option("--event", "slugs", multiple=True, help="Joins this event's team (its address).")
@click.option(
    "--role",
    type=click.Choice([role.value for role in TeamRole]),
    default=TeamRole.ORGANISER.value,
    show_default=True,
    help="What the person is in that team.",
)
@with_appcontext
def invite(email: str, name: str, admin: bool, slugs: tuple[str, ...], role: str) -> None:
    """Send EMAIL a letter with a link to the desk, and print the link.

    An account that exists gets another link, and joins the events named.
    """
    now = clock.now()
    with transaction():
        account = queries.by_address(email) or service.create(
            _address(email), name=name, admin=admin, by=COMMAND, now=now
        )
        if not account.active:
            raise click.ClickException("This account was removed.")
        if admin and not account.admin:
            service.make_admin(account, by=COMMAND, now=now)
        for slug in slugs:
            service.join_team(account, _event_id(slug), role=TeamRole(role), by=COMMAND, now=now)
        address = letters.invite(account, now=now)
    click.echo(f"The invitation is on its way. The link, good for seven days: {address}")


@user.command()
@click.argument("email")
@_even_last
@with_appcontext
def remove(email: str, even_last: bool) -> None:
    """Close the account of EMAIL and forget who it was; it is signed out everywhere."""
    with transaction(), _in_words():
        account = _account(email)
        service.remove(account, even_last=even_last, by=COMMAND, now=clock.now())
        privacy.erase(account)
    click.echo("The account is closed.")


@user.command("unmake-admin")
@click.argument("email")
@_even_last
@with_appcontext
def unmake_admin(email: str, even_last: bool) -> None:
    """Let EMAIL see the events of their teams only."""
    with transaction(), _in_words():
        account = _account(email)
        service.unmake_admin(account, even_last=even_last, by=COMMAND, now=clock.now())
    click.echo("The account sees the events of its teams only.")


@user.command("forget-second-factor")
@click.argument("email")
@with_appcontext
def forget_second_factor(email: str) -> None:
    """Let EMAIL, who lost app, passkeys and codes, set up another at the next sign-in."""
    now = clock.now()
    with transaction():
        account = _account(email)
        service.forget_second_factor(account, by=COMMAND, now=now)
        letters.tell_of_forgotten_factor(account, now=now)
    click.echo("The next sign-in sets up another second factor.")


@contextmanager
def _in_words() -> Iterator[None]:
    """What the portal refuses, it says, with the way for an operator who means it."""
    try:
        yield
    except Refused as refused:
        raise click.ClickException(f"{refused.sentence} Or add --even-last.") from refused


def _account(email: str) -> User:
    found = queries.by_address(email)
    if found is None or not found.active:
        raise click.ClickException("There is no account with this address.")
    return found


def _address(email: str) -> str:
    try:
        checked = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise click.ClickException(f"{email} is not a mail address.") from error
    return checked.ascii_email or checked.normalized


def _event_id(slug: str) -> int:
    event = events.any_slug(slug)
    if event is None:
        raise click.ClickException(f"There is no event {slug}.")
    return event.id


commands = [user]
