"""A mail read for what matters: an answer of a calendar, or a delivery that failed for good.

Everything here is somebody else's text. What cannot be read raises or is passed over, and nothing
is followed, unpacked or run; how large a mail may be is seen to before it comes here.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from urllib.parse import unquote

from icalendar.parser import Contentline, Contentlines

from portal.inbox.rules import Bounce, Mail, Said, Written
from portal.inbox.senders import proven_sender
from portal.inbox.written import is_file, written

MOST_PARTS = 100
MOST_MULTIPARTS = 30
"""Within each other they cost the parser their square, and no calendar writes as many."""

LONGEST_HEADER = 4_000
LONGEST_VALUE = 500
METHODS = ("REPLY", "COUNTER")
SENT_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
PRECEDENCES = {"auto_reply", "bulk", "junk", "list"}
PROGRAMS = {"mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster"}
SAID_BY_PROGRAMS = ("List-Id", "X-Failed-Recipients", "X-Autoresponder", "X-Auto-Reply-From")
REPORTS = {"multipart/report", "message/delivery-status", "message/disposition-notification",
           "message/feedback-report"}  # fmt: skip


def read(octets: bytes, *, authserv_id: str) -> Mail:
    """What this mail says, in plain values."""
    if octets.lower().count(b"multipart/") > MOST_MULTIPARTS:
        raise ValueError("A mail has more multiparts than any calendar writes.")
    mail = message_from_bytes(octets)
    bounce = _bounce(mail)
    said = _said(mail) if bounce is None else None
    return Mail(
        sent_to=tuple(_addresses(mail, *SENT_TO)),
        proven=proven_sender(
            authserv_id, headers(mail, "Authentication-Results"), headers(mail, "From")
        ),
        is_automatic=bounce is None and _is_automatic(mail),
        said=said,
        bounce=bounce,
        written=_written(mail) if bounce is None and said is None else None,
    )


def _written(mail: Message) -> Written | None:
    """Nothing of what a program sent by itself, as from an absence."""
    if _is_of_no_person(mail):
        return None
    leaves = [(each.get_content_type(), is_file(each), _text(each)) for each in _parts(mail)]
    return written(
        leaves,
        sender=next(_addresses(mail, "From"), ""),
        subject=_first(mail, "Subject"),
        answers=[*headers(mail, "In-Reply-To"), *headers(mail, "References")],
    )


def headers(mail: Message, name: str) -> list[str]:
    """Each header of that name in one line, cut where no honest one is longer."""
    found = mail.get_all(name) or []
    return [" ".join(str(value)[:LONGEST_HEADER].split()) for value in found[:20]]


def _is_automatic(mail: Message) -> bool:
    """An answer that nobody pressed (RFC 3834, 5).

    Google's calendar says auto-generated of what a person pressed there; auto-replied says nobody
    of a person.
    """
    submitted = _first(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted.startswith("auto-replied")
        or _first(mail, "Precedence").lower() in PRECEDENCES
        or bool(_first(mail, "X-Auto-Response-Suppress"))
        or bool(_first(mail, "X-Autoreply") or _first(mail, "X-Autorespond"))
    )


def _is_of_no_person(mail: Message) -> bool:
    """What programs say to others of what they send by themselves (RFC 3834, 2 and 5).

    A calendar's button is another thing: its mails may have any of these, and are read.
    """
    senders = {address.partition("@")[0] for address in _addresses(mail, "From", "Sender")}
    return (
        _first(mail, "Auto-Submitted").lower() not in ("", "no")
        or _first(mail, "Return-Path") == "<>"
        or bool(senders & PROGRAMS)
        or any(_first(mail, name) for name in SAID_BY_PROGRAMS)
        or any(part.get_content_type() in REPORTS for part in (mail, *_parts(mail)))
    )


def _first(mail: Message, name: str) -> str:
    return next(iter(headers(mail, name)), "")


def _addresses(mail: Message, *names: str) -> Iterator[str]:
    for name in names:
        for _name, address in getaddresses(headers(mail, name)):
            if "@" in address:
                yield address.lower()


def _parts(mail: Message) -> Iterator[Message]:
    """The leaves, the first ones first; mails within the mail are somebody else's, and left out."""
    waiting = [mail]
    for _number in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = part.get_payload()[:MOST_PARTS]  # type: ignore[index, assignment]
        else:
            yield part


def _said(mail: Message) -> Said | None:
    for part in _parts(mail):
        if _is_calendar(part):
            said = _answer(_text(part))
            if said is not None:
                return said
    return None


def _is_calendar(part: Message) -> bool:
    if part.get_content_type() in ("text/calendar", "application/ics"):
        return True
    return str(part.get_filename() or "").lower().endswith(".ics")


def _text(part: Message) -> str:
    octets = part.get_payload(decode=True)
    charset = str(part.get_content_charset() or "utf-8")
    known = charset if _CHARSET.fullmatch(charset) else "utf-8"
    return octets.decode(known, "replace") if isinstance(octets, bytes) else ""


_CHARSET = re.compile(r"utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d|utf-16(le|be)?")


def _answer(calendar: str) -> Said | None:
    """Line by line, so that what one program writes beside the rules hides nothing else."""
    found: dict[str, str] = {}
    partstats: dict[str, str] = {}
    within: list[str] = []
    lines: Contentlines = Contentlines.from_ical(calendar)  # type: ignore[no-untyped-call]
    for line in filter(None, lines):
        name, partstat, value = _property(line)
        if name == "BEGIN":
            within.append(value.upper())
        elif name == "END":
            if within and within.pop() == "VEVENT":
                break
        elif within == ["VCALENDAR"] and name == "METHOD":
            found.setdefault(name, value.upper())
        elif within == ["VCALENDAR", "VEVENT"] and name == "ATTENDEE":
            partstats.setdefault(_mailbox(value), partstat)
        elif within == ["VCALENDAR", "VEVENT"]:
            found.setdefault(name, value)
    if found.get("METHOD") not in METHODS or not found.get("UID"):
        return None
    return Said(
        method=found["METHOD"],
        uid=found["UID"],
        sequence=_number(found.get("SEQUENCE", "")),
        stamped_at=_moment(found.get("DTSTAMP", "")),
        partstats=partstats,
        organizer=_mailbox(found.get("ORGANIZER", "")),
    )


def _property(line: Contentline) -> tuple[str, str, str]:
    try:
        name, parameters, value = line.parts()
        partstat = parameters.get("PARTSTAT", "NEEDS-ACTION")
    except ValueError:
        return "", "", ""
    said = partstat.upper() if isinstance(partstat, str) else ""
    return name.upper(), said, str(value)[:LONGEST_VALUE].strip()


def _mailbox(value: str) -> str:
    scheme, _colon, address = value.partition(":")
    return unquote(address).strip().lower() if scheme.lower() == "mailto" else ""


def _number(value: str) -> int:
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else 0


def _moment(value: str) -> datetime | None:
    """Always UTC (RFC 5545, 3.8.7.2); anything else is no date."""
    try:
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _bounce(mail: Message) -> Bounce | None:
    """A report of a delivery that failed (RFC 3464); what is only late may still arrive."""
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return None
    parts: list[Message] = mail.get_payload()[:10]  # type: ignore[index, assignment]
    reports = [each for each in parts if each.get_content_type() == "message/delivery-status"]
    failed = [
        block
        for report in reports[:1]
        for block in _blocks(report)
        if _first(block, "Action").lower() == "failed"
    ]
    if not failed:
        return None
    returned = [each for part in parts for each in _returned(part)]
    addresses = {_final(block, name) for block in failed for name in _RECIPIENTS}
    written_to = {address for each in returned for address in _addresses(each, "To")}
    return Bounce(
        addresses=frozenset((addresses | written_to) - {""}),
        code=_code(_first(failed[0], "Status")),
        message_ids=tuple(_first(each, "Message-ID") for each in returned),
    )


_RECIPIENTS = ("Original-Recipient", "Final-Recipient")


def _blocks(report: Message) -> list[Message]:
    payload = report.get_payload()
    blocks = payload[:50] if isinstance(payload, list) else []
    return [each for each in blocks if isinstance(each, Message)]


def _final(block: Message, name: str) -> str:
    kind, _semicolon, address = _first(block, name).partition(";")
    return address.strip().strip("<>").lower() if kind.strip().lower() == "rfc822" else ""


def _code(status: str) -> str:
    found = re.match(r"[245]\.\d{1,3}\.\d{1,3}", status)
    return found[0] if found else "5.0.0"


def _returned(part: Message) -> Iterator[Message]:
    """The mail that came back, or its headers."""
    kind, payload = part.get_content_type(), part.get_payload()
    if kind == "message/rfc822" and isinstance(payload, list):
        yield from payload[:1]  # type: ignore[misc]
    elif kind == "text/rfc822-headers":
        octets = part.get_payload(decode=True)
        yield message_from_bytes(octets if isinstance(octets, bytes) else b"")
