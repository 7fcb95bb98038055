"""From the hands of a clock on a wall to instants: at the change of clocks, none, one or two."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


@cache
def zones() -> frozenset[str]:
    """Every time zone that this machine knows; to look for them takes 20 ms."""
    return frozenset(available_timezones())


def instants(hands: datetime, zone: str) -> list[datetime]:
    """The instants at which a clock in `zone` shows this; none in the hour that is skipped."""
    there = [hands.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = [each for each in there if _hands(each, zone) == hands]
    return list(dict.fromkeys(real))


def distance(before: datetime, after: datetime, zone: str) -> timedelta:
    """How far the hands of a clock in `zone` move from one instant to the other."""
    return _hands(after, zone) - _hands(before, zone)


def moved(moment: datetime, by: timedelta, zone: str) -> datetime:
    """The instant at which the hands of a clock in `zone` stand that far from `moment`."""
    return (_hands(moment, zone) + by).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _hands(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
