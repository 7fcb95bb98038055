"""An event's programme as its page shows it: by day, with what is parallel side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portal import i18n
from portal.events.models import Event, Session, Speaker
from portal.events.rules import side_by_side
from portal.events.shown import words
from portal.i18n import translated


@dataclass(frozen=True, slots=True)
class SpeakerShown:
    name: str
    role: str
    affiliation: str


@dataclass(frozen=True, slots=True)
class SessionShown:
    title: str
    abstract: str
    start: str
    end: str
    sector: str
    room: str
    kind: str
    cancelled: bool
    speakers: Sequence[SpeakerShown]
    lang: str | None


@dataclass(frozen=True, slots=True)
class RowShown:
    start: str
    end: str
    sessions: Sequence[SessionShown]


@dataclass(frozen=True, slots=True)
class DayShown:
    date: str
    rows: Sequence[RowShown]


def programme(event: Event, zone: str) -> list[DayShown]:
    """The sessions by day and by row on the clock of `zone`; those of one row are parallel."""
    moments = [at for session in event.sessions for at in (session.starts_at, session.ends_at)]
    marked = len({i18n.offset(at, zone) for at in moments}) > 1
    days: dict[str, list[RowShown]] = {}
    for together in side_by_side(event.sessions):
        first = min(session.starts_at for session in together)
        last = max(session.ends_at for session in together)
        row = RowShown(
            _clock(first, zone, marked=marked),
            _clock(last, zone, marked=marked),
            [_session(session, zone, marked=marked) for session in together],
        )
        days.setdefault(i18n.day(first, zone), []).append(row)
    return [DayShown(day, rows) for day, rows in days.items()]


def speakers(found: Iterable[Speaker]) -> list[SpeakerShown]:
    """Who speaks; somebody without a name yet is shown by their role."""
    shown = []
    for speaker in found:
        role = translated(speaker.role)
        name = speaker.name or role
        shown.append(SpeakerShown(name, role if speaker.name else "", speaker.affiliation))
    return shown


def _session(session: Session, zone: str, *, marked: bool) -> SessionShown:
    title = words(session.title)
    return SessionShown(
        title=title.text,
        abstract=translated(session.abstract),
        start=_clock(session.starts_at, zone, marked=marked),
        end=_clock(session.ends_at, zone, marked=marked),
        sector=session.sector,
        room=session.room,
        kind=session.kind.value,
        cancelled=session.cancelled_at is not None,
        speakers=speakers(appearance.speaker for appearance in session.appearances),
        lang=title.lang,
    )


def _clock(at: datetime, zone: str, *, marked: bool) -> str:
    """'14:00'; with its zone's mark in a night that has the same hour twice."""
    time = i18n.clock_time(at, zone)
    if not marked:
        return time
    mark = at.astimezone(ZoneInfo(zone)).tzname() or ""
    return f"{time} {mark if mark.isalpha() else i18n.offset(at, zone)}"
