"""The verbs about speakers: what is written of them, and what they agree to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete

from portal import uploads
from portal.audit.service import Actor, deleted, record
from portal.db import db
from portal.errors import Refused
from portal.events import programme_queries as queries
from portal.events.models import Appearance, Event, Speaker
from portal.events.service import page_changed
from portal.uploads import Kept

SPEAKER = Actor("speaker")

OF_CONSENT = ("speaker.asked", "speaker.agreed", "speaker.refused")
"""What comes of asking: no words of the team are others afterwards."""


def add_speaker(
    event: Event, facts: Mapping[str, Any], photo: Kept | None, *, by: Actor, now: datetime
) -> Speaker:
    """Somebody who speaks; by name and photo only once they agree."""
    last = max((each.position for each in queries.speakers(event)), default=-1)
    speaker = Speaker(event_id=event.id, position=last + 1, **facts)
    speaker.photo = photo.name if photo else ""
    db.session.add(speaker)
    db.session.flush()
    _note("speaker.added", speaker, by=by, now=now)
    return speaker


def change_speaker(
    speaker: Speaker,
    facts: Mapping[str, Any],
    photo: Kept | None,
    *,
    without_photo: bool = False,
    by: Actor,
    now: datetime,
) -> None:
    """Other words or another photo; what was agreed to is shown until these are agreed to."""
    had = _files(speaker)
    for name, value in facts.items():
        setattr(speaker, name, value)
    if photo is not None:
        speaker.photo = photo.name
    elif without_photo:
        speaker.photo, speaker.photo_text = "", {}
    _drop_unnamed(speaker, had)
    _note("speaker.changed", speaker, by=by, now=now)


def remove_speaker(speaker: Speaker, *, by: Actor, now: datetime) -> None:
    """They do not speak; nothing of them is kept."""
    for file in _files(speaker):
        uploads.drop(file)
    _note("speaker.removed", speaker, by=by, now=now)
    db.session.execute(delete(Appearance).where(Appearance.speaker_id == speaker.id))
    db.session.delete(speaker)


def place_speaker(speaker: Speaker, *, earlier: bool, by: Actor, now: datetime) -> None:
    """One further up or down in the list."""
    in_order = list(queries.speakers(speaker.event))
    here = in_order.index(speaker)
    there = max(here - 1, 0) if earlier else min(here + 1, len(in_order) - 1)
    in_order.insert(there, in_order.pop(here))
    for position, each in enumerate(in_order):
        each.position = position
    _note("speaker.placed", speaker, by=by, now=now)


def ask(speaker: Speaker, email: str, *, by: Actor, now: datetime) -> None:
    """They are asked by letter; who refused before may be asked anew."""
    speaker.email, speaker.asked_at = email, now
    _note("speaker.asked", speaker, by=by, now=now)


def note_agreement(
    speaker: Speaker, seen: str, *, recordings: bool, by: Actor, now: datetime
) -> None:
    """They agreed otherwise, say on paper: who noted it stands beside it."""
    _agree(speaker, seen, recordings=recordings, now=now)
    speaker.noted_by = by.id
    _note("speaker.agreement_noted", speaker, by=by, now=now)


def agree(speaker: Speaker, seen: str, *, recordings: bool, now: datetime) -> None:
    """What they saw is shown from now on."""
    _agree(speaker, seen, recordings=recordings, now=now)
    speaker.noted_by = None
    _note("speaker.agreed", speaker, by=SPEAKER, now=now)


def refuse(speaker: Speaker, *, now: datetime) -> None:
    """No, or not any more: from now on their role stands there alone."""
    had = _files(speaker)
    speaker.refused_at = now
    speaker.agreed, speaker.agreed_at, speaker.noted_by = None, None, None
    speaker.recordings = False
    _drop_unnamed(speaker, had)
    _note("speaker.refused", speaker, by=SPEAKER, now=now)


def forget_address(speaker: Speaker, *, by: Actor, now: datetime) -> None:
    """Their mail address is not needed any more; the link in their letter works on."""
    speaker.email = ""
    record("speaker.address_forgotten", speaker, by=by, now=now, event_id=speaker.event_id)
    deleted("addresses", {speaker.event_id: 1}, by=by, now=now)


def _agree(speaker: Speaker, seen: str, *, recordings: bool, now: datetime) -> None:
    if seen != speaker.digest:
        raise Refused(_("The text was changed meanwhile. Go back, read it again, and decide then."))
    had = _files(speaker)
    speaker.agreed, speaker.agreed_at, speaker.refused_at = speaker.shown, now, None
    speaker.recordings = recordings
    _drop_unnamed(speaker, had)


def _files(speaker: Speaker) -> set[str]:
    return {speaker.photo, (speaker.agreed or {}).get("photo", "")} - {""}


def _drop_unnamed(speaker: Speaker, had: set[str]) -> None:
    for file in had - _files(speaker):
        uploads.drop(file)


def _note(act: str, speaker: Speaker, *, by: Actor, now: datetime) -> None:
    page_changed(speaker.event, approval_lapses=act not in OF_CONSENT, now=now)
    record(act, speaker, by=by, now=now, event_id=speaker.event_id)
