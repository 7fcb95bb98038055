"""Figures of campaign links as the desk shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l

from portal import i18n
from portal.campaigns.models import Issue, Link
from portal.campaigns.rules import Place, days_between

PLACES = {
    Place.LEAD.value: _l("Lead text"),
    Place.BANNER.value: _l("Banner"),
    Place.BUTTON.value: _l("Button"),
    Place.EVENT.value: _l("Event invitation"),
    Place.TEXT.value: _l("Text below"),
    Place.SIDE.value: _l("Side column"),
    Place.FOOT.value: _l("Foot"),
    Place.PRINT.value: _l("On paper"),
}
DAYS_DRAWN = 28
"""As many bars as can be told apart on a phone; the table has every day."""


def day_words(day: date) -> str:
    """'2 November 2026'."""
    return i18n.short_day(datetime.combine(day, time(12), UTC), "UTC")


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's visits, and their height in hundredths of the highest."""

    day: date
    count: int
    height: int


@dataclass(frozen=True)
class Figures:
    """The visits of one issue, by link and day."""

    issue: Issue
    visits: Mapping[tuple[int, date], int]

    @property
    def total(self) -> int:
        return sum(self.visits.values())

    @property
    def days(self) -> list[date]:
        """The days on which anybody came."""
        return sorted({day for _link, day in self.visits})

    def of(self, link: Link, day: date) -> int:
        return self.visits.get((link.id, day), 0)

    def of_link(self, link: Link) -> int:
        return sum(count for (link_id, _day), count in self.visits.items() if link_id == link.id)

    def of_day(self, day: date) -> int:
        return sum(count for (_link, on), count in self.visits.items() if on == day)

    @property
    def bars(self) -> Sequence[Bar]:
        """From the first visit on, every day, also those on which nobody came."""
        if not self.days:
            return []
        first = self.days[0]
        last = min(self.days[-1], first + timedelta(days=DAYS_DRAWN - 1))
        counts = {day: self.of_day(day) for day in days_between(first, last)}
        highest = max(counts.values())
        return [Bar(day, count, round(100 * count / highest)) for day, count in counts.items()]
