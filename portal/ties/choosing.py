"""What the desk offers to tie to a thing: what is tied, the newest, and what one searches for."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for

from portal import uploads
from portal.events.shown import Words, words
from portal.i18n import Translated, short_day
from portal.text import fold
from portal.ties import queries
from portal.ties.rules import End, Kind
from portal.ties.shown import HEADINGS

NEWEST = 10
MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """One tick: `day` tells editions of the same title apart."""

    end: End
    title: Words
    day: str
    is_tied: bool
    phase: int | None


@dataclass(frozen=True, slots=True)
class Choices:
    """The ticks of one kind; `more` are those that a search would bring."""

    kind: Kind
    heading: str
    rows: list[Choice]
    more: int


def groups(end: End, sought: str) -> list[Choices]:
    """By kind, in one question each: the tied ones, then those found or, unsought, the newest."""
    tied = {queries.other_end(tie, end): tie.phase for tie in queries.ties_of(end)}
    kinds = [kind for kind in HEADINGS if kind is not end.kind]
    return [_of_kind(kind, tied, fold(sought)) for kind in kinds]


def written(found: Iterable[Choices]) -> str:
    """What is tied now, as the form carries it until it is sent."""
    tied = [row for group in found for row in group.rows if row.is_tied]
    return " ".join(f"{row.end}:{row.phase or ''}" for row in tied)


def desk_page(end: End) -> str:
    """Where the thing itself stands at the desk."""
    match end.kind:
        case Kind.EVENT:
            return url_for("events_desk.show", slug=queries.event_slug(end.id))
        case Kind.PUBLICATION:
            return url_for("publications_desk.show", publication_id=end.id)
        case Kind.EPISODE:
            return url_for("episodes_desk.show", episode_id=end.id)
        case Kind.NEWS:
            return url_for("news_desk.show", item_id=end.id)
        case _:
            return url_for(f"{end.kind}s_desk.edit", gathering_id=end.id)


def _of_kind(kind: Kind, tied: dict[End, int | None], sought: str) -> Choices:
    offered = [(End(kind, number), title, day) for number, title, day in queries.choices(kind)]
    mine = [row for row in offered if row[0] in tied]
    others = [row for row in offered if row[0] not in tied and _fits(row[1], sought)]
    shown = others[: MOST_FOUND if sought else NEWEST]
    zone = uploads.settings().zone
    rows = [
        Choice(end, words(title), short_day(at, zone) if at else "", end in tied, tied.get(end))
        for end, title, at in (*mine, *shown)
    ]
    return Choices(kind, str(HEADINGS[kind]), rows, len(others) - len(shown))


def _fits(title: Translated, sought: str) -> bool:
    """Every word that was typed stands in a title, whatever the language and the accents."""
    said = fold(" ".join(title.values()))
    return all(word in said for word in sought.split())
