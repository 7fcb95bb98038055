"""Questions about news and calls."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.db import db
from portal.i18n import Translated
from portal.news.models import Item, OldSlug
from portal.news.rules import IN_A_FEED, RESERVED, WITHDRAWN_FOR, Kind, State

_PUBLIC = Item.state == State.PUBLISHED
_NEWEST_FIRST = (Item.published_at.desc(), Item.id.desc())


@dataclass(frozen=True, slots=True)
class Card:
    """A public item as other pages name it."""

    id: int
    kind: Kind
    slug: str
    title: Translated
    summary: Translated
    published_at: datetime | None
    closes_at: datetime | None


def public_item(slug: str) -> Item | None:
    return db.session.scalar(select(Item).where(Item.slug == slug, _PUBLIC))


def withdrawn(slug: str) -> Item | None:
    """The item that had this address in public and was taken away."""
    before = select(OldSlug.item_id).where(OldSlug.slug == slug)
    question = select(Item).where(
        or_(Item.slug == slug, Item.id.in_(before)), Item.state == State.WITHDRAWN
    )
    return db.session.scalars(question).first()


def slug_now(old_slug: str) -> str | None:
    """Where a public item that had this address before is found now."""
    return db.session.scalar(
        select(Item.slug)
        .join(OldSlug, OldSlug.item_id == Item.id)
        .where(OldSlug.slug == old_slug, _PUBLIC)
    )


def slug_is_taken(slug: str, *, but: int | None = None) -> bool:
    """Whether an item has or had this address; one item may be left out of the question."""
    now = select(Item.id).where(Item.slug == slug, Item.id.is_distinct_from(but))
    before = select(OldSlug.item_id).where(
        OldSlug.slug == slug, OldSlug.item_id.is_distinct_from(but)
    )
    return db.session.execute(now.union_all(before)).first() is not None


def free_slug(wanted: str) -> str:
    """This address, or the first of `wanted-2`, `wanted-3`… that no item has or had."""
    pattern = f"{wanted}%"
    had = select(OldSlug.slug).where(OldSlug.slug.like(pattern))
    taken = {
        *db.session.scalars(select(Item.slug).where(Item.slug.like(pattern)).union_all(had)),
        *RESERVED,
    }
    names = chain((wanted,), (f"{wanted}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def open_calls(now: datetime) -> Sequence[Item]:
    """Public calls that are not over, the next to close first."""
    return db.session.scalars(
        select(Item).where(_still_open(now)).order_by(Item.closes_at, Item.id)
    ).all()


def listed(kind: str, now: datetime, *, first: int, most: int) -> Sequence[Item]:
    """What else is public, the newest first: news, and calls that are over; of one kind or all."""
    return db.session.scalars(
        select(Item).where(_rest(kind, now)).order_by(*_NEWEST_FIRST).offset(first).limit(most)
    ).all()


def count_listed(kind: str, now: datetime) -> int:
    return db.session.scalar(select(func.count()).where(_rest(kind, now))) or 0


def next_closing(now: datetime) -> datetime | None:
    """When the next public call closes."""
    return db.session.scalar(select(func.min(Item.closes_at)).where(_still_open(now)))


def for_feeds(now: datetime) -> Sequence[Item]:
    """The items that changed last, the latest change first; also those just withdrawn."""
    just = and_(Item.state == State.WITHDRAWN, Item.withdrawn_at > now - WITHDRAWN_FOR)
    return db.session.scalars(
        select(Item)
        .where(or_(_PUBLIC, just))
        .order_by(Item.updated_at.desc(), Item.id.desc())
        .limit(IN_A_FEED)
    ).all()


def last_change(now: datetime) -> datetime | None:
    """When the feeds changed last; what was withdrawn leaves them a while later."""
    gone = func.max(Item.withdrawn_at).filter(Item.withdrawn_at <= now - WITHDRAWN_FOR)
    question = select(func.max(Item.updated_at), gone).where(Item.state != State.DRAFT)
    changed, left = db.session.execute(question).one()
    return max(changed, left + WITHDRAWN_FOR) if left else changed


def next_leaving(now: datetime) -> datetime | None:
    """When the next withdrawn item leaves the feeds."""
    question = select(func.min(Item.withdrawn_at)).where(Item.withdrawn_at > now - WITHDRAWN_FOR)
    first = db.session.scalar(question)
    return first + WITHDRAWN_FOR if first else None


def for_sitemap() -> Sequence[tuple[str, datetime]]:
    """Of every public item its address and its last change."""
    rows = db.session.execute(
        select(Item.slug, Item.updated_at).where(_PUBLIC).order_by(*_NEWEST_FIRST)
    )
    return [(slug, at) for slug, at in rows]


def cards(ids: Collection[int], now: datetime) -> list[Card]:
    """Those of the items that are public, the newest first."""
    columns = (
        Item.id, Item.kind, Item.slug, Item.title, Item.summary, Item.published_at, Item.closes_at,
    )  # fmt: skip
    question = select(*columns).where(Item.id.in_(ids), _PUBLIC).order_by(*_NEWEST_FIRST)
    return [Card(*row) for row in db.session.execute(question)]


def choices() -> list[tuple[int, Translated]]:
    """Every item that is not withdrawn, drafts too, for a choice at the desk."""
    question = (
        select(Item.id, Item.title).where(Item.state != State.WITHDRAWN).order_by(Item.id.desc())
    )
    return [(item_id, title) for item_id, title in db.session.execute(question)]


def item(item_id: int) -> Item | None:
    """For the desk."""
    return db.session.get(Item, item_id)


def all_items(*, first: int, most: int) -> Sequence[Item]:
    """For the desk: the last made first."""
    return db.session.scalars(select(Item).order_by(Item.id.desc()).offset(first).limit(most)).all()


def count_all() -> int:
    return db.session.scalar(select(func.count()).select_from(Item)) or 0


def due_to_publish(now: datetime) -> int | None:
    """A draft whose time to go public has come."""
    return db.session.scalar(
        select(Item.id)
        .where(Item.publish_at <= now, Item.state == State.DRAFT)
        .order_by(Item.publish_at)
        .limit(1)
    )


def _still_open(now: datetime) -> ColumnElement[bool]:
    return and_(_PUBLIC, Item.kind == Kind.CALL, Item.closes_at > now)


def _rest(kind: str, now: datetime) -> ColumnElement[bool]:
    news, over = Item.kind == Kind.NEWS, and_(Item.kind == Kind.CALL, Item.closes_at <= now)
    wanted = {Kind.NEWS.value: news, Kind.CALL.value: over}.get(kind, or_(news, over))
    return and_(_PUBLIC, wanted)
