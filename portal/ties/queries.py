"""Questions about topics, projects, and what is tied to what."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select

from portal import edition
from portal.audit.service import Subject
from portal.db import LARGEST_ID, Stamp, db, for_update
from portal.events import queries as events
from portal.events.models import Event
from portal.events.rules import next_change
from portal.i18n import Translated
from portal.news import queries as news
from portal.news.models import Item
from portal.news.queries import Card
from portal.podcasts import queries as podcasts
from portal.podcasts.models import Episode
from portal.publications import queries as publications
from portal.publications.models import Publication
from portal.ties.models import TABLES, Project, Tie, Topic
from portal.ties.rules import End, Kind

Gathering = Topic | Project
Found = TypeVar("Found", Topic, Project)
_MODELS: dict[Kind, Any] = {
    Kind.EVENT: Event,
    Kind.PUBLICATION: Publication,
    Kind.EPISODE: Episode,
    Kind.NEWS: Item,
    Kind.TOPIC: Topic,
    Kind.PROJECT: Project,
}


@dataclass(frozen=True, slots=True)
class Together:
    """What everybody may see of what belongs to one thing."""

    events: Sequence[Event] = ()
    publications: Sequence[Publication] = ()
    episodes: Sequence[Episode] = ()
    news: Sequence[Card] = ()
    topics: Sequence[Topic] = ()
    projects: Sequence[Project] = ()
    phases: dict[End, int] = field(default_factory=dict)
    changes_at: datetime | None = None
    """When one more of them goes public by itself, is over or closes."""

    def __len__(self) -> int:
        kinds = (self.events, self.publications, self.episodes, self.news)
        return sum(map(len, (*kinds, self.topics, self.projects)))


def ties_of(end: End) -> Sequence[Tie]:
    """Every tie of a thing."""
    mine = getattr(Tie, f"{end.kind}_id")
    return db.session.scalars(select(Tie).where(mine == end.id).order_by(Tie.id)).all()


def other_end(tie: Tie, end: End) -> End:
    """Where the tie of this thing leads."""
    return next(each for each in ends(tie) if each != end)


def ends(tie: Tie) -> list[End]:
    found = ((kind, getattr(tie, f"{kind}_id")) for kind in Kind)
    return [End(kind, number) for kind, number in found if number is not None]


def together(end: End, now: datetime, *, sectors: Collection[str] = ()) -> Together:
    """What belongs to a thing: by ties, and between events and topics by `sectors` as well.

    As many questions as there are kinds, however much there is.
    """
    phases = {other_end(tie, end): tie.phase for tie in ties_of(end)}
    ids: dict[Kind, list[int]] = {kind: [] for kind in Kind}
    for other in phases:
        ids[other.kind].append(other.id)
    if end.kind is Kind.TOPIC:
        ids[Kind.EVENT] += events.ids_of_sectors(sectors)
    held, items = events.cards(ids[Kind.EVENT], now), news.cards(ids[Kind.NEWS], now)
    turns = [*(event.ends_at for event in held), *(item.closes_at for item in items)]
    planned = podcasts.next_publication(now) if ids[Kind.EPISODE] else None
    return Together(
        events=held,
        publications=_latest(publications.cards(ids[Kind.PUBLICATION], now)),
        episodes=podcasts.cards(ids[Kind.EPISODE], now),
        news=items,
        topics=_public_topics(ids[Kind.TOPIC], sectors if end.kind is Kind.EVENT else ()),
        projects=_public(Project, ids[Kind.PROJECT]),
        phases={other: phase for other, phase in phases.items() if phase is not None},
        changes_at=next_change([planned, *turns], now),
    )


def gathered(one: Gathering, now: datetime) -> Together:
    """What a topic or a project gathers; a topic also the events of its sector."""
    sectors = [one.sector] if isinstance(one, Topic) and one.sector else ()
    return together(End(one.kind, one.id), now, sectors=sectors)


def stamp_of_everything() -> tuple[int, ...]:
    """What tells a kept page that it is old on which events stand with their places.

    One question, for the page that is asked for most.
    """
    found = _OF_EVERYTHING.first() or ()
    return tuple(int(number or 0) for number in found)


_OF_EVERYTHING = Stamp(select(edition.MARK, func.sum(Event.places_revision)))


def topics() -> Sequence[Topic]:
    """The public topics, in the order that the editors gave them."""
    return _in_order(select(Topic).where(Topic.public), Topic)


def projects() -> Sequence[Project]:
    """The public projects, in the order that the editors gave them."""
    return _in_order(select(Project).where(Project.public), Project)


def public_topic(slug: str) -> Topic | None:
    return db.session.scalar(select(Topic).where(Topic.slug == slug, Topic.public))


def public_project(slug: str) -> Project | None:
    return db.session.scalar(select(Project).where(Project.slug == slug, Project.public))


def every(table: type[Found]) -> Sequence[Found]:
    """For the desk: also what nobody finds yet."""
    return _in_order(select(table), table)


def one(table: type[Found], number: int, *, hold: bool = False) -> Found | None:
    """For the desk, as it stands now; `hold` keeps others from changing it until one is done."""
    if number > LARGEST_ID:
        return None
    question = select(table).where(table.id == number)
    held = for_update(question) if hold else question
    return db.session.scalar(held.execution_options(populate_existing=True))


def slugs(table: type[Gathering]) -> set[str]:
    return set(db.session.scalars(select(table.slug)))


def ties_with_phases(project_id: int) -> Sequence[Tie]:
    question = select(Tie).where(Tie.project_id == project_id, Tie.phase.is_not(None))
    return db.session.scalars(question).all()


def choices(kind: Kind) -> list[tuple[int, Translated, datetime | None]]:
    """Everything of a kind that can be tied, the newest first: id, title, its day if it has one.

    Drafts too: who writes a report ties it before it is public.
    """
    match kind:
        case Kind.EVENT:
            return [(number, title, starts_at) for number, title, starts_at in events.choices()]
        case Kind.PUBLICATION:
            return [(number, title, None) for number, title in publications.choices()]
        case Kind.EPISODE:
            return [(number, title, None) for number, title in podcasts.choices()]
        case Kind.NEWS:
            return [(number, title, None) for number, title in news.choices()]
        case Kind.TOPIC:
            return [(each.id, each.title, None) for each in every(Topic)]
        case Kind.PROJECT:
            return [(each.id, each.title, None) for each in every(Project)]


def _public_topics(ids: Collection[int], sectors: Collection[str]) -> Sequence[Topic]:
    if not ids and not sectors:
        return ()
    tied = Topic.id.in_(ids) | Topic.sector.in_(list(sectors))
    return _in_order(select(Topic).where(Topic.public, tied), Topic)


def _public(table: type[Found], ids: Collection[int]) -> Sequence[Found]:
    if not ids:
        return ()
    return _in_order(select(table).where(table.public, table.id.in_(ids)), table)


def _in_order(question: Select[Found], table: type[Found]) -> Sequence[Found]:
    return db.session.scalars(question.order_by(table.position, table.id)).all()


def _latest(found: Sequence[Publication]) -> list[Publication]:
    return sorted(found, key=lambda each: (each.published, each.id), reverse=True)


def title(end: End) -> Translated | None:
    """Of anything that can be tied, drafts too; None where there is no such thing."""
    if end.id > LARGEST_ID:
        return None
    table = _MODELS[end.kind]
    return db.session.scalar(select(table.title).where(table.id == end.id))


def missing(ends: Iterable[End]) -> bool:
    """Whether one of these is not there, or not any more; one question a kind."""
    ids: dict[Kind, set[int]] = {}
    for end in ends:
        ids.setdefault(end.kind, set()).add(end.id)
    return any(_count(kind, found) < len(found) for kind, found in ids.items())


def _count(kind: Kind, ids: Collection[int]) -> int:
    table = _MODELS[kind]
    if max(ids) > LARGEST_ID:
        return 0
    return db.session.scalar(select(func.count()).where(table.id.in_(ids))) or 0


def event_slug(event_id: int) -> str:
    return db.session.scalars(select(Event.slug).where(Event.id == event_id)).one()


def subject(end: End) -> Subject:
    """The row, for the audit."""
    return Subject(TABLES[end.kind], end.id)
