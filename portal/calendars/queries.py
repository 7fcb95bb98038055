"""Questions about personal calendars."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from portal.calendars.models import PersonalFeed
from portal.db import LARGEST_ID, db, for_update
from portal.events.models import Event
from portal.events.rules import State
from portal.invites.models import Invite
from portal.registrations.models import Registration
from portal.registrations.offices import HAS_NO_OTHER_MAILBOX

_IS_THERE = Registration.erased_at.is_(None), Registration.erase_asked_at.is_(None)


def by_digest(digest: str) -> PersonalFeed | None:
    """The feed whose address holds the code of this digest."""
    return db.session.scalar(select(PersonalFeed).where(PersonalFeed.code_digest == digest))


def of_link(values: Sequence[Any]) -> PersonalFeed | None:
    """The feed that the signed link of its letter names."""
    if len(values) != 2 or not isinstance(values[0], int) or not 0 < values[0] <= LARGEST_ID:
        return None
    feed = db.session.get(PersonalFeed, values[0])
    return feed if feed is not None and feed.code_digest == values[1] else None


def registrations(address_key: str) -> list[tuple[Registration, Invite | None]]:
    """Those of a mailbox at public events, with what was sent to calendars, in one read.

    Not those whom its reader acts for: their invites came by mail, with a UID of the office.
    """
    rows = db.session.execute(
        select(Registration, Invite)
        .join(Registration.event)
        .outerjoin(Invite, Invite.registration_id == Registration.id)
        .where(
            Registration.address_key == address_key,
            Event.state != State.DRAFT,
            *_IS_THERE,
            ~HAS_NO_OTHER_MAILBOX,
        )
        .options(joinedload(Registration.event))
        .order_by(Event.starts_at, Registration.id)
    ).all()
    return [(row[0], row[1]) for row in rows]


def live(address_key: str) -> Sequence[PersonalFeed]:
    """The addresses of a mailbox that show its events, or are on their way to it."""
    theirs = PersonalFeed.address_key == address_key, PersonalFeed.ended_at.is_(None)
    question = select(PersonalFeed).where(PersonalFeed.address_key != "", *theirs)
    return db.session.scalars(question.order_by(PersonalFeed.id)).all()


def is_asked_for(address_key: str) -> bool:
    """Whether the letter with an address for this mailbox is still to be written."""
    waits = PersonalFeed.address_key == address_key, PersonalFeed.told_at.is_(None)
    return db.session.execute(select(PersonalFeed.id).where(*waits).limit(1)).first() is not None


def someone_untold() -> bool:
    return db.session.execute(_UNTOLD.with_only_columns(PersonalFeed.id)).first() is not None


def next_untold() -> PersonalFeed | None:
    """The next feed whose address is to be made and sent."""
    return db.session.scalar(for_update(_UNTOLD, skip_locked=True))


_UNTOLD = (
    select(PersonalFeed).where(PersonalFeed.told_at.is_(None)).order_by(PersonalFeed.id).limit(1)
)


def of_nobody(but: Collection[int] = ()) -> ColumnElement[bool]:
    """Whether no registration is left under a feed's address, beside these."""
    left = select(Registration.id).where(
        Registration.address_key == PersonalFeed.address_key,
        Registration.id.not_in(but),
        *_IS_THERE,
    )
    return (PersonalFeed.address_key != "") & ~left.exists()


def asked_from(registration_id: int) -> Sequence[PersonalFeed]:
    """The feeds that were asked for from the page of this registration."""
    return db.session.scalars(
        select(PersonalFeed)
        .where(PersonalFeed.registration_id == registration_id)
        .order_by(PersonalFeed.id)
    ).all()
