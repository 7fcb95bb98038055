"""The front page: what is next, how to take part, what is new, and what one can answer."""

from datetime import datetime

from flask import render_template

from portal.cache import Fresh
from portal.events import queries as events
from portal.events.rules import next_change
from portal.events.shown import Shown, words
from portal.news import queries as news
from portal.news.shown import Shown as Call
from portal.podcasts import queries as podcasts
from portal.publications import queries as publications
from portal.registrations.queries import places_of
from portal.ties import queries as ties
from portal.ties import shown

SHOWN_AFTER_NEXT = 3
NEWEST = 3


def made(now: datetime) -> Fresh:
    coming = events.upcoming(now)
    taken = places_of(coming, now)
    ahead = [Shown(event, taken[event.id], now) for event in coming]
    held = [one for one in ahead if one.is_to_come]
    calls = [Call(each, now) for each in news.open_calls(now)]
    body = render_template(
        "pages/front.html",
        next_one=held[0] if held else None,
        following=held[1 : 1 + SHOWN_AFTER_NEXT],
        to_read=[shown.publication_card(each) for each in publications.newest(NEWEST)],
        to_hear=[shown.episode_card(each) for each in podcasts.newest(now, NEWEST)],
        calls=[one for one in calls if one.is_open][:NEWEST],
        topics=ties.topics(),
        words=words,
    )
    turns = [one.changes_at for one in ahead] + [one.changes_at for one in calls]
    return Fresh(body, until=next_change([*turns, podcasts.next_publication(now)], now))
