"""What events hold about speakers, and how they forget."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, literal_column, select

from portal.db import db
from portal.events.models import (
    Appearance,
    Event,
    OldSlug,
    Quota,
    Revision,
    Session,
    Speaker,
    Template,
)
from portal.events.rules import State
from portal.keeping import Impersonal, Keeping, Rules, Whose

# Every column that says something about a speaker; removing them at the desk removes all of it.
PERSONAL = (
    "name", "role", "affiliation", "biography", "photo", "photo_text", "email", "agreed",
)  # fmt: skip

# A speaker's address is needed until what they said is published, and no longer.
ADDRESSES_ARE_KEPT = timedelta(days=30)

KEEPING: Rules = {
    Event: Keeping(
        Whose.COLLEAGUES,
        what=_l("Whom to ask about an event, as its public page names them"),
        end=_l("when the organisers take them off the page"),
        personal=("contacts",),
        of_the_record=(
            "slug", "kind", "title", "summary", "description", "zone", "format", "venue", "address",
            "joining_url", "organisers", "sectors", "audience", "working_languages", "hashtag",
            "state", "reason",
        ),
    ),
    Speaker: Keeping(
        Whose.SPEAKERS,
        what=_l("What the programme says of them, as they agreed, and their mail address"),
        end=_l("when they take their consent back or are removed; the address 30 days after the "
               "event"),
        personal=PERSONAL,
        of_the_record=("link_code",),
    ),
    Session: Impersonal(
        "Titles, texts and rooms of a public programme.",
        texts=("title", "abstract", "sector", "room", "kind", "cancelled_why"),
    ),
    Appearance: Impersonal("Who speaks where, in ids; it goes with the speaker."),
    Revision: Impersonal(
        "What an event said: it names nobody, speakers stand in it as ids.",
        texts=("facts",),
    ),
    Quota: Impersonal(
        "How many places are kept for which groups and countries, in codes.",
        texts=("groups", "countries"),
    ),
    OldSlug: Impersonal(
        "Addresses that events had.",
        texts=("slug",),
    ),
    Template: Keeping(
        Whose.COLLEAGUES,
        what=_l("Whom to ask, in the patterns of templates"),
        end=_l("when administrators remove the template"),
        personal=("pattern",),
        of_the_record=("name",),
    ),
}  # fmt: skip


def held(speaker: Speaker) -> dict[str, Any]:
    """What is kept of a speaker, and what they agreed to have shown."""
    shown = ("name", "role", "affiliation", "biography", "photo", "photo_text", "email")
    moments = ("asked_at", "agreed_at", "refused_at")
    found = {name: getattr(speaker, name) for name in moments}
    return {
        "event": speaker.event.title,
        "starts_at": speaker.event.starts_at.isoformat(),
        **{name: getattr(speaker, name) for name in shown},
        **{name: moment.isoformat() if moment else None for name, moment in found.items()},
        "recordings": speaker.recordings,
        "agreed": speaker.agreed,
    }


def next_forgotten(now: datetime) -> Speaker | None:
    """A speaker whose mail address is not needed any more."""
    return db.session.scalars(_old_addresses(now).order_by(Speaker.id).limit(1)).first()


def addresses_by_event(event_ids: Collection[int]) -> dict[int, int]:
    """How many addresses of speakers are kept, by event."""
    question = (
        select(Speaker.event_id, func.count())
        .where(Speaker.event_id.in_(event_ids), Speaker.email != "")
        .group_by(Speaker.event_id)
    )
    return {row[0]: row[1] for row in db.session.execute(question).all()}


def old_addresses_by_event(now: datetime) -> dict[int | None, int]:
    """How many addresses of speakers are kept longer than they may be, by event."""
    old = _old_addresses(now).with_only_columns(Speaker.event_id, func.count())
    rows = db.session.execute(old.group_by(Speaker.event_id)).all()
    return {row[0]: row[1] for row in rows}


def _old_addresses(now: datetime) -> Select[Speaker]:
    return (
        select(Speaker)
        .join(Event, Event.id == Speaker.event_id)
        .where(
            Speaker.email != literal_column("''"),  # as its index says it
            Event.ends_at < now - ADDRESSES_ARE_KEPT,
            Event.state != State.POSTPONED,
        )
    )
