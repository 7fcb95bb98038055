"""Decisions about a building's access list: values in, a value out."""

from datetime import datetime, timedelta
from enum import StrEnum

from portal.wall_clock import distance, moved

USUAL_DAYS, MOST_DAYS = 3, 30
"""Days after the event after which all data are erased: proposed, and at most."""
REMINDED_BEFORE = timedelta(days=2)
"""So long before the cut-off who has given nothing is reminded, once."""
LEFT_ALONE = timedelta(days=1)
"""Who was asked less than that ago is not reminded by itself."""
LONGEST_LIFE = 120


class Asked(StrEnum):
    """What a building may ask for beside the name."""

    BIRTH_DATE = "birth_date"
    NATIONALITY = "nationality"
    DOCUMENT = "document"


class Document(StrEnum):
    """By what people show who they are."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"


class Standing(StrEnum):
    """Whether a person has given what is asked."""

    MISSING = "missing"
    GIVEN = "given"
    LATE = "late"


class Change(StrEnum):
    """What became of a person since the list that the building has."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WITHDRAWN = "withdrawn"
    GONE = "gone"


class Erased(StrEnum):
    """Why everything was erased."""

    OVER = "over"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    SWITCHED_OFF = "switched_off"


def cut_off(
    *, closes_at: datetime, closes_for: datetime, starts_at: datetime, zone: str
) -> datetime:
    """The cut-off keeps its distance from the start on the event's clock."""
    return moved(starts_at, distance(closes_for, closes_at, zone), zone)


def erase_at(
    *, state: str, state_changed_at: datetime | None, ends_at: datetime, days: int
) -> datetime:
    """When all data go: some days after the end, or after it is known that there is none."""
    if state == "cancelled" and state_changed_at is not None:
        return state_changed_at
    if state == "postponed" and state_changed_at is not None:
        return state_changed_at + timedelta(days=days)
    return ends_at + timedelta(days=days)


def erased_because(state: str) -> Erased:
    """The reason in the state of the event."""
    return {"cancelled": Erased.CANCELLED, "postponed": Erased.POSTPONED}.get(state, Erased.OVER)


def standing(*, given_at: datetime | None, placed_at: datetime, cut_off: datetime) -> Standing:
    """Late is who gave or changed something after the cut-off, or has had a place since then."""
    if given_at is None:
        return Standing.MISSING
    return Standing.LATE if max(given_at, placed_at) > cut_off else Standing.GIVEN


def change(*, given: bool, comes: bool, exported: str, mark: str) -> Change:
    """What to say of a person beside what the list that was given on said of them."""
    if not given:
        return Change.WITHDRAWN if comes else Change.GONE
    if not exported:
        return Change.NEW
    return Change.SAME if exported == mark else Change.CHANGED


def reminds_by_itself(*, cut_off: datetime, now: datetime) -> bool:
    """Whether it is the time at which who has given nothing is reminded."""
    return cut_off - REMINDED_BEFORE <= now < cut_off
