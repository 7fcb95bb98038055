"""Materials as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal import mail
from portal.events.models import Event
from portal.events.rules import State
from portal.events.shown import Words, words
from portal.i18n import language_name, page_language, translated
from portal.materials import queries
from portal.materials.models import Material
from portal.materials.rules import is_for_attendees, is_public


@dataclass(frozen=True, slots=True)
class MaterialShown:
    """A line of the list: `note` says what one gets, before one presses the link."""

    id: int
    title: Words
    url: str
    note: str
    hreflang: str
    session_id: int | None
    session: str


def for_everybody(event: Event, now: datetime) -> list[MaterialShown]:
    """What the public page shows at `now`."""
    held = was_held(event, now)
    found = [m for m in queries.of_event(event) if is_public(m.visibility, event_was_held=held)]
    return [_shown(m, url_for("materials.file", slug=event.slug, material_id=m.id)) for m in found]


def for_attendee(event: Event, token: str, now: datetime) -> list[MaterialShown]:
    """What somebody with a place finds on the page of their registration."""
    held = was_held(event, now)
    found = [
        m for m in queries.of_event(event) if is_for_attendees(m.visibility, event_was_held=held)
    ]
    return [_shown(m, url_for("materials.own_file", token=token, material_id=m.id)) for m in found]


def in_letter(found: Sequence[Material], token: str, lang: str) -> list[MaterialShown]:
    """What somebody with a place finds once the event is over, to be written in a letter."""
    return [
        _shown(m, mail.public_url("materials.own_file", lang=lang, token=token, material_id=m.id))
        for m in found
        if is_for_attendees(m.visibility, event_was_held=True)
    ]


def page_values(event: Event, now: datetime) -> dict[str, Any]:
    """What the public page of the event shows of them, whole and beside each session."""
    found = for_everybody(event, now)
    return {"materials": found, "materials_of": by_session(found)}


def by_session(shown: Sequence[MaterialShown]) -> dict[int, list[MaterialShown]]:
    found: dict[int, list[MaterialShown]] = {}
    for each in shown:
        if each.session_id is not None:
            found.setdefault(each.session_id, []).append(each)
    return found


def was_held(event: Event, now: datetime) -> bool:
    """After the event; one that was cancelled has no after."""
    return event.state is State.PUBLISHED and event.is_over(now)


def size_words(size: int) -> str:
    """'1.4 MB', '320 kB'."""
    if size >= 1_000_000:
        return _("%(number)s MB", number=f"{size / 1_000_000:.1f}")
    return _("%(number)s kB", number=max(1, round(size / 1000)))


def _shown(material: Material, file_url: str) -> MaterialShown:
    return MaterialShown(
        id=material.id,
        title=words(material.title),
        url=material.url or file_url,
        note=", ".join(_notes(material)),
        hreflang=material.language,
        session_id=material.session_id,
        session=translated(material.session.title) if material.session else "",
    )


def _notes(material: Material) -> list[str]:
    """'PDF, 1.4 MB, in French'; the language where it is another than the page's."""
    notes = [material.ending.upper(), size_words(material.size)] if material.file else []
    if material.language != page_language():
        notes.append(_("in %(language)s", language=language_name(material.language)))
    return notes
