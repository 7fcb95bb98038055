"""Decisions about personal calendars: values in, a value out."""

from datetime import datetime

from portal.events.rules import FEED_KEEPS_CANCELLED
from portal.invites.rules import Status as InCalendar
from portal.registrations.rules import Status


def shown_as(
    *, standing: Status, is_published: bool, is_over: bool, changed_at: datetime, now: datetime
) -> InCalendar | None:
    """How a registration stands in its mailbox's calendar (RFC 5545, 3.8.1.11); None: not at all.

    What is off stays for a while, so that every program hears of it; whoever waited for a place in
    an event that is over was not there.
    """
    if not standing.is_live:
        return "CANCELLED" if now < changed_at + FEED_KEEPS_CANCELLED else None
    if standing is Status.CONFIRMED and is_published:
        return "CONFIRMED"
    return None if is_over else "TENTATIVE"


def session_shown_as(
    event: InCalendar | None, *, is_off: bool, has_place: bool, off_at: datetime, now: datetime
) -> InCalendar | None:
    """The same of a session that somebody chose, beside how the event stands in their calendar."""
    if is_off or event == "CANCELLED":
        return "CANCELLED" if now < off_at + FEED_KEEPS_CANCELLED else None
    if event is None:
        return None
    return "CONFIRMED" if has_place and event == "CONFIRMED" else "TENTATIVE"
