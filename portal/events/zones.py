"""Time zones in which a programme can be read."""

from datetime import datetime
from functools import cache

from flask_babel import gettext as _

from portal import i18n, wall_clock
from portal.text import fold

# Offered to whoever reads a programme from elsewhere; any other zone works by its name too.
ZONES = (
    "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi",
    "America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "America/Toronto",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Nicosia", "Asia/Shanghai", "Asia/Singapore",
    "Asia/Tbilisi", "Asia/Tokyo", "Atlantic/Azores", "Atlantic/Canary", "Atlantic/Reykjavik",
    "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens", "Europe/Belgrade", "Europe/Berlin",
    "Europe/Bratislava", "Europe/Brussels", "Europe/Bucharest", "Europe/Budapest",
    "Europe/Chisinau", "Europe/Copenhagen", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul",
    "Europe/Kyiv", "Europe/Lisbon", "Europe/Ljubljana", "Europe/London", "Europe/Luxembourg",
    "Europe/Madrid", "Europe/Malta", "Europe/Oslo", "Europe/Paris", "Europe/Podgorica",
    "Europe/Prague", "Europe/Riga", "Europe/Rome", "Europe/Sarajevo", "Europe/Skopje",
    "Europe/Sofia", "Europe/Stockholm", "Europe/Tallinn", "Europe/Tirane", "Europe/Vienna",
    "Europe/Vilnius", "Europe/Warsaw", "Europe/Zagreb", "Europe/Zurich", "Pacific/Auckland", "UTC",
)  # fmt: skip


@cache
def names() -> frozenset[str]:
    """Every zone that an address may ask for."""
    return wall_clock.zones() - {"Factory", "localtime"}


def choices(at: datetime, *chosen: str) -> list[tuple[str, str]]:
    """(zone, 'Athens (UTC+2)') as it holds at that moment, sorted by city."""
    zones = dict.fromkeys((*ZONES, *chosen))
    found = [
        (
            zone,
            _(
                "%(city)s (%(offset)s)",
                city=i18n.zone_city(zone),
                offset=i18n.offset(at, zone),
            ),
        )
        for zone in zones
    ]
    return sorted(found, key=lambda choice: fold(choice[1]))
