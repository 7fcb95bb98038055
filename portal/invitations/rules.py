"""Decisions about invitations: values in, a value out."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

MOST_ROWS = 10_000
MOST_BYTES = 5_000_000
MOST_DAYS = 60


class Stage(StrEnum):
    """How far an invitation is."""

    NEW = "new"
    INVITED = "invited"
    OPENED = "opened"
    REGISTERED = "registered"
    LEFT = "left"
    """Registered, and withdrew: never kept, but seen from the registration."""
    DECLINED = "declined"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"

    @property
    def is_unanswered(self) -> bool:
        """Whether the person was asked and has not said anything."""
        return self in UNANSWERED


UNANSWERED = (Stage.INVITED, Stage.OPENED)
MAY_STILL_COME = (*UNANSWERED, Stage.NEW, Stage.DECLINED, Stage.BOUNCED)
"""Who may register all the same, at the front door with the same address."""


def stood(
    *,
    invited_at: datetime | None,
    opened_at: datetime | None,
    bounced_at: datetime | None,
    declined_at: datetime | None,
    is_used: bool,
) -> Stage:
    """Where an invitation stood that was withdrawn: what its person said is not lost by it."""
    if declined_at is not None:
        return Stage.DECLINED
    if is_used:
        return Stage.REGISTERED
    if bounced_at is not None and (opened_at is None or opened_at < bounced_at):
        return Stage.BOUNCED
    if opened_at is not None:
        return Stage.OPENED
    return Stage.NEW if invited_at is None else Stage.INVITED


class Occasion(StrEnum):
    """Letters of an invitation; each has its templates under this name."""

    INVITATION = "event_invitation"
    REMINDER = "event_invitation_reminder"
    HANDED_ON = "invitation_handed_on"
    POSTPONED = "invited_event_postponed"
    CANCELLED = "invited_event_cancelled"
    NEW_DATE = "invited_event_new_date"


NEWS = {
    "postponed": Occasion.POSTPONED, "cancelled": Occasion.CANCELLED,
    "published": Occasion.NEW_DATE,
}  # fmt: skip
"""Which letter says of an event how it stands, to who was invited and has not answered."""


class ImportState(StrEnum):
    """A file that was read: looked at, being taken over by the worker, or done."""

    READ = "read"
    RUNNING = "running"
    DONE = "done"


class Fate(StrEnum):
    """What becomes of a row of a file."""

    NEW = "new"
    INVITED = "invited"
    REGISTERED = "registered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    WRONG = "wrong"


class Trouble(StrEnum):
    """Why a row cannot be imported."""

    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    REPEATED = "repeated"
    GROUP = "group"
    COUNTRY = "country"
    LANGUAGE = "language"
    TOO_LONG = "too_long"
    FORMULA = "formula"
    CELLS = "cells"


class Fault(StrEnum):
    """Why a whole file cannot be read."""

    EMPTY = "empty"
    ENCODING = "encoding"
    NO_ADDRESSES = "no_addresses"
    UNKNOWN_COLUMNS = "unknown_columns"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NO_TABLE = "no_table"


@dataclass(frozen=True, slots=True)
class Person:
    """One row of a file, under its number there; `troubles` are codes of what is wrong with it."""

    nth: int
    address: str = ""
    title: str = ""
    first_name: str = ""
    last_name: str = ""
    organisation: str = ""
    role: str = ""
    group: str = ""
    country: str = ""
    language: str = ""
    same_as: int = 0
    troubles: tuple[str, ...] = field(default=())


class Closed(StrEnum):
    """Why a link can be answered no more, by the first reason that holds."""

    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    OVER = "over"
    TOO_LATE = "too_late"
    REGISTERED = "registered"


def closed(
    stage: Stage,
    *,
    event_state: str,
    starts_at: datetime,
    answer_until: datetime | None,
    came_back: bool,
    now: datetime,
) -> Closed | None:
    """Whether the link still leads to a form. It is used once, unless who used it withdrew."""
    if stage is Stage.WITHDRAWN:
        return Closed.WITHDRAWN
    if stage is Stage.REGISTERED and not came_back:
        return Closed.REGISTERED
    if event_state == "cancelled":
        return Closed.CANCELLED
    if event_state != "published":
        return Closed.POSTPONED
    if starts_at <= now:
        return Closed.OVER
    if answer_until is not None and answer_until <= now:
        return Closed.TOO_LATE
    return None


class Use(StrEnum):
    """Who comes by an invitation, or why they cannot."""

    OWN = "own"
    HANDED_ON = "handed_on"
    BOUND = "bound"
    NOT_THEIRS = "not_theirs"

    @property
    def is_possible(self) -> bool:
        return self in (Use.OWN, Use.HANDED_ON)


def use_by_office(
    *,
    same_address: bool,
    same_name: bool | None,
    from_invited: bool,
    is_for_office: bool,
    binds: bool,
    transferable: bool,
) -> Use:
    """The same where somebody acts for who comes; address and name are of who comes.

    An office that was invited says from the invited mailbox for whom it was; so does a mailbox of
    which no name is known.
    """
    if from_invited and not binds and (is_for_office or same_name is None):
        return Use.OWN
    return use(
        same_address=same_address, same_name=same_name, binds=binds, transferable=transferable
    )


def use(*, same_address: bool, same_name: bool | None, binds: bool, transferable: bool) -> Use:
    """By address and name of who sends the form; `same_name` is None where no name is known.

    The invited person is known by either. Where the list binds, or no name is known, it has to be
    the address: a link alone says of nobody that it is theirs.
    """
    if same_address or (same_name and not binds):
        return Use.OWN
    if same_name:
        return Use.BOUND
    if transferable:
        return Use.HANDED_ON
    return Use.BOUND if binds or same_name is None else Use.NOT_THEIRS
