"""Questions about shows and episodes."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, undefer

from portal.db import LARGEST_ID, db, for_update
from portal.i18n import Translated
from portal.podcasts.models import Episode, Person, Show


def next_publication(now: datetime, show_id: int | None = None) -> datetime | None:
    """When the next episode goes public by itself: until then, kept pages stay true."""
    question = select(func.min(Episode.published_at)).where(
        Episode.published_at > now, Episode.withdrawn_at.is_(None)
    )
    if show_id is not None:
        question = question.where(Episode.show_id == show_id)
    return db.session.scalar(question)


def public_show(slug: str, now: datetime) -> Show | None:
    """The show under this address, with its hosts; until its first episode it is not there."""
    return db.session.scalar(
        select(Show)
        .where(Show.slug == slug, Show.id.in_(_begun(now)))
        .options(selectinload(Show.hosts))
    )


def public_shows(now: datetime) -> Sequence[Show]:
    """Every public show, the one with the newest episode first."""
    newest = (
        select(Episode.show_id, func.max(Episode.published_at).label("at"))
        .where(Episode.published_at <= now)
        .group_by(Episode.show_id)
        .subquery()
    )
    return db.session.scalars(
        select(Show).join(newest, newest.c.show_id == Show.id).order_by(newest.c.at.desc(), Show.id)
    ).all()


def how_many_public(show_id: int, now: datetime) -> int:
    question = select(func.count(Episode.id)).where(Episode.show_id == show_id, *_public(now))
    return db.session.scalar(question) or 0


def public_episodes(
    show_id: int, now: datetime, *, offset: int = 0, limit: int | None = None
) -> Sequence[Episode]:
    """What everybody hears of a show, the newest first, each with its people."""
    return db.session.scalars(
        select(Episode)
        .where(Episode.show_id == show_id, *_public(now))
        .options(selectinload(Episode.people), joinedload(Episode.show).selectinload(Show.hosts))
        .order_by(Episode.published_at.desc(), Episode.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()


def newest(now: datetime, limit: int) -> Sequence[Episode]:
    """The newest episodes of all shows, each with its show."""
    return db.session.scalars(
        select(Episode)
        .where(*_public(now))
        .options(joinedload(Episode.show))
        .order_by(Episode.published_at.desc(), Episode.id.desc())
        .limit(limit)
    ).all()


def addresses(now: datetime) -> Sequence[tuple[str, datetime]]:
    """The last part of each public show's address, and when it was changed last."""
    rows = db.session.execute(
        select(Show.slug, Show.updated_at).where(Show.id.in_(_begun(now))).order_by(Show.id)
    )
    return [(row[0], row[1]) for row in rows.all()]


def episode_addresses(now: datetime) -> Sequence[tuple[str, str, datetime]]:
    """The same of each public episode, behind that of its show."""
    rows = db.session.execute(
        select(Show.slug, Episode.slug, Episode.updated_at)
        .join(Episode.show)
        .where(*_public(now))
        .order_by(Episode.id)
    )
    return [(row[0], row[1], row[2]) for row in rows.all()]


def cards(ids: Collection[int], now: datetime) -> Sequence[Episode]:
    """Those of these episodes that are public, each with its show, the newest first."""
    if not ids:
        return []
    return db.session.scalars(
        select(Episode)
        .where(Episode.id.in_(ids), *_public(now))
        .options(joinedload(Episode.show))
        .order_by(Episode.published_at.desc(), Episode.id.desc())
    ).all()


def choices() -> Sequence[tuple[int, Translated]]:
    """Every episode by its id and title, for who ties one to something else."""
    question = select(Episode.id, Episode.title).where(Episode.withdrawn_at.is_(None))
    rows = db.session.execute(question.order_by(Episode.created_at.desc(), Episode.id.desc()))
    return [(row[0], row[1]) for row in rows.all()]


def heard(show_slug: str, slug: str, now: datetime) -> Episode | None:
    """An episode that is public, or was and is withdrawn, with all that its page shows."""
    return db.session.scalar(
        _whole()
        .join(Episode.show)
        .where(Show.slug == show_slug, Episode.slug == slug)
        .where(or_(Episode.published_at <= now, Episode.withdrawn_at.is_not(None)))
    )


def file_of(show_slug: str, slug: str, now: datetime) -> Episode | None:
    """The same without what is said in it, for its files."""
    return db.session.scalar(
        select(Episode)
        .join(Episode.show)
        .options(contains_eager(Episode.show))
        .where(Show.slug == show_slug, Episode.slug == slug)
        .where(or_(Episode.published_at <= now, Episode.withdrawn_at.is_not(None)))
    )


def shows() -> Sequence[tuple[Show, int]]:
    """Every show, and how many episodes it has, for the desk."""
    counted = (
        select(Episode.show_id, func.count().label("episodes")).group_by(Episode.show_id).subquery()
    )
    rows = db.session.execute(
        select(Show, func.coalesce(counted.c.episodes, 0))
        .outerjoin(counted, counted.c.show_id == Show.id)
        .order_by(Show.id)
    )
    return [(row[0], row[1]) for row in rows.all()]


def show(show_id: int) -> Show | None:
    if show_id > LARGEST_ID:
        return None
    return db.session.scalar(
        select(Show)
        .where(Show.id == show_id)
        .options(selectinload(Show.hosts))
        .execution_options(populate_existing=True)
    )


def held_show(show_id: int) -> Show | None:
    """The show, held until the transaction ends: who changes it or its episodes queues here."""
    if show_id > LARGEST_ID:
        return None
    question = select(Show).where(Show.id == show_id)
    return db.session.scalar(for_update(question).execution_options(populate_existing=True))


def episodes(show_id: int, *, offset: int, limit: int) -> Sequence[Episode]:
    """All episodes of a show as the desk lists them, drafts first, then the newest."""
    return db.session.scalars(
        select(Episode)
        .where(Episode.show_id == show_id)
        .order_by(
            Episode.published_at.is_(None).desc(), Episode.published_at.desc(), Episode.id.desc()
        )
        .offset(offset)
        .limit(limit)
    ).all()


def how_many(show_id: int) -> int:
    question = select(func.count()).select_from(Episode).where(Episode.show_id == show_id)
    return db.session.scalar(question) or 0


def episode(episode_id: int) -> Episode | None:
    """An episode with its show, its people and what is said in it, as it stands now."""
    if episode_id > LARGEST_ID:
        return None
    found = _whole().where(Episode.id == episode_id)
    return db.session.scalar(found.execution_options(populate_existing=True))


def person(person_id: int) -> Person | None:
    if person_id > LARGEST_ID:
        return None
    question = select(Person).where(Person.id == person_id)
    return db.session.scalar(question.execution_options(populate_existing=True))


def show_people(show_id: int) -> Sequence[Person]:
    """Everybody who is named in a show."""
    return db.session.scalars(select(Person).where(Person.show_id == show_id)).all()


def show_slug_is_free(slug: str) -> bool:
    return db.session.scalar(select(Show.id).where(Show.slug == slug)) is None


def episode_slug_is_free(show_id: int, slug: str) -> bool:
    question = select(Episode.id).where(Episode.show_id == show_id, Episode.slug == slug)
    return db.session.scalar(question) is None


def number_is_taken(show_id: int, season: int | None, number: int, *, but: int | None) -> bool:
    """Whether another episode of the season has this number; those of no season are one."""
    question = select(Episode.id).where(
        Episode.show_id == show_id,
        Episode.season.is_not_distinct_from(season),
        Episode.number == number,
        Episode.id.is_distinct_from(but),
    )
    return db.session.scalars(question.limit(1)).first() is not None


def people_named(name: str) -> Sequence[Person]:
    """Everybody of exactly this name, in all shows."""
    return db.session.scalars(select(Person).where(Person.name == name).order_by(Person.id)).all()


def all_transcripts() -> Sequence[Episode]:
    """Every episode with what is said in it; for who looks for a voice in all of them."""
    return db.session.scalars(
        select(Episode)
        .where(Episode.last_word_at.is_not(None))
        .options(undefer(Episode.transcript))
        .order_by(Episode.id)
    ).all()


def files() -> set[str]:
    """The names of all files that shows and episodes have."""
    found = set(db.session.scalars(select(Episode.audio).where(Episode.audio != "")))
    for cover, small in db.session.execute(select(Show.cover, Show.small_cover)).all():
        found |= {cover, small} - {""}
    return found


def _whole() -> Select[Episode]:
    return select(Episode).options(
        undefer(Episode.transcript),
        selectinload(Episode.people),
        selectinload(Episode.show).selectinload(Show.hosts),
    )


def _public(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Episode.published_at <= now, Episode.withdrawn_at.is_(None))


def _begun(now: datetime) -> Select[int]:
    return select(Episode.show_id).where(Episode.published_at <= now)
