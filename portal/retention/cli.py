"""Retention as a command: a dry run, or at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from portal import clock
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.retention import overview, queries, service
from portal.retention.queries import Term


@click.command()
@click.option("--at", "day", metavar="YYYY-MM-DD", help="As of the end of this day.")
@click.option("--now", "at_once", is_flag=True, help="Delete it, and do not wait for the worker.")
@with_appcontext
def retention(day: str | None, at_once: bool) -> None:
    """Say what is to be deleted, per event and field, with numbers; nothing is changed by that."""
    if day and at_once:
        raise click.UsageError("What is not over yet cannot be deleted: leave --at or --now out.")
    at = _end_of(day) if day else clock.now()
    terms = queries.plan(at)
    _say(terms, service.over_by_own_time(at))
    if at_once:
        _delete(at)


def _say(terms: Sequence[Term], beside: Mapping[str, int]) -> None:
    for term in terms:
        due_at = term.due_at or clock.now()
        day = f"{due_at.astimezone(ZoneInfo(term.event.zone)):%Y-%m-%d}"
        held = ", waits for letters" if term.waits else ""
        click.echo(f"{term.event.slug}: {term.kept.value} of {term.count}, over {day}{held}")
    for kind, count in beside.items():
        click.echo(f"{kind}: {count}")
    if not terms and not beside:
        click.echo("Nothing is to be deleted.")


def _delete(now: datetime) -> None:
    """In portions, each a transaction, so that nobody waits for all of it."""
    count, some = 0, 1
    while some:
        with transaction():
            some = service.empty_some(queries.due(now), by=COMMAND, now=now)
        count += some
    some = 1
    while some:
        with transaction():
            some = service.forget_some_by_own_time(by=COMMAND, now=now)
    click.echo(f"Deleted: {count} fields of people, and what has a time of its own.")
    for term in queries.plan(now):
        click.echo(f"Left until letters have left: {term.event.slug}, {term.kept.value}")


def _end_of(day: str) -> datetime:
    try:
        return overview.end_of(day)
    except ValueError:
        raise click.UsageError("Write a day between 2000 and 2999, as 2027-03-01.") from None


commands = [retention]
