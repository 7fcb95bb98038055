"""An event's programme as pages show it: by day, with what is parallel side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portal import i18n
from portal.events.models import Event, Session
from portal.events.rules import side_by_side
from portal.events.shown import Words, words
from portal.events.speaking import SpeakerShown, speakers


@dataclass(frozen=True, slots=True)
class SessionShown:
    id: int
    title: Words
    abstract: Words
    start: str
    end: str
    sector: str
    room: str
    kind: str
    cancelled: bool
    chosen: bool
    why: Words
    speakers: Sequence[SpeakerShown]


@dataclass(frozen=True, slots=True)
class RowShown:
    start: str
    end: str
    sessions: Sequence[SessionShown]


@dataclass(frozen=True, slots=True)
class DayShown:
    date: str
    rows: Sequence[RowShown]


@dataclass(frozen=True, slots=True)
class SessionAtTheDesk:
    """A line of the programme at the desk; `first` and `last` among those that begin with it."""

    session: Session
    start: str
    end: str
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class DayAtTheDesk:
    date: str
    lines: Sequence[SessionAtTheDesk]


def programme(event: Event, zone: str) -> list[DayShown]:
    """The sessions by day and by row on the clock of `zone`; those of one row are parallel."""
    marked = _is_marked(event.sessions, zone)
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


def days_at_the_desk(sessions: Sequence[Session], zone: str) -> list[DayAtTheDesk]:
    """Every session on a line of its own, in the order of the page."""
    marked = _is_marked(sessions, zone)
    days: dict[str, list[SessionAtTheDesk]] = {}
    for number, session in enumerate(sessions):
        before = sessions[number - 1] if number else None
        after = sessions[number + 1] if number + 1 < len(sessions) else None
        line = SessionAtTheDesk(
            session,
            _clock(session.starts_at, zone, marked=marked),
            _clock(session.ends_at, zone, marked=marked),
            first=before is None or before.starts_at != session.starts_at,
            last=after is None or after.starts_at != session.starts_at,
        )
        days.setdefault(i18n.day(session.starts_at, zone), []).append(line)
    return [DayAtTheDesk(day, lines) for day, lines in days.items()]


def _session(session: Session, zone: str, *, marked: bool) -> SessionShown:
    return SessionShown(
        id=session.id,
        title=words(session.title),
        abstract=words(session.abstract),
        start=_clock(session.starts_at, zone, marked=marked),
        end=_clock(session.ends_at, zone, marked=marked),
        sector=session.sector,
        room=session.room,
        kind=session.kind.value,
        cancelled=session.cancelled_at is not None,
        chosen=session.chosen and session.cancelled_at is None,
        why=words(session.cancelled_why),
        speakers=speakers(appearance.speaker for appearance in session.appearances),
    )


def _is_marked(sessions: Iterable[Session], zone: str) -> bool:
    """Whether the clock changes within the programme, so that each hour carries its mark."""
    moments = [at for session in sessions for at in (session.starts_at, session.ends_at)]
    return len({i18n.offset(at, zone) for at in moments}) > 1


def _clock(at: datetime, zone: str, *, marked: bool) -> str:
    """'14:00'; with its zone's mark in a night that has the same hour twice."""
    time = i18n.clock_time(at, zone)
    if not marked:
        return time
    mark = at.astimezone(ZoneInfo(zone)).tzname() or ""
    return f"{time} {mark if mark.isalpha() else i18n.offset(at, zone)}"
