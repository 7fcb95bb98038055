"""The demonstration, as a command."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from portal import clock
from portal.accounts import service as accounts
from portal.db import db, transaction
from portal.events import demonstration as demo_events
from portal.events import queries as events
from portal.events.models import Event
from portal.invitations import demonstration as demo_invitations
from portal.news import demonstration as demo_news
from portal.podcasts import demonstration as demo_podcasts
from portal.publications import demonstration as demo_publications
from portal.questions import demonstration as demo_questions
from portal.registrations.demonstration import keep_places, register_people
from portal.ties import demonstration as demo_ties


@click.command()
@click.option("--registrations", type=click.IntRange(0, 1_000_000), default=0, metavar="N",
              help="Add N made-up registrants.")  # fmt: skip
@click.option("--event", "slug", help="To this event; else to the demonstration's next one.")
@click.option("--if-empty", is_flag=True, help="Only when there is no event at all.")
@with_appcontext
def demo(registrations: int, slug: str | None, if_empty: bool) -> None:
    """Load the demonstration, and made-up registrants for benches and pictures."""
    if events.is_empty():
        _load()
    elif if_empty:
        return
    if registrations:
        _add_people(slug, registrations)


def _load() -> None:
    now = clock.now()
    with transaction():
        loaded = demo_events.load(now)
        demo_publications.load(now)
        demo_news.load(now)
        accounts.add_demonstration_organiser(now=now)
        episode = demo_podcasts.load(now)
        demo_ties.load(episode, now)
        next_edition = next(each for each in loaded if each.slug == demo_events.NEXT)
        demo_questions.load(next_edition, now)
        keep_places(next_edition, now=now)
        demo_invitations.load(next_edition, now)
        for event in loaded:
            for _size in register_people(event, demo_events.people_at(event), now=now):
                pass
    click.echo("The demonstration is loaded.")


def _add_people(slug: str | None, count: int) -> None:
    now = clock.now()
    event_id = _event_id(slug)
    label = f"Registering {count} people"
    with click.progressbar(length=count, label=label) as bar:
        while count > 0:
            size = min(count, 100)
            with transaction() as session:
                for done in register_people(session.get_one(Event, event_id), size, now=now):
                    bar.update(done)
            count -= size


def _event_id(slug: str | None) -> int:
    question = select(Event.id).where(Event.slug == slug)
    if slug is None:
        question = (
            select(Event.id)
            .where(Event.demonstration, Event.starts_at > clock.now(), Event.approval.is_(False))
            .order_by(Event.starts_at)
            .limit(1)
        )
    found = db.session.scalar(question)
    if found is None:
        raise click.ClickException("There is no such event: load the demonstration, or name one.")
    return found


commands = [demo]
