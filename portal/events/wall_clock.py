"""From the hands of a clock on a wall to instants: at the change of clocks, none, one or two."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def instants(hands: datetime, zone: str) -> list[datetime]:
    """The instants at which a clock in `zone` shows this; none in the hour that is skipped."""
    there = [hands.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = [each for each in there if _hands(each, zone) == hands]
    return list(dict.fromkeys(real))


def _hands(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
