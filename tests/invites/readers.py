"""Two readers that did not write our calendars, and a third that knows the rules by octet."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import vobject
from ical.calendar_stream import CalendarStream


@dataclass(frozen=True)
class Seen:
    """What a reader makes of one event."""

    method: str
    uid: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    status: str
    summary: str
    description: str
    location: str
    url: str
    conference: str
    organizer: tuple[str, str] | None
    attendees: tuple[tuple[str, str, str, str], ...]


def seen_by_ical(octets: bytes) -> list[Seen]:
    """The reader of Home Assistant."""
    (calendar,) = CalendarStream.from_ics(octets.decode()).calendars
    return [
        Seen(
            method=calendar.method,
            uid=event.uid,
            sequence=event.sequence,
            stamped_at=event.dtstamp,
            starts_at=event.dtstart,
            ends_at=event.dtend,
            status=event.status.value,
            summary=event.summary,
            description=event.description or "",
            location=event.location or "",
            url=event.url or "",
            conference=event.conference[0].uri if event.conference else "",
            organizer=event.organizer
            and (event.organizer.common_name or "", str(event.organizer.uri)),
            attendees=tuple(
                (who.common_name or "", str(who.uri), who.status, str(who.rsvp).upper())
                for who in event.attendees
            ),
        )
        for event in calendar.events
    ]


def seen_by_vobject(octets: bytes) -> list[Seen]:
    """The reader of the CalDAV servers Radicale and Calendar Server."""
    calendar = vobject.readOne(octets.decode())
    return [
        Seen(
            method=calendar.method.value,
            uid=event.uid.value,
            sequence=int(event.sequence.value),
            stamped_at=event.dtstamp.value,
            starts_at=event.dtstart.value,
            ends_at=event.dtend.value,
            status=event.status.value,
            summary=event.summary.value,
            description=_value(event, "description"),
            location=_value(event, "location"),
            url=_value(event, "url"),
            conference=_value(event, "conference"),
            organizer=(_param(event.organizer, "CN"), event.organizer.value)
            if "organizer" in event.contents
            else None,
            attendees=tuple(
                (_param(who, "CN"), who.value, _param(who, "PARTSTAT"), _param(who, "RSVP"))
                for who in event.contents.get("attendee", [])
            ),
        )
        for event in calendar.contents.get("vevent", [])
    ]


def _value(event: vobject.base.Component, name: str) -> str:
    return event.contents[name][0].value if name in event.contents else ""


def _param(line: vobject.base.ContentLine, name: str) -> str:
    return (line.params.get(name) or [""])[0]


def lines(octets: bytes) -> list[str]:
    """The content lines, unfolded (RFC 5545, 3.1)."""
    return octets.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def faults(octets: bytes) -> list[str]:
    """The rules of facts/invites.md that parsers do not notice, each broken one named."""
    return [*_faults_of_octets(octets), *_faults_of_events(octets)]


def _faults_of_octets(octets: bytes) -> list[str]:
    physical = octets.split(b"\r\n")
    bare = octets.replace(b"\r\n", b"")
    return _named(
        {
            "ends without CRLF": not octets.endswith(b"\r\n"),
            "bare CR or LF": b"\r" in bare or b"\n" in bare,
            "control character": re.search(rb"[\x00-\x1f\x7f]", bare) is not None,
            "C1 control or separator": re.search(r"[\x80-\x9f\u2028\u2029]", _text(bare))
            is not None,
            "line of more than 75 octets": any(len(line) > 75 for line in physical),
            "folded inside a character": any(_text(line) == "" for line in physical if line),
            "folded inside an escape": any(
                following.startswith(b" ") and re.search(rb"(?<!\\)(\\\\)*\\$", line)
                for line, following in pairwise(physical)
            ),
            "empty line": b"" in physical[:-1],
        }
    )


def _faults_of_events(octets: bytes) -> list[str]:
    found = lines(octets)
    once = ("VERSION:2.0", "PRODID:", "METHOD:", "BEGIN:VCALENDAR", "END:VCALENDAR")
    method = next((line[7:] for line in found if line.startswith("METHOD:")), "")
    broken = [f"not once: {name}" for name in once if sum(x.startswith(name) for x in found) != 1]
    broken += _named(
        {
            "alarm": "BEGIN:VALARM" in found,
            "zone": "BEGIN:VTIMEZONE" in found or any("TZID=" in line for line in found),
            "method not upper case": method not in ("REQUEST", "CANCEL", "PUBLISH"),
        }
    )
    for event in _events(found):
        broken += _faults_of_event(event, method)
    return broken


def _events(found: list[str]) -> list[list[str]]:
    starts = [i for i, line in enumerate(found) if line == "BEGIN:VEVENT"]
    ends = [i for i, line in enumerate(found) if line == "END:VEVENT"]
    return [found[start + 1 : end] for start, end in zip(starts, ends, strict=True)]


def _faults_of_event(event: list[str], method: str) -> list[str]:
    names = [re.split("[;:]", line)[0] for line in event]
    once = ["UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND"]
    once += ["STATUS", "SUMMARY"] + ["ORGANIZER"] + (["ATTENDEE"] if method != "PUBLISH" else [])
    broken = [f"not once: {name}" for name in once if names.count(name) != 1]
    broken += [f"twice: {name}" for name in {*names} if names.count(name) > 1]
    broken += [f"not in UTC: {line}" for line in event if _is_moment(line) and not _is_utc(line)]
    broken += [f"value not escaped: {line}" for line in event if _is_badly_escaped(line)]
    broken += [f"not a URI: {line}" for line in event if _is_no_uri(line)]
    status = {"REQUEST": "STATUS:CONFIRMED", "CANCEL": "STATUS:CANCELLED"}.get(method)
    broken += [f"{method} without {status}"] if status and status not in event else []
    broken += ["ATTENDEE in PUBLISH"] if method == "PUBLISH" and "ATTENDEE" in names else []
    broken += ["SENT-BY"] if any("SENT-BY" in line for line in event) else []
    broken += [f"not as agreed: {x}" for x in event if x.startswith("ATTENDEE") and _asks_again(x)]
    return broken


def _is_moment(line: str) -> bool:
    return re.match("(DTSTAMP|CREATED|LAST-MODIFIED|DTSTART|DTEND)[;:]", line) is not None


def _is_utc(line: str) -> bool:
    return re.fullmatch(r"[A-Z-]+:\d{8}T\d{6}Z", line) is not None


def _is_badly_escaped(line: str) -> bool:
    name, _, value = line.partition(":")
    return name in ("UID", "SUMMARY", "DESCRIPTION", "LOCATION", "NAME") and not re.fullmatch(
        r"([^\\;,]|\\[\\;,n])*", value
    )


def _is_no_uri(line: str) -> bool:
    uri = re.match(r"(?:URL|CONFERENCE|ORGANIZER|ATTENDEE)(?:;(?:[^\":]|\"[^\"]*\")*)?:(.*)", line)
    return uri is not None and not re.fullmatch(r"[a-z]+:[!-~]+", uri[1])


def _asks_again(attendee: str) -> bool:
    agreed = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE"
    name = r'(;CN=("[^"]*"|[^";:,]*))?'
    return re.fullmatch(re.escape(agreed) + name + ":mailto:[^@]+@[^@]+", attendee) is None


def _named(checks: dict[str, bool]) -> list[str]:
    return [name for name, is_broken in checks.items() if is_broken]


def _text(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return ""
