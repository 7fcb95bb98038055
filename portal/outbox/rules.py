"""How fast mails may leave, where the mail server wants them slowly."""

from datetime import datetime, timedelta

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
AT_ONCE = timedelta(seconds=0.25)
"""What a fast rate would have sent in this time may leave together."""


def gap(rate: str) -> timedelta | None:
    """The pause between two mails at a rate as '30/minute'; None where there is no rate."""
    if not rate:
        return None
    count, _slash, unit = rate.partition("/")
    return timedelta(seconds=UNITS[unit] / int(count))


def may_leave(last: datetime, gap: timedelta, now: datetime) -> int:
    """How many mails may leave now, when the last left then.

    Time that passed unused is not saved up, so that no burst follows a quiet hour. A `last` in the
    future is of a clock that was put back since: it holds nobody up for longer than one gap.
    """
    return min(int(abs(now - last) / gap), max(1, int(AT_ONCE / gap)))


def last_leaves_at(waiting: int, gap: timedelta, now: datetime) -> datetime:
    """When the last of those that wait will have left, if none is added."""
    return now + waiting * gap
