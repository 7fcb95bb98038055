"""The verbs of personal calendars: ask for an address, give it, end it."""

from datetime import datetime

from portal import tokens
from portal.audit.service import REGISTRANT, record
from portal.calendars import queries
from portal.calendars.models import PersonalFeed
from portal.db import db
from portal.registrations.models import Registration


def ask(registration: Registration, *, now: datetime) -> None:
    """The mailbox of this registration is to get an address of its calendar; twice is once."""
    if queries.is_asked_for(registration.address_key):
        return
    feed = PersonalFeed(
        registration_id=registration.id, address_key=registration.address_key, asked_at=now
    )
    db.session.add(feed)
    _record("registration.calendar_asked", registration, now)


def give(feed: PersonalFeed, *, now: datetime) -> str:
    """The code of the feed's address, which from now on is known to its letter alone.

    The feed is of the mailbox that the letter goes to, whoever had the registration's when it was
    asked for.
    """
    code = tokens.code()
    feed.code_digest, feed.told_at = tokens.digest(code), now
    feed.address_key = feed.registration.address_key
    return code


def drop(feed: PersonalFeed, *, now: datetime) -> None:
    """Nobody is left to be told, or the letter cannot be written: it can be asked for anew."""
    feed.told_at = feed.ended_at = now
    feed.address_key = ""


def end(feed: PersonalFeed, *, now: datetime) -> None:
    """The address shows nothing any more; to end it twice changes nothing."""
    if not feed.is_live:
        return
    feed.ended_at, feed.address_key = now, ""
    _record("registration.calendar_ended", feed.registration, now)


def end_all(registration: Registration, *, now: datetime) -> int:
    """Every address of this registration's mailbox, as after a device was lost; how many."""
    feeds = queries.live(registration.address_key)
    for feed in feeds:
        end(feed, now=now)
    return len(feeds)


def _record(act: str, registration: Registration, now: datetime) -> None:
    record(act, registration, by=REGISTRANT, now=now, event_id=registration.event_id)
