"""Commands about invitations."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from portal import clock
from portal.audit.service import COMMAND
from portal.db import db, looking, transaction
from portal.events import queries as events
from portal.i18n import languages
from portal.invitations import queries
from portal.invitations.files import read_back
from portal.invitations.forms import read_or
from portal.invitations.models import InvitationList
from portal.invitations.rules import MOST_BYTES, Fate, ImportState, Person
from portal.invitations.service import lists
from portal.invitations.words import FATES, TROUBLES


@click.group()
def invitations() -> None:
    """People who are invited to an event."""


@invitations.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--event", "slug", required=True, help="The last part of the event's address.")
@click.option("--list", "name", default="Import", show_default=True, help="Name of the list.")
@click.option("--source", default="", help="Where the addresses are from; needed for a new list.")
@click.option("--language", help="Of letters, where the file names none.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of each row.")
@with_appcontext
def import_invitations(
    file: Path, slug: str, name: str, source: str, language: str | None, dry_run: bool
) -> None:
    """Put the people in FILE (CSV or XLSX) on a list of the event, and send nothing.

    Whoever is invited or registered already, or does not want to be invited, is left alone. While
    a row is wrong nothing is imported. A list that is not there is made; its terms, its words and
    the letters are the desk's. Who is put on a list that was sent gets their letter at once.
    """
    with file.open("rb") as opened:
        people = read_or(click.ClickException, opened.read(MOST_BYTES + 1))
    if language is not None and language not in languages():
        raise click.ClickException(f"Letters are not written in “{language}”.")
    with looking():
        planned = _planned(slug, name, people)
        _say(planned)
    if any(fate is Fate.WRONG for _person, fate in planned):
        raise click.ClickException("Nothing was imported. Put the rows right that are wrong.")
    if dry_run:
        click.echo("Nothing was changed.")
        return
    click.echo(f"Added to the list “{name}”: {_take_over(slug, name, source, language, people)}")


def _planned(slug: str, name: str, people: list[Person]) -> list[tuple[Person, Fate]]:
    event = events.any_slug(slug)
    if event is None:
        raise click.ClickException(f"There is no event “{slug}”.")
    found = queries.list_named(event.id, name) or InvitationList(event_id=event.id)
    with db.session.no_autoflush:
        return lists.planned(found, people)


def _say(planned: list[tuple[Person, Fate]]) -> None:
    """Every row that is not simply new, and how many there are of each fate."""
    counts = dict.fromkeys(Fate, 0)
    for person, fate in planned:
        counts[fate] += 1
        if fate is not Fate.NEW:
            why = " ".join(str(TROUBLES[each]) for each in person.troubles)
            where = f"row {person.nth}: {person.address or '–'}"
            click.echo(f"{where} {why or FATES[fate.value]}".rstrip())
    click.echo("; ".join(f"{FATES[fate.value]}: {n}" for fate, n in counts.items() if n))


def _take_over(
    slug: str, name: str, source: str, language: str | None, people: list[Person]
) -> int:
    """Some rows to a transaction, so that nobody who registers waits long; how many were new."""
    with transaction():
        event = events.any_slug(slug)
        found = event and queries.list_named(event.id, name)
        if event is None or (not found and not source):
            raise click.ClickException("Say by --source where the addresses are from.")
        facts = {"name": name, "source": source, "language": language or languages()[0]}
        of_list = found or lists.make(event, facts, by=COMMAND, now=clock.now())
        kept = lists.keep_file(of_list, people, by=COMMAND, now=clock.now())
        file_id = kept.id
    with click.progressbar(length=len(people), label="Rows") as bar:
        made = 0
        while portion := queries.next_portion(file_id):
            with transaction():
                held = queries.held_import(portion)
                if held is None or held.state is ImportState.DONE:
                    break
                rows = read_back(portion.rows)
                bar.update(lists.take_some(held, rows, by=COMMAND, now=clock.now()))
                made = held.made
    return made


commands = [invitations]
