"""The public pages of events."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import labels
from portal.cache import Fresh, page
from portal.events import page as event_page
from portal.events import queries, zones
from portal.events.models import Event
from portal.events.rules import Places, next_change
from portal.events.shown import Shown
from portal.materials import shown as materials
from portal.registrations.queries import places_now, places_of
from portal.site import absolute
from portal.ties import shown as belonging
from portal.ties.rules import Kind as Tied
from portal.web import page_number

bp = Blueprint("events", __name__)

PAST_ON_A_PAGE = 20
SLUGS_REST = "public, max-age=3600"


@bp.get("/<lang>/events/")
def index() -> ResponseReturnValue:
    """What is to come and what was, of all sectors or of one; what was is shown in pages."""
    sector = request.args.get("sector", "")
    if sector and sector not in labels.SECTORS:
        abort(404)
    number = page_number()
    g.asked = {"sector": sector, "page": number if number > 1 else ""}
    return page((sector, number), queries.stamp_of_all(), lambda now: _list(sector, number, now))


@bp.get("/<lang>/events/<slug>/")
def show(slug: str) -> ResponseReturnValue:
    """One event with its programme; an address it had before leads to it."""
    zone = request.args.get("zone", "")
    if zone and zone not in zones.names():
        abort(404)
    stamp = queries.stamp(slug)
    if stamp is None:
        return _moved(slug, zone)
    g.asked = {"zone": zone}
    return page(zone, stamp, lambda now: _event_page(slug, zone, now))


def _list(sector: str, number: int, now: datetime) -> Fresh:
    over = queries.past_ids(now, sector)
    last = max(1, -(-len(over) // PAST_ON_A_PAGE))
    if number > last:
        abort(404)
    past = queries.in_order(over[(number - 1) * PAST_ON_A_PAGE : number * PAST_ON_A_PAGE])
    upcoming = queries.upcoming(now)
    taken = places_of(upcoming, now)
    listed = [Shown(event, taken[event.id], now) for event in _of_sector(upcoming, sector)]
    body = render_template(
        "events/index.html",
        upcoming=listed,
        past=[Shown(event, Places(), now) for event in past],
        number=number,
        last=last,
        args={"sector": sector} if sector else {},
        sector_name=labels.SECTORS.get(sector),
        choices=_sector_choices(sector),
        webcal="webcal://" + absolute(url_for("event_feeds.calendar")).partition("://")[2],
    )
    changes = [Shown(event, taken[event.id], now).changes_at for event in upcoming]
    return Fresh(body, until=next_change(changes, now))


def _sector_choices(chosen: str) -> list[tuple[str, str, bool]]:
    every = (_("All sectors"), url_for("events.index"), not chosen)
    return [
        every,
        *(
            (str(words), url_for("events.index", sector=code), code == chosen)
            for code, words in labels.SECTORS.items()
        ),
    ]


def _of_sector(events: Sequence[Event], sector: str) -> list[Event]:
    return [event for event in events if not sector or sector in event.sectors]


def _event_page(slug: str, zone: str, now: datetime) -> Fresh:
    event = queries.public_event(slug) or abort(404)
    values = event_page.values(
        event, places_now(event.id, event, now), zone, now, absolute=absolute
    )
    related = belonging.belongs(Tied.EVENT, event.id, now, sectors=event.sectors)
    to_read = materials.page_values(event, now)
    body = render_template("events/show.html", belongs=related, **values, **to_read)
    return Fresh(body, until=next_change([values["one"].changes_at, related.changes_at], now))


def _moved(slug: str, zone: str) -> ResponseReturnValue:
    slug_now = queries.slug_now(slug) or abort(404)
    answer = redirect(url_for("events.show", slug=slug_now, zone=zone or None), 301)
    answer.headers["Cache-Control"] = SLUGS_REST
    return answer
