"""What an answer or a bounce means, and what is done about it (RFC 5546, 3.2.3, 3.2.7, 3464)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.invites.rules import Partstat

TRIES = 3
MOST_ANSWERS_A_DAY = 5
MOST_PASSED_ON_A_DAY = 5


class Outcome(StrEnum):
    """What became of a mail."""

    TAKEN = "taken"
    NOTED = "noted"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    FAILING = "failing"
    OUTDATED = "outdated"
    PASSED_ON = "passed_on"
    LEFT = "left"
    ASIDE = "aside"


class Act(StrEnum):
    """What is done about an answer."""

    NOTE = "note"
    WITHDRAW = "withdraw"
    LETTER = "letter"


class Occasion(StrEnum):
    """Letters that answer a calendar; each has its templates under this name."""

    DECLINED = "calendar_declined"
    DELEGATED = "calendar_delegated"
    COUNTERED = "calendar_countered"


HAD_THEIR_EFFECT = {Outcome.NOTED, Outcome.ANSWERED, Outcome.WITHDRAWN, Outcome.FAILING,
                    Outcome.OUTDATED}  # fmt: skip
"""Nothing of these mails is needed any more; all others stay for a person to look at."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a calendar says to an invite; `method` is REPLY or COUNTER."""

    method: str
    uid: str
    sequence: int
    stamped_at: datetime | None
    partstats: dict[str, str]
    organizer: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that came back for good: of which addresses, why, and which of our mails it was."""

    addresses: frozenset[str]
    code: str
    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What a person wrote in answer to a letter, and which letters they answered."""

    sender: str
    subject: str
    text: str
    is_cut: bool
    has_files: bool
    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says that matters here; nothing else of it is looked at."""

    sent_to: tuple[str, ...]
    proven: str
    """The address that sent it, where our own mail server says so; else empty."""
    is_automatic: bool
    said: Said | None
    bounce: Bounce | None
    written: Written | None = None


def stamp(said: Said, now: datetime) -> datetime:
    """By which an answer is ordered; without a date, or with one to come, it comes now.

    Nothing that is read later was said before: a clock that is ahead silences no other answer.
    """
    return now if said.stamped_at is None else min(said.stamped_at, now)


def is_news(
    said: Said, stamped_at: datetime, *, sequence: int | None, last: datetime | None
) -> bool:
    """Whether it answers the latest invite, later than any answer before (RFC 5546, 2.1.5)."""
    if sequence is None or said.sequence < sequence:
        return False
    return last is None or stamped_at > last


def answer(said: Said, address: str) -> Partstat | None:
    """What this person's calendar says; None where it proposes another time, or nothing we know."""
    found = said.partstats.get(address, "")
    if said.method == "COUNTER" or found not in set(Partstat):
        return None
    return Partstat(found)


def occasion(said: Said, partstat: Partstat | None) -> Occasion | None:
    """Which letter answers it, if any."""
    if said.method == "COUNTER":
        return Occasion.COUNTERED
    return _LETTERS.get(partstat) if partstat else None


_LETTERS = {Partstat.DECLINED: Occasion.DECLINED, Partstat.DELEGATED: Occasion.DELEGATED}


def act(what: Occasion | None, *, is_proven: bool, no_withdraws: bool, written_today: int) -> Act:
    """A No gives the place back only where it is proven and the organiser chose so."""
    if what is None:
        return Act.NOTE
    if what is Occasion.DECLINED and is_proven and no_withdraws:
        return Act.WITHDRAW
    return Act.LETTER if written_today < MOST_ANSWERS_A_DAY else Act.NOTE
