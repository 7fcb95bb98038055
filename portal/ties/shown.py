"""What belongs together as pages show it: one kind of card for all, by kind and by phase."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import i18n, labels, uploads
from portal.events.models import Event
from portal.events.rules import State
from portal.events.shown import Words, words
from portal.news.queries import Card as Item
from portal.news.rules import Kind as NewsKind
from portal.podcasts.models import Episode
from portal.publications.models import Publication
from portal.ties import queries
from portal.ties.models import Project, Topic
from portal.ties.queries import Together
from portal.ties.rules import End, Kind

HEADINGS = {
    Kind.EVENT: _l("Events"),
    Kind.PUBLICATION: _l("Publications"),
    Kind.EPISODE: _l("Podcast episodes"),
    Kind.NEWS: _l("Calls and news"),
    Kind.PROJECT: _l("Projects"),
    Kind.TOPIC: _l("Topics"),
}
"""In the order in which pages show them."""


@dataclass(frozen=True, slots=True)
class Card:
    """One thing in short: what it is, its title, and the one fact by which one chooses."""

    end: End
    kicker: str
    title: Words
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """All cards of one kind."""

    kind: Kind
    heading: str
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a project's time, and what came of it."""

    years: str
    focus: Words
    carried_out_by: str
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class Belongs:
    """What stands under "See also" on the page of something else."""

    groups: list[Group]
    changes_at: datetime | None = None

    def of(self, *kinds: str) -> list[Group]:
        return [group for group in self.groups if group.kind in kinds]

    def but(self, *kinds: str) -> list[Group]:
        return [group for group in self.groups if group.kind not in kinds]


def belongs(kind: Kind, number: int, now: datetime, *, sectors: Collection[str] = ()) -> Belongs:
    """What belongs to this thing and everybody may see."""
    found = queries.together(End(kind, number), now, sectors=sectors)
    return Belongs(groups(found, now), found.changes_at)


def groups(found: Together, now: datetime) -> list[Group]:
    """By kind, without the kinds of which there is nothing."""
    made = {kind: list(_cards(kind, found, now)) for kind in HEADINGS}
    return [Group(kind, str(HEADINGS[kind]), cards) for kind, cards in made.items() if cards]


def phases(project: Project, found: list[Group], at: Mapping[End, int]) -> list[Phase]:
    """The phases of a project, each with its own things."""
    cards = [card for group in found for card in group.cards]
    return [
        Phase(
            phase["years"],
            words(phase["focus"]),
            phase["carried_out_by"],
            [card for card in cards if at.get(card.end) == number],
        )
        for number, phase in enumerate(project.phases, 1)
    ]


def without(found: list[Group], said: Collection[End]) -> list[Group]:
    """What is left when these things are shown elsewhere on the page."""
    rest = (
        Group(each.kind, each.heading, [card for card in each.cards if card.end not in said])
        for each in found
    )
    return [group for group in rest if group.cards]


def beyond_phases(project: Project, found: list[Group], at: Mapping[End, int]) -> list[Group]:
    """What belongs to a project as a whole."""
    last = len(project.phases)
    return without(found, {end for end, phase in at.items() if 0 < phase <= last})


def gathering_card(one: Topic | Project) -> Card:
    place = "topics.show" if one.kind is Kind.TOPIC else "projects.show"
    return Card(End(one.kind, one.id), "", words(one.title), url_for(place, slug=one.slug))


def event_card(event: Event, now: datetime) -> Card:
    kicker = str(labels.KINDS[event.kind])
    day = i18n.short_day(event.starts_at, event.zone)
    match event.state:
        case State.CANCELLED:
            note = _("%(day)s, cancelled", day=day)
        case State.POSTPONED:
            note = _("Postponed")
        case _ if event.is_over(now):
            note = _("%(day)s, over", day=day)
        case _:
            note = day
    return Card(
        End(Kind.EVENT, event.id), kicker, words(event.title),
        url_for("events.show", slug=event.slug), note,
    )  # fmt: skip


def publication_card(one: Publication) -> Card:
    return Card(
        End(Kind.PUBLICATION, one.id), str(labels.PUBLICATION_TYPES[one.type]), words(one.title),
        url_for("publications.show", number=one.number), i18n.known_date(one.published),
    )  # fmt: skip


def episode_card(one: Episode) -> Card:
    day = i18n.short_day(one.published_at, uploads.settings().zone) if one.published_at else ""
    return Card(
        End(Kind.EPISODE, one.id), words(one.show.title).text, words(one.title),
        url_for("podcasts.episode", show=one.show.slug, slug=one.slug), day,
    )  # fmt: skip


def news_card(one: Item, now: datetime) -> Card:
    kicker = _("Call") if one.kind is NewsKind.CALL else _("News")
    return Card(
        End(Kind.NEWS, one.id), kicker, words(one.title),
        url_for("news.show", slug=one.slug), _news_note(one, now),
    )  # fmt: skip


def _news_note(one: Item, now: datetime) -> str:
    zone = uploads.settings().zone
    if one.kind is NewsKind.CALL and one.closes_at is not None:
        day = i18n.short_day(one.closes_at, zone)
        return _("Closes on %(day)s", day=day) if one.closes_at > now else _("Closed")
    return i18n.short_day(one.published_at, zone) if one.published_at else ""


def _cards(kind: Kind, found: Together, now: datetime) -> Iterator[Card]:
    makers: dict[Kind, tuple[Any, Callable[[Any], Card]]] = {
        Kind.EVENT: (found.events, lambda one: event_card(one, now)),
        Kind.PUBLICATION: (found.publications, publication_card),
        Kind.EPISODE: (found.episodes, episode_card),
        Kind.NEWS: (found.news, lambda one: news_card(one, now)),
        Kind.PROJECT: (found.projects, gathering_card),
        Kind.TOPIC: (found.topics, gathering_card),
    }
    rows, make = makers[kind]
    return map(make, rows)
