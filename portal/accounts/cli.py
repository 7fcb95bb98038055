"""Commands about accounts."""

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext

from portal import clock
from portal.accounts import letters, privacy, queries, service
from portal.accounts.models import User
from portal.accounts.rules import TeamRole
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.events import queries as events


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
@with_appcontext
def remove(email: str) -> None:
    """Close the account of EMAIL and forget who it was; it is signed out everywhere."""
    with transaction():
        account = _account(email)
        service.remove(account, by=COMMAND, now=clock.now())
        privacy.erase(account)
    click.echo("The account is closed.")


@user.command("forget-second-factor")
@click.argument("email")
@with_appcontext
def forget_second_factor(email: str) -> None:
    """Let EMAIL, who lost their app and codes, set up another at the next sign-in."""
    with transaction():
        service.forget_second_factor(_account(email), by=COMMAND, now=clock.now())
    click.echo("The next sign-in sets up another second factor.")


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
