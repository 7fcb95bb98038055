"""Decisions about papers: values in, a value out."""

from datetime import datetime
from enum import StrEnum


class Paper(StrEnum):
    """A letter that somebody can have."""

    INVITATION = "invitation"
    ATTENDANCE = "attendance"


class No(StrEnum):
    """Why somebody cannot have a letter."""

    NO_PLACE = "no_place"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    OVER = "over"
    NOT_ATTENDED = "not_attended"


def why_not(
    paper: Paper, *, holds_place: bool, attended: bool, event_state: str, ends_at: datetime,
    now: datetime,
) -> No | None:  # fmt: skip
    """Nothing stands in a letter that is not so on its day."""
    if event_state == "cancelled":
        return No.CANCELLED
    if paper is Paper.ATTENDANCE:
        return None if attended and now >= ends_at else No.NOT_ATTENDED
    if event_state != "published":
        return No.POSTPONED
    if not holds_place:
        return No.NO_PLACE
    return No.OVER if now >= ends_at else None
