"""The verbs that change an event's programme."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events.models import Appearance, Event, Session
from portal.events.rules import State, lies_within
from portal.events.service import programme_changed, session_said, sessions_said, snapshot
from portal.i18n import Translated

NEW = 0
"""The number of a session that is planned and not kept yet."""


def add_session(
    event: Event, facts: Mapping[str, Any], *, tell: bool = False, by: Actor, now: datetime
) -> Session:
    """One more session; who may come hears of it where that is asked for."""
    _ensure_open(event)
    before = snapshot(event)
    own, speakers = _apart(facts)
    _check(event, own)
    last = max((each.position for each in event.sessions), default=-1)
    session = Session(event=event, position=last + 1, **own)
    db.session.add(session)
    _appear(session, speakers)
    db.session.flush()
    _revised(event, before, session, "session.created", tell=tell, by=by, now=now)
    return session


def change_session(
    session: Session, facts: Mapping[str, Any], *, tell: bool = False, by: Actor, now: datetime
) -> bool:
    """Another time is told after ten quiet minutes, the rest on request; whether all was so."""
    event = session.event
    _ensure_open(event)
    before, changed = snapshot(event), changed_fields(session, facts)
    if not changed:
        return False
    own, speakers = _apart(facts)
    if {"starts_at", "ends_at"} & set(changed):
        _check(event, own)
    if {"starts_at", "ends_at", "room"} & set(changed):
        session.sequence += 1
    for name, value in own.items():
        setattr(session, name, value)
    _appear(session, speakers)
    _revised(event, before, session, "session.changed", tell=tell, by=by, now=now, fields=changed)
    return True


def cancel_session(session: Session, why: Translated, *, by: Actor, now: datetime) -> None:
    """It will not be held; the page keeps it, with the reason."""
    event = session.event
    _ensure_open(event)
    if session.cancelled_at is not None:
        raise Refused(_("This session is cancelled already."))
    before = snapshot(event)
    session.sequence += 1
    session.cancelled_at, session.cancelled_why = now, why
    _revised(event, before, session, "session.cancelled", by=by, now=now)


def revive_session(session: Session, *, by: Actor, now: datetime) -> None:
    """It will be held after all."""
    event = session.event
    _ensure_open(event)
    if session.cancelled_at is None:
        raise Refused(_("This session is not cancelled."))
    if not lies_within(session, event, event.zone):  # the event moved meanwhile, without it
        raise Refused(_("A session lies within the days of its event."))
    before = snapshot(event)
    session.sequence += 1
    session.cancelled_at, session.cancelled_why = None, {}
    _revised(event, before, session, "session.revived", by=by, now=now)


def delete_session(session: Session, *, by: Actor, now: datetime) -> None:
    """Only of a draft, which nobody knows: what was public is cancelled, so that people see it."""
    event = session.event
    if event.state is not State.DRAFT:
        raise Refused(_("The event is public: cancel the session, so that people see it."))
    before = snapshot(event)
    record("session.deleted", session, by=by, now=now, event_id=event.id)
    event.sessions.remove(session)
    db.session.delete(session)
    event.chooses = any(each.chosen for each in event.sessions)
    programme_changed(event, before, tell=False, now=now)


def place_session(session: Session, *, earlier: bool, by: Actor, now: datetime) -> None:
    """Before or after its neighbour, among those that begin at the same time."""
    event = session.event
    _ensure_open(event)
    beside = [each for each in event.sessions if each.starts_at == session.starts_at]
    beside.sort(key=lambda each: (each.position, each.id))
    here = beside.index(session)
    there = max(here - 1, 0) if earlier else min(here + 1, len(beside) - 1)
    if here == there:
        return
    beside.insert(there, beside.pop(here))
    for position, each in zip(sorted(_spread(beside)), beside, strict=True):
        each.position = position
    _revised(event, snapshot(event), session, "session.placed", by=by, now=now)


def changed_fields(session: Session, facts: Mapping[str, Any]) -> list[str]:
    """Which of these facts differ from what is so."""
    return sorted(name for name, value in facts.items() if _known(session, name) != value)


def planned(event: Event, facts: Mapping[str, Any], number: int = NEW) -> list[dict[str, Any]]:
    """What the programme would say with these facts of one session, of a new one or a known."""
    known = next((each for each in event.sessions if each.id == number), None)
    names = ("title", "starts_at", "ends_at", "room", "cancelled_at")
    as_it_is = {name: getattr(known, name, None) for name in names}
    speakers = facts.get("speakers", speaker_ids(known) if known else [])
    changed = session_said(SimpleNamespace(**(as_it_is | dict(facts))), number, speakers)
    others = [each for each in sessions_said(event) if each["id"] != number]
    return sorted([*others, changed], key=lambda each: int(each["id"]))


def speaker_ids(session: Session) -> list[int]:
    return [each.speaker_id for each in session.appearances]


def _known(session: Session, name: str) -> Any:
    return speaker_ids(session) if name == "speakers" else getattr(session, name)


def _apart(facts: Mapping[str, Any]) -> tuple[dict[str, Any], list[int] | None]:
    own = dict(facts)
    return own, own.pop("speakers", None)


def _appear(session: Session, speakers: Sequence[int] | None) -> None:
    """Those already there keep their rows: a pair of session and speaker is there once."""
    if speakers is None:
        return
    there = {each.speaker_id: each for each in session.appearances}
    wanted = []
    for position, speaker_id in enumerate(speakers):
        appearance = there.get(speaker_id) or Appearance(speaker_id=speaker_id)
        appearance.position = position
        wanted.append(appearance)
    session.appearances = wanted


def _spread(beside: Sequence[Session]) -> list[int]:
    """As many different positions as there are sessions, those they have where that is enough."""
    had = {each.position for each in beside}
    return list(had) if len(had) == len(beside) else list(range(len(beside)))


def _ensure_open(event: Event) -> None:
    if event.state is State.CANCELLED:
        raise Refused(_("A cancelled event stays as it is."))


def _check(event: Event, facts: Mapping[str, Any]) -> None:
    item = SimpleNamespace(starts_at=facts["starts_at"], ends_at=facts["ends_at"])
    if item.ends_at <= item.starts_at:
        raise Refused(_("A session has to end after it starts."))
    if not lies_within(item, event, event.zone):
        raise Refused(_("A session lies within the days of its event."))


def _revised(
    event: Event,
    before: dict[str, Any],
    session: Session,
    act: str,
    *,
    tell: bool = False,
    by: Actor,
    now: datetime,
    **details: Any,
) -> None:
    event.chooses = any(each.chosen for each in event.sessions)
    programme_changed(event, before, tell=tell, now=now)
    record(act, session, by=by, now=now, event_id=event.id, **details)
