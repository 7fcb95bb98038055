"""What one event hands on to another: named columns only, so that nobody's data goes along."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.events.models import Event, Quota
from portal.events.rules import Format, Kind, SessionKind
from portal.wall_clock import distance, moved

# Speakers, registrations, materials and the joining link are not among them.
FACTS = (
    "kind", "title", "summary", "description", "zone", "format", "venue", "address",
    "joining_minutes", "organisers", "sectors", "audience", "working_languages", "contacts",
    "hashtag", "capacity", "online_capacity", "waitlist", "approval", "no_withdraws",
    "transferable", "offer_hours",
)  # fmt: skip
DATES = (
    "registration_opens_at", "registration_closes_at", "changes_until", "withdrawals_until",
    "decision_at",
)  # fmt: skip
QUOTA = ("places", "groups", "countries", "online", "invited")
SESSION = (
    "title", "abstract", "sector", "room", "kind", "position", "chosen", "places", "waiting",
)  # fmt: skip
CODES = {"kind": Kind, "format": Format}


def of(event: Event, quotas: Sequence[Quota]) -> dict[str, Any]:
    """The event as JSON; moments as seconds after its start on the hands of its clock."""
    dates = {name: getattr(event, name) for name in DATES}
    return {
        "facts": {name: getattr(event, name) for name in FACTS},
        "dates": {name: _after(event, at) for name, at in dates.items() if at is not None},
        "sessions": [
            {
                "after": _after(event, session.starts_at),
                "lasts": (session.ends_at - session.starts_at).total_seconds(),
                **{name: getattr(session, name) for name in SESSION},
            }
            for session in event.sessions
            if session.cancelled_at is None
        ],
        "quotas": [
            {"until": _after(event, quota.until), **{name: getattr(quota, name) for name in QUOTA}}
            for quota in quotas
        ],
    }


def facts(pattern: dict[str, Any], starts_at: datetime, zone: str, now: datetime) -> dict[str, Any]:
    """The columns of an event that starts then; a date of registration in the past stays empty."""
    found = {name: value for name, value in pattern["facts"].items() if name in FACTS}
    for name, kind in CODES.items():
        found[name] = kind(found[name])
    for name, after in pattern["dates"].items():
        at = moved(starts_at, timedelta(seconds=after), zone)
        found[name] = at if at > now else None
    return found


def sessions(pattern: dict[str, Any], starts_at: datetime, zone: str) -> list[dict[str, Any]]:
    """The columns of its sessions: as far from its start as they were from the old one."""
    found = []
    for kept in pattern["sessions"]:
        begins = moved(starts_at, timedelta(seconds=kept["after"]), zone)
        columns = {name: kept[name] for name in SESSION if name in kept}
        found.append(
            columns
            | {
                "kind": SessionKind(kept["kind"]),
                "starts_at": begins,
                "ends_at": begins + timedelta(seconds=kept["lasts"]),
            }
        )
    return found


def quotas(
    pattern: dict[str, Any], starts_at: datetime, zone: str, now: datetime
) -> list[dict[str, Any]]:
    """The columns of its quotas, but of those whose moment would be over."""
    found = [
        {name: kept[name] for name in QUOTA if name in kept}
        | {"until": moved(starts_at, timedelta(seconds=kept["until"]), zone)}
        for kept in pattern.get("quotas", ())
    ]
    return [each for each in found if each["until"] > now]


def _after(event: Event, moment: datetime) -> float:
    return distance(event.starts_at, moment, event.zone).total_seconds()
