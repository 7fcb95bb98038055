"""Attendance reports as Webex, Zoom and Microsoft Teams write them: who was there for how long.

A report may begin with lines about the meeting, and have several tables; columns are known by their
usual English heads and those of a German or French Teams, others by what an organiser says of them.
Rows of one person are added up, and what overlaps (two devices) counts once; time in a waiting room
counts for nothing.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from portal.text import clean, fold

MOST_BYTES = 5_000_000
MOST_ROWS = 10_000
MOST_LINES, MOST_COLUMNS = 2 * MOST_ROWS, 60
LONGEST_NAME, LONGEST_ADDRESS = 200, 254
LONGEST_STAY = timedelta(days=7)
LINES_BEFORE_THE_TABLE = 60


class Fault(StrEnum):
    """Why a whole file cannot be read."""

    ENCODING = "encoding"
    EMPTY = "empty"
    NO_TABLE = "no_table"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"


class NotAReport(Exception):
    """The file cannot be read, for the reason that it carries."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Stay:
    """One person of a report; `trouble` says what their row lacks."""

    nth: int
    name: str
    address: str = ""
    minutes: int = 0
    rows: int = 1
    trouble: str = ""

    def kept(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    address: str
    seconds: int | None
    spell: tuple[datetime, datetime] | None
    was_in: bool
    is_formula: bool


HEADS = {
    "name": ("name", "full name", "display name", "user name", "attendee name", "attendee",
             "participant name", "participant", "nom"),
    "first": ("first name",),
    "last": ("last name",),
    "address": ("email", "e-mail", "email address", "e-mail address", "user email",
                "attendee email", "participant email", "mail address", "courriel",
                "adresse e-mail"),
    "upn": ("participant id", "teilnehmer-id", "id de participant", "id du participant"),
    "join": ("join time", "first join", "first join time", "joined at", "erster beitritt",
             "premiere participation", "premiere connexion", "heure de participation"),
    "leave": ("leave time", "last leave", "last leave time", "left at", "letztes verlassen",
              "dernier depart", "derniere deconnexion", "heure de depart"),
    "duration": ("duration", "in-meeting duration", "attendance duration", "total duration",
                 "time in session", "time in meeting", "dauer der besprechung",
                 "duree de la reunion", "duree en reunion", "duree de participation"),
    "attended": ("attended",),
    "waited": ("in waiting room", "im warteraum", "en salle d'attente", "dans la salle d'attente"),
}  # fmt: skip
_BY_HEAD = {head: column for column, heads in HEADS.items() for head in heads}
YES, NO = {"yes", "ja", "oui", "ναι"}, {"no", "nein", "non", "οχι"}
Columns = dict[str, int]
Named = Mapping[str, str]
"""By the head of a column, what it holds: one of the keys of `HEADS`."""


def named(**heads: str) -> Named:
    """What an organiser says of a file's columns, by what each of them holds."""
    return {_head(head): column for column, head in heads.items() if head}


def read(octets: bytes, said: Named | None = None) -> list[Stay]:
    """Everybody of the report, each once, in its order; `said` names columns with other heads."""
    known = _BY_HEAD | dict(said or {})
    if len(octets) > MOST_BYTES:
        raise NotAReport(Fault.TOO_LARGE)
    text = _text(octets)
    if not text.strip():
        raise NotAReport(Fault.EMPTY)
    lines, start = _table(text, known)
    people: dict[object, list[_Row]] = {}
    seen: set[tuple[str, ...]] = set()
    for cells, columns in _rows(lines, start, known):
        if len(seen) >= MOST_ROWS:
            raise NotAReport(Fault.TOO_MANY)
        if tuple(cells) not in seen:
            seen.add(tuple(cells))
            row = _row(cells, columns)
            people.setdefault(row.address.casefold() or fold(row.name) or len(seen), []).append(row)
    return [_stay(nth, rows) for nth, rows in enumerate(people.values(), start=1)]


def _text(octets: bytes) -> str:
    """UTF-8, or UTF-16 where its mark stands at the start (Teams)."""
    is_wide = octets[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = octets.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise NotAReport(Fault.ENCODING) from None
    if "\x00" in text:
        raise NotAReport(Fault.ENCODING)
    return text


def _table(text: str, known: Named) -> tuple[list[list[str]], int]:
    """The lines of the file, and where its first table of people begins."""
    for separator in "\t,;":
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            lines = [line[:MOST_COLUMNS] for line in islice(reader, MOST_LINES + 1)]
        except csv.Error:
            continue
        heads = enumerate(lines[:LINES_BEFORE_THE_TABLE])
        start = next((at for at, line in heads if _columns(line, known)), None)
        if start is not None and len(lines) > MOST_LINES:
            raise NotAReport(Fault.TOO_MANY)
        if start is not None:
            return lines, start
    raise NotAReport(Fault.NO_TABLE)


def _head(cell: str) -> str:
    return fold(re.sub(r"\(.*?\)", "", cell[:100])).strip()


def _columns(line: Sequence[str], known: Named) -> Columns:
    """Which column says what; nothing where the line is no head of a table of people.

    Zoom's lines about the meeting have an organiser and a length as well, under a topic.
    """
    found: Columns = {}
    words = [_head(cell) for cell in line]
    for at, head in enumerate(words):
        if head in known:
            found.setdefault(known[head], at)
    has_name = "name" in found or {"first", "last"} <= set(found)
    has_time = "duration" in found or {"join", "leave"} <= set(found)
    is_about_the_meeting = "topic" in words and "join" not in found
    return found if has_name and has_time and not is_about_the_meeting else {}


def _rows(lines: list[list[str]], start: int, known: Named) -> Iterator[tuple[list[str], Columns]]:
    """The rows with their columns; a further table is read too, unless it is one of details.

    Teams numbers its tables, and the one behind the people tells the same visits once more.
    """
    columns: Columns = {}
    for at in range(start, len(lines)):
        cells = [_cell(each) for each in lines[at]]
        filled = [each for each in cells if each]
        if columns and len(filled) == 1 and re.match(r"\d{1,2}\. ", filled[0]):
            return
        if head := _columns(lines[at], known):
            columns = head
        elif filled and not _is_title(filled, lines[at + 1 : at + 3], known):
            yield cells, columns


def _is_title(filled: list[str], following: list[list[str]], known: Named) -> bool:
    return len(filled) == 1 and any(_columns(line, known) for line in following)


def _cell(written: str) -> str:
    """Webex writes some values as ="…", so that spreadsheets leave them alone."""
    guarded = re.fullmatch(r'\s*="(.*)"\s*', written, re.DOTALL)
    return " ".join(clean((guarded[1] if guarded else written)[:1000]).split())


def _row(cells: list[str], columns: Columns) -> _Row:
    said = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
    name = said.get("name") or f"{said.get('first', '')} {said.get('last', '')}".strip()
    mailboxes = said.get("address", ""), _mailbox(said.get("upn", ""))
    address = next((each for each in mailboxes if "@" in each), "")
    did_not_come = fold(said.get("attended", "")) in NO
    only_waited = fold(said.get("waited", "")) in YES
    return _Row(
        name[:LONGEST_NAME],
        address[:LONGEST_ADDRESS],
        seconds(said.get("duration", "")),
        _spell(said.get("join", ""), said.get("leave", "")),
        was_in=not (did_not_come or only_waited),
        is_formula=name.startswith("="),
    )


def _mailbox(upn: str) -> str:
    """The name under which somebody signs in to Teams; a guest's has their own address in it."""
    guest, is_guest, _tenant = upn.partition("#EXT#@")
    local, _underscore, domain = guest.rpartition("_")
    return f"{local}@{domain}" if is_guest and local else upn


def _stay(nth: int, rows: list[_Row]) -> Stay:
    first, visits = rows[0], [row for row in rows if row.was_in]
    total = _added_up(visits) if visits else 0
    trouble = ""
    if first.is_formula:
        trouble = "formula"
    elif not (first.name or first.address):
        trouble = "nobody"
    elif total is None:
        trouble = "no_time"
    return Stay(nth, first.name, first.address, (total or 0) // 60, max(1, len(visits)), trouble)


def _added_up(rows: list[_Row]) -> int | None:
    """All visits together; where the times of each are known, no minute twice."""
    said = [row.seconds for row in rows if row.seconds is not None]
    spells = [row.spell for row in rows if row.spell is not None]
    total = sum(said) if len(said) == len(rows) else None
    if len(spells) < len(rows):
        return total if total is not None else sum(said) or None
    covered = _covered(spells)
    return covered if total is None else min(total, covered) if len(rows) > 1 else total


def _covered(spells: list[tuple[datetime, datetime]]) -> int:
    in_order = sorted(spells)
    covered, until = timedelta(0), in_order[0][0]
    for start, end in in_order:
        covered += max(end - max(start, until), timedelta(0))
        until = max(until, end)
    return int(covered.total_seconds())


_UNITS = {"h": 3600, "std": 3600, "stunde": 3600, "ω": 3600, "m": 60, "λ": 60, "s": 1, "δ": 1}
_PART = re.compile(r"(\d{1,6}(?:[.,]\d{1,4})?)\s*(std|stunde|h|m|s|ω|λ|δ)[a-zα-ως]*\.?,?\s*")
_HOURS_AND = re.compile(r"(\d{1,3}\s*h)\s*([0-5]?\d)")


def seconds(written: str) -> int | None:
    """“45” (minutes), “1:02:03”, “1h 2m 3s”, “62 mins”, “1 Std. 2 Min.”, “1 ώ. 2 λ.”, “1 h 45”,
    “1.5 h”; None where it says no length of time."""
    text = fold(written).strip()
    if short := _HOURS_AND.fullmatch(text):
        text = f"{short[1]} {short[2]} min"
    if re.fullmatch(r"\d{1,6}([.,]\d{1,4})?", text):
        found = int(_number(text) * 60)
    elif clock := re.fullmatch(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?", text):
        found = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
    elif text and not _PART.sub("", text):
        found = int(sum(_number(each) * _UNITS[unit] for each, unit in _PART.findall(text)))
    else:
        return None
    return found if found <= LONGEST_STAY.total_seconds() else None


def _number(written: str) -> float:
    return float(written.replace(",", "."))


_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d.%m.%Y", "%d.%m.%y")
_CLOCKS = ("%H:%M:%S", "%I:%M:%S %p", "%H:%M", "%I:%M %p")
_FORMATS = [f"{day} {clock}" for day in _DAYS for clock in _CLOCKS]


def _spell(join: str, leave: str) -> tuple[datetime, datetime] | None:
    """From when to when; which of day and month comes first does not matter for how long."""
    texts = [re.sub(r"[,T]", " ", each).removesuffix("Z") for each in (join, leave)]
    texts = [" ".join(each.split()) for each in texts]
    if not all(re.match(r"\d", each) for each in texts):
        return None
    for written in _FORMATS:
        try:
            start, end = (datetime.strptime(each, written) for each in texts)  # noqa: DTZ007
        except ValueError:
            continue
        return (start, end) if start <= end <= start + LONGEST_STAY else None
    return None
