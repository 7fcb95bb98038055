"""Filters that say codes and moments in people's words, for every template."""

from datetime import datetime

from flask import Flask
from flask_babel import gettext as _

from portal import labels
from portal.events.models import Event
from portal.events.rules import Door
from portal.events.shown import changes_words, whom_to_ask, withdrawal_words
from portal.i18n import (
    clock_time,
    country_name,
    day,
    init_templates,
    known_date,
    language_name,
    moment_words,
    short_day,
    translated,
    when,
    zone_city,
    zone_words,
)
from portal.registrations import waiting
from portal.registrations.rules import Stillness


def init_wording(app: Flask) -> None:
    """Give every template its texts and these filters."""
    init_templates(app)
    app.jinja_env.filters.update(
        translated=translated,
        when=lambda event: when(event.starts_at, event.ends_at, event.zone),
        moment_words=moment_words,
        day=day,
        short_day=short_day,
        clock_time=clock_time,
        zone_city=zone_city,
        zone_words=zone_words,
        country=country_name,
        known_date=known_date,
        language_name=language_name,
        label=label,
        door_words=door_words,
        stillness_words=stillness_words,
        whom_to_ask=whom_to_ask,
        changes_words=changes_words,
        withdrawal_words=withdrawal_words,
        standing_now=waiting.standing_now,
        offer_ends=waiting.offer_ends,
        offered_words=waiting.offered_words,
        why_short=waiting.why_short,
        how_places_go_on=waiting.how_places_go_on,
        why_no_number=waiting.why_no_number,
        decision_words=waiting.decision,
    )


def label(code: str, kind: str) -> str:
    """The words of a code; a code that nobody knows stays as it is."""
    words = {
        "kind": labels.KINDS,
        "format": labels.FORMATS,
        "need": labels.NEEDS,
        "episode_need": labels.EPISODE_NEEDS,
        "part": labels.PARTS,
        "sector": labels.SECTORS,
        "state": labels.STATES,
        "export": labels.EXPORTS,
        "session_kind": labels.SESSION_KINDS,
        "visibility": labels.VISIBILITIES,
        "interpretation": labels.INTERPRETATION,
        "status": labels.STATUSES,
        "stakeholder_group": labels.STAKEHOLDER_GROUPS,
        "attendance": labels.ATTENDANCE,
        "readers": labels.READERS,
        "occasion": labels.OCCASIONS,
        "team_role": labels.TEAM_ROLES,
        "signed_in_by": labels.SIGNED_IN_BY,
        "badge": labels.BADGES,
        "kept": labels.KEPT | labels.KEPT_BESIDE,
        "kept_short": labels.KEPT_SHORT,
        "whose": labels.WHOSE,
        "deleted_by": labels.DELETED_BY,
        "basis": labels.BASES,
        "publication_type": labels.PUBLICATION_TYPES,
    }[kind]
    return str(words.get(code, code))


def door_words(door: Door, event: Event) -> str:
    """How registration stands, with its moment where there is one."""
    opens, closes = event.registration_opens_at, event.registration_closes_at
    if door is Door.NOT_YET and opens is not None:
        return _("Registration opens on %(moment)s", moment=_moment(opens, event))
    if door is Door.OPEN and closes is not None:
        return _("Registration closes on %(moment)s", moment=_moment(closes, event))
    return str(labels.DOORS[door.value])


def stillness_words(stillness: Stillness) -> str:
    """Why the line does not move."""
    return {
        Stillness.FULL: _("The line moves when somebody gives a place back."),
        Stillness.CLOSED: _("The line does not move any more, because registration is closed."),
        Stillness.OVER: _("The line does not move any more, because the event has begun."),
        Stillness.CANCELLED: _("The line does not move, because the event is cancelled."),
        Stillness.POSTPONED: _("The line does not move while the event is postponed."),
        Stillness.SWITCHED_OFF: _(
            "The line does not move, because the organisers have closed the waitlist."
        ),
    }[stillness]


def _moment(moment: datetime, event: Event) -> str:
    return moment_words(moment, event.zone)
