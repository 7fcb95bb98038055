"""An event for search engines and assistants: schema.org Event in JSON-LD."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from portal.events.models import Event
from portal.events.rules import Door, Format, State
from portal.events.shown import Shown
from portal.events.speaking import speakers
from portal.i18n import translated

SCHEMA = "https://schema.org/"
MODES = {
    Format.IN_PERSON: "OfflineEventAttendanceMode",
    Format.ONLINE: "OnlineEventAttendanceMode",
    Format.HYBRID: "MixedEventAttendanceMode",
}
AVAILABILITY = {
    Door.NOT_YET: "InStock",  # from `validFrom` on
    Door.OPEN: "InStock",
    Door.WAITLIST: "SoldOut",
    Door.FULL: "SoldOut",
}


def script(data: dict[str, Any]) -> Markup:
    """JSON that cannot leave its script element, whatever stands in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - every sign that HTML reads is escaped


def event_data(shown: Shown, *, page: str, register: str, image: str) -> dict[str, Any]:
    """What is public of an event; the joining link is not."""
    event = shown.event
    data: dict[str, Any] = {
        "@context": SCHEMA.rstrip("/"),
        "@type": "Event",
        "@id": page,
        "url": page,
        "name": shown.title.text,
        "description": shown.summary.text,
        "image": [image],
        "startDate": _local(event.starts_at, event),
        "endDate": _local(event.ends_at, event),
        "eventStatus": SCHEMA + _status(event),
        "eventAttendanceMode": SCHEMA + MODES[event.format],
        "location": _location(event, page),
        "organizer": [
            {"@type": "Organization", "name": translated(organiser)}
            for organiser in event.organisers
        ],
        "performer": [
            {"@type": "Person", "name": each.name.text}
            for each in speakers(event.speakers)
            if each.is_named
        ],
        "inLanguage": [working["code"] for working in event.working_languages],
        "isAccessibleForFree": True,
        "offers": _offer(shown, register),
    }
    if event.previous_starts_at is not None:
        data["previousStartDate"] = _local(event.previous_starts_at, event)
    if event.places_in_all is not None:
        data["maximumAttendeeCapacity"] = event.places_in_all
        data["remainingAttendeeCapacity"] = shown.places_left
    if event.online_capacity is not None:
        data["maximumPhysicalAttendeeCapacity"] = event.capacity
        data["maximumVirtualAttendeeCapacity"] = event.online_capacity
    return {name: value for name, value in data.items() if value not in ("", [], None)}


def _status(event: Event) -> str:
    match event.state:
        case State.CANCELLED:
            return "EventCancelled"
        case State.POSTPONED:
            return "EventPostponed"
        case _ if event.previous_starts_at is not None:
            return "EventRescheduled"
        case _:
            return "EventScheduled"


def _location(event: Event, page: str) -> dict[str, Any] | list[dict[str, Any]]:
    """Agrees with the mode; the way in is the public page, never the joining link."""
    venue = {"@type": "Place", "name": event.venue or event.address, "address": event.place}
    online = {"@type": "VirtualLocation", "url": page}
    match event.format:
        case Format.IN_PERSON:
            return venue
        case Format.ONLINE:
            return online
        case Format.HYBRID:
            return [venue, online]


def _offer(shown: Shown, register: str) -> dict[str, Any]:
    event = shown.event
    opened = event.registration_opens_at or event.created_at
    offer = {
        "@type": "Offer",
        "url": register,
        "price": "0",
        "priceCurrency": "EUR",
        "availability": SCHEMA + AVAILABILITY.get(shown.door, "OutOfStock"),
        "validFrom": _local(opened, event),
    }
    if event.registration_closes_at is not None:
        offer["validThrough"] = _local(event.registration_closes_at, event)
    return offer


def _local(moment: datetime, event: Event) -> str:
    """With the offset that holds in the event's zone at that moment."""
    return moment.astimezone(ZoneInfo(event.zone)).isoformat(timespec="seconds")
