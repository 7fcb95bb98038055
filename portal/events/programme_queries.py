"""Questions about an event's programme, for the desk."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import LARGEST_ID, db
from portal.events.models import Appearance, Event, Session, Speaker


def sessions(event: Event) -> Sequence[Session]:
    """The programme in its order, with who speaks."""
    return db.session.scalars(
        select(Session)
        .where(Session.event_id == event.id)
        .options(selectinload(Session.appearances).joinedload(Appearance.speaker))
        .order_by(Session.starts_at, Session.position, Session.id)
    ).all()


def session(event: Event, session_id: int) -> Session | None:
    """One session of this event; another event's is not found."""
    if session_id > LARGEST_ID:
        return None
    return db.session.scalar(
        select(Session)
        .where(Session.id == session_id, Session.event_id == event.id)
        .options(selectinload(Session.appearances).joinedload(Appearance.speaker))
        .execution_options(populate_existing=True)
    )


def speakers(event: Event) -> Sequence[Speaker]:
    """Who speaks at the event, in the order in which its page names them."""
    return db.session.scalars(
        select(Speaker)
        .where(Speaker.event_id == event.id)
        .order_by(Speaker.position, Speaker.id)
        .execution_options(populate_existing=True)
    ).all()


def speaker(event: Event, speaker_id: int) -> Speaker | None:
    """One speaker of this event; another event's is not found."""
    if speaker_id > LARGEST_ID:
        return None
    return db.session.scalar(
        select(Speaker)
        .where(Speaker.id == speaker_id, Speaker.event_id == event.id)
        .execution_options(populate_existing=True)
    )


def any_speaker(speaker_id: int) -> Speaker | None:
    """A speaker with their event, for who comes by a link or asks for a photo."""
    if speaker_id > LARGEST_ID:
        return None
    return db.session.scalar(
        select(Speaker)
        .where(Speaker.id == speaker_id)
        .options(joinedload(Speaker.event))
        .execution_options(populate_existing=True)
    )


def sessions_of_speakers(event: Event) -> dict[int, list[Session]]:
    """In which sessions each speaker appears, by the speaker's id."""
    found: dict[int, list[Session]] = {}
    for each in sessions(event):
        for appearance in each.appearances:
            found.setdefault(appearance.speaker_id, []).append(each)
    return found


def photos() -> set[str]:
    """The names of all files that speakers have, or agreed to have shown."""
    rows = db.session.execute(select(Speaker.photo, Speaker.agreed)).all()
    agreed = {(row.agreed or {}).get("photo", "") for row in rows}
    return ({row.photo for row in rows} | agreed) - {""}
