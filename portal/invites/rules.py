"""What an invite looks like on the wire, and when it has to be told again (RFC 5545, 5546, 7986).

Written from icalendar's values and content lines, put together here: its components infer, sort
and fold at three times the cost, and its TEXT turns the "\\N" of "C:\\New" into a line break.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Literal
from urllib.parse import quote

from icalendar import Parameters, vDatetime, vDuration, vInt, vText, vUri
from icalendar.parser import Contentline

Method = Literal["REQUEST", "CANCEL", "PUBLISH", "DECLINECOUNTER"]
Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
Value = vText | vUri | vInt | vDatetime | vDuration

PRODUCT = "-//PLA portal//Invites//EN"


class Partstat(StrEnum):
    """What a calendar answered to an invite (RFC 5545, 3.2.12)."""

    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"
    DELEGATED = "DELEGATED"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the calendar of one person should hold.

    `asks` says that an answer is read; whose is not read nobody should be asked for.
    """

    uid: str
    summary: str
    description: str
    location: str
    url: str
    conference: str
    starts_at: datetime
    ends_at: datetime
    organizer_name: str
    organizer_address: str
    attendee_name: str
    attendee_address: str
    created_at: datetime
    asks: bool = False


@dataclass(frozen=True, kw_only=True)
class PublicEntry:
    """What a feed or a public file says of an event; even there it has an ORGANIZER (3.2.1)."""

    uid: str
    summary: str
    description: str
    location: str
    url: str
    starts_at: datetime
    ends_at: datetime
    status: Status
    sequence: int
    stamped_at: datetime
    created_at: datetime
    modified_at: datetime
    organizer_name: str
    organizer_address: str


def request(
    entry: Entry, *, sequence: int, stamped_at: datetime, answered: Partstat | None = None
) -> bytes:
    """The REQUEST that puts the entry into the person's calendar or renews it (RFC 5546, 3.2.2)."""
    event = _invite(
        entry, status="CONFIRMED", sequence=sequence, stamped_at=stamped_at, answered=answered
    )
    return _calendar("REQUEST", event)


def decline_counter(entry: Entry, *, sequence: int, stamped_at: datetime) -> bytes:
    """No to another time that the person proposed; the entry stays as it is (RFC 5546, 3.2.8)."""
    event = _invite(entry, status="CONFIRMED", sequence=sequence, stamped_at=stamped_at)
    return _calendar("DECLINECOUNTER", event)


def cancel(entry: Entry, *, sequence: int, stamped_at: datetime) -> bytes:
    """The CANCEL that takes the entry out of the person's calendar (RFC 5546, 3.2.5)."""
    event = _invite(entry, status="CANCELLED", sequence=sequence, stamped_at=stamped_at)
    return _calendar("CANCEL", event)


def personal_file(
    entry: Entry, *, sequence: int, stamped_at: datetime, cancelled: bool = False
) -> bytes:
    """The same entry to download: the mail's UID, and no ATTENDEE, since nobody is asked."""
    status: Status = "CANCELLED" if cancelled else "CONFIRMED"
    lines = _personal(entry, status=status, sequence=sequence, stamped_at=stamped_at)
    return _calendar("PUBLISH", _vevent(lines))


def published(entry: PublicEntry) -> bytes:
    """The file of one public event (RFC 5546, 3.2.1)."""
    return _calendar("PUBLISH", _public(entry))


def feed(name: str, entries: Iterable[PublicEntry], *, refresh: timedelta) -> bytes:
    """A calendar to subscribe to, which says itself how often to come back (RFC 7986, 5.1, 5.7)."""
    every = vDuration(refresh)
    head = [
        _line("NAME", _text(name)),
        _line("X-WR-CALNAME", _text(name)),
        _line("REFRESH-INTERVAL", every, {"VALUE": "DURATION"}),
        _line("X-PUBLISHED-TTL", every),
    ]
    return _calendar("PUBLISH", head, *(_public(entry) for entry in entries))


def substance(entry: Entry) -> str:
    """A digest of start, end and place: when it changes, so must SEQUENCE (RFC 5546, 2.1.4)."""
    return _digest(
        _instant(entry.starts_at), _instant(entry.ends_at), entry.location, entry.conference
    )


def content(entry: Entry) -> str:
    """A digest of all that the calendar shows: while it is the same, nothing needs to be sent."""
    return _digest(
        substance(entry),
        entry.uid,
        entry.summary,
        entry.description,
        entry.url,
        entry.organizer_name,
        entry.organizer_address,
        entry.attendee_name,
        entry.attendee_address,
    )


def next_sequence(
    last: int | None,
    *,
    told_substance: str | None,
    substance: str,
    was_cancelled: bool,
    is_cancelled: bool,
) -> int:
    """0 at first; one more for another time, place or status; never less (RFC 5545, 3.8.7.4)."""
    if last is None:
        return 0
    changed = told_substance != substance or was_cancelled != is_cancelled
    return last + 1 if changed else last


def next_stamp(last: datetime | None, now: datetime) -> datetime:
    """A DTSTAMP in whole seconds, later than the last one however quickly they follow."""
    stamp = now.astimezone(UTC).replace(microsecond=0)
    if last is None:
        return stamp
    return max(stamp, last.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1))


def _calendar(method: Method, *blocks: Iterable[str]) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        f"METHOD:{method}",
        *(line for block in blocks for line in block),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _invite(
    entry: Entry,
    *,
    status: Status,
    sequence: int,
    stamped_at: datetime,
    answered: Partstat | None = None,
) -> Iterator[str]:
    """One ATTENDEE, who has said yes by registering: no client should ask again.

    Only where answers are read the calendar asks, and what it said to this SEQUENCE stays said.
    """
    attendee = {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": (answered or "NEEDS-ACTION") if entry.asks else "ACCEPTED",
        "RSVP": "TRUE" if entry.asks else "FALSE",
    }
    yield from _vevent(
        _personal(entry, status=status, sequence=sequence, stamped_at=stamped_at),
        [_person("ATTENDEE", entry.attendee_name, entry.attendee_address, attendee)],
    )


def _personal(
    entry: Entry, *, status: Status, sequence: int, stamped_at: datetime
) -> Iterator[str]:
    yield from _facts(
        entry, status=status, sequence=sequence, stamped_at=stamped_at, modified_at=stamped_at
    )
    yield from _shown(entry, _with_link(entry.description, entry.conference))
    if entry.conference:
        yield _line("CONFERENCE", _uri(entry.conference), {"VALUE": "URI"})


def _public(entry: PublicEntry) -> Iterator[str]:
    yield from _vevent(
        _facts(
            entry,
            status=entry.status,
            sequence=entry.sequence,
            stamped_at=entry.stamped_at,
            modified_at=entry.modified_at,
        ),
        _shown(entry, entry.description),
    )


def _facts(
    entry: Entry | PublicEntry,
    *,
    status: Status,
    sequence: int,
    stamped_at: datetime,
    modified_at: datetime,
) -> Iterator[str]:
    yield _line("UID", _text(entry.uid))
    yield _line("SEQUENCE", vInt(sequence))
    yield f"DTSTAMP:{_instant(stamped_at)}"
    yield f"CREATED:{_instant(entry.created_at)}"
    yield f"LAST-MODIFIED:{_instant(modified_at)}"
    yield f"DTSTART:{_instant(entry.starts_at)}"
    yield f"DTEND:{_instant(entry.ends_at)}"
    yield f"STATUS:{status}"


def _shown(entry: Entry | PublicEntry, description: str) -> Iterator[str]:
    yield _line("SUMMARY", _text(entry.summary))
    if description:
        yield _line("DESCRIPTION", _text(description))
    if entry.location:
        yield _line("LOCATION", _text(entry.location))
    if entry.url:
        yield _line("URL", _uri(entry.url))
    yield _person("ORGANIZER", entry.organizer_name, entry.organizer_address, {})


def _with_link(description: str, conference: str) -> str:
    """Said in the DESCRIPTION too, because few clients know CONFERENCE."""
    if not conference or conference in description:
        return description
    return f"{description}\n\n{conference}" if description else conference


def _vevent(*blocks: Iterable[str]) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    for block in blocks:
        yield from block
    yield "END:VEVENT"


def _person(role: str, name: str, address: str, params: dict[str, str]) -> str:
    shown = " ".join(_clean(name).replace('"', "'").split())
    named = {**params, "CN": shown} if shown else params
    return _line(role, vUri("mailto:" + quote(_clean(address), safe="@!$'*+-._~")), named)


def _line(name: str, value: Value, params: dict[str, str] | None = None) -> str:
    return str(Contentline.from_parts(name, Parameters(params or {}), value, sorted=False))


class _Text(vText):
    """TEXT escaped in one pass, so that a backslash before an N stays one (RFC 5545, 3.3.11)."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        return self.translate(_ESCAPES).encode()


def _text(value: str) -> vText:
    return _Text(_clean(value))


def _uri(value: str) -> vUri:
    """Percent-encoded where RFC 3986 wants it, else as it is."""
    return vUri(quote(_clean(value).strip(), safe=_URI_CHARACTERS))


def _clean(value: str) -> str:
    """Without what no calendar may hold: controls, lone surrogates, other kinds of line break."""
    return value.replace("\r\n", "\n").translate(_UNWANTED)


def _instant(moment: datetime) -> str:
    """Always UTC with a Z: a floating time is another hour for each reader."""
    if moment.tzinfo is None:
        raise ValueError("A calendar needs a moment with its zone.")
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> bytes:
    """At most 75 octets a line, cut before a character or an escape, never in one (3.1)."""
    octets = line.encode()
    pieces = []
    start, room = 0, 75
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == 0x80:
            end -= 1
        backslashes = end - start - len(octets[start:end].rstrip(b"\\"))
        end -= backslashes % 2
        pieces.append(octets[start:end])
        start, room = end, 74
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces) + b"\r\n"


def _digest(*parts: str) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()


_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_URI_CHARACTERS = "%:/?#[]@!$&'()*+,;=~-._"
_UNWANTED: dict[int, str | None] = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)]),
    **dict.fromkeys([0x0A, 0x0D, 0x85, 0x2028, 0x2029], "\n"),
    0x09: " ",
    0x0B: " ",
    0x0C: " ",
}
