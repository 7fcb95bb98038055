"""What the public page of an event is made from: the same for visitors and for a preview."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import url_for

from portal.events import linked_data, programme, shown, speaking, zones
from portal.events.models import Event
from portal.events.rules import Places
from portal.events.shown import Shown
from portal.events.speaking import SpeakerShown
from portal.markup import rich


def values(
    event: Event,
    places: Places,
    zone: str,
    now: datetime,
    *,
    absolute: Callable[[str], str],
    told_of: Event | None = None,
) -> dict[str, Any]:
    """The values of `events/show.html`; `told_of` has the programme where `event` has none.

    `absolute` puts a path of ours under the public address. Materials come from whoever calls.
    """
    one, whole = Shown(event, places, now), told_of or event
    address = absolute(url_for("events.show", slug=event.slug))
    structured = linked_data.event_data(
        one,
        page=address,
        register=absolute(url_for("registrations.register", slug=event.slug)),
        image=absolute("/static/img/card.png"),
    )
    return {
        "event": event,
        "one": one,
        "zone": zone or event.zone,
        "zones": zones.choices(event.starts_at, event.zone, zone or event.zone),
        "programme": programme.programme(whole, zone or event.zone),
        "speakers": speaking.speakers(whole.speakers),
        "photo_url": _photo_url,
        "contacts": shown.contacts(event),
        "working_languages": shown.working_languages(event),
        "organisers": shown.organisers(event),
        "sectors": event.sectors,
        "sector_words": shown.sector_words,
        "description": shown.words(event.description),
        "audience": shown.words(event.audience),
        "rich": rich,
        "structured": linked_data.script(structured),
    }


def _photo_url(speaker: SpeakerShown) -> str:
    return url_for("speakers.photo", speaker_id=speaker.id, name=speaker.photo)
