"""Questions about publications."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload, selectinload

from portal.db import LARGEST_ID, db
from portal.i18n import Translated
from portal.publications.models import (
    Publication,
    PublicationFile,
    Relation,
    Subject,
    SubjectLink,
)
from portal.publications.rules import State
from portal.publications.search import finds
from portal.publications.wishes import FACETS, Wish

Count = tuple[str, int]
"""A value of a facet, and how many there are of it."""

_IS_LISTED = Publication.state == State.PUBLISHED
_NEWEST_FIRST = (Publication.published.desc(), Publication.id.desc())
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: how many there are, those shown, and what would narrow it down."""

    total: int
    shown: Sequence[Publication]
    facets: dict[str, list[Count]] = field(default_factory=dict)


def stamp_of_all() -> tuple[int, ...]:
    """What tells a kept list of public publications that it is old."""
    found = db.session.execute(
        select(func.count(), func.sum(Publication.revision)).where(
            Publication.state.in_([State.PUBLISHED, State.WITHDRAWN])
        )
    ).one()
    return tuple(int(number or 0) for number in found)


def public(number: str) -> Publication | None:
    """What is public, or was and is withdrawn, with all that its page shows."""
    return db.session.scalar(
        select(Publication)
        .where(Publication.number == number, Publication.state != State.DRAFT)
        .options(
            selectinload(Publication.files),
            selectinload(Publication.subjects),
            selectinload(Publication.relations).joinedload(Relation.target),
            selectinload(Publication.related_from).joinedload(Relation.publication),
            joinedload(Publication.replaced_by),
        )
    )


def any_publication(number: str) -> Publication | None:
    """The publication of this number, in whatever state it is."""
    return db.session.scalar(select(Publication).where(Publication.number == number))


def file(number: str, file_id: int) -> PublicationFile | None:
    """A file of a publication that is not a draft; another one's is not found."""
    if file_id > LARGEST_ID:
        return None
    return db.session.scalar(
        select(PublicationFile)
        .join(PublicationFile.publication)
        .where(
            PublicationFile.id == file_id,
            Publication.number == number,
            Publication.state != State.DRAFT,
        )
        .options(joinedload(PublicationFile.publication))
    )


def found(wish: Wish, *, first: int, most: int) -> Found:
    """A part of what the wish finds, the newest first; two questions, however much there is."""
    counts = _counts(wish)
    ((_all, total),) = counts.pop("total", [("", 0)])
    question = select(Publication).where(*_conditions(wish)).order_by(*_NEWEST_FIRST)
    shown = db.session.scalars(question.offset(first).limit(most)).all() if total else []
    return Found(total, shown, counts)


def newest(most: int) -> Sequence[Publication]:
    """What was published last, of all that is listed."""
    question = select(Publication).where(_IS_LISTED).order_by(*_NEWEST_FIRST)
    return db.session.scalars(question.limit(most)).all()


def each_found(wish: Wish) -> Iterator[Publication]:
    """All that the wish finds, in the same order, for what is written out whole."""
    question = select(Publication.id).where(*_conditions(wish)).order_by(*_NEWEST_FIRST)
    ids = db.session.scalars(question).all()
    for start in range(0, len(ids), _AT_ONCE):
        yield from _in_order(ids[start : start + _AT_ONCE])


def last_changed(wish: Wish, most: int) -> Sequence[Publication]:
    """What the wish finds, what was changed last before all."""
    return db.session.scalars(
        select(Publication)
        .where(*_conditions(wish))
        .order_by(Publication.updated_at.desc(), Publication.id.desc())
        .limit(most)
    ).all()


def last_change() -> datetime | None:
    """When the catalogue was changed last, withdrawals too."""
    return db.session.scalar(
        select(func.max(Publication.updated_at)).where(Publication.state != State.DRAFT)
    )


def subject_labels(codes: Sequence[str]) -> dict[str, Translated]:
    """The labels of these subjects, as far as there are such."""
    question = select(Subject.code, Subject.label).where(Subject.code.in_(codes))
    return {code: label for code, label in db.session.execute(question)}


def in_sitemap() -> Sequence[tuple[str, datetime]]:
    """The number of everything that is listed, and when it was changed last."""
    question = select(Publication.number, Publication.updated_at).where(_IS_LISTED)
    return [(number, at) for number, at in db.session.execute(question.order_by(*_NEWEST_FIRST))]


def cards(ids: Sequence[int], now: datetime) -> list[Publication]:
    """Those of these that are listed, in the order of their ids here."""
    return [each for each in _in_order(ids) if each.state is State.PUBLISHED]


def choices() -> list[tuple[int, Translated]]:
    """Everything that is not withdrawn, for a list from which one chooses at the desk."""
    question = select(Publication.id, Publication.title).where(Publication.state != State.WITHDRAWN)
    return [
        (number, title)
        for number, title in db.session.execute(question.order_by(Publication.id.desc()))
    ]


def files() -> set[str]:
    """The names of all files that publications have."""
    return set(db.session.scalars(select(PublicationFile.file)))


def is_empty() -> bool:
    """Whether the catalogue holds nothing at all."""
    return db.session.scalar(select(Publication.id).limit(1)) is None


def _in_order(ids: Sequence[int]) -> list[Publication]:
    question = select(Publication).where(Publication.id.in_(ids))
    rows = db.session.scalars(question.options(selectinload(Publication.subjects)))
    by_id = {each.id: each for each in rows}
    return [by_id[number] for number in ids if number in by_id]


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    return [*_chosen(wish), finds(wish.q)] if wish.q else _chosen(wish)


def _chosen(wish: Wish) -> list[ColumnElement[bool]]:
    """Every facet of which a value is chosen, among what is listed."""
    return [_IS_LISTED, *(_CONDITIONS[name](value) for name, value in wish.facets.items())]


def _is_about(code: str) -> ColumnElement[bool]:
    return Publication.id.in_(
        select(SubjectLink.publication_id)
        .join(Subject, Subject.id == SubjectLink.subject_id)
        .where(Subject.code == code)
    )


_CONDITIONS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "type": lambda value: Publication.type == value,
    "year": lambda value: Publication.year == int(value),
    "subject": _is_about,
    "language": lambda value: Publication.language == value,
}


def _counts(wish: Wish) -> dict[str, list[Count]]:
    """How many there are in all and of each value, in one question.

    What stands beside a value is what one gets by choosing it: all other facets hold. The words are
    looked up once for all parts.
    """
    hits = select(Publication.id).where(finds(wish.q)).cte("hits") if wish.q else None
    found = [] if hits is None else [Publication.id.in_(select(hits.c.id))]
    parts = [
        select(literal("total"), literal(""), func.count()).where(*_chosen(wish), *found),
        *(_count_by(name, [*_chosen(wish.but(name)), *found]) for name in FACETS),
    ]
    counted: dict[str, list[Count]] = {}
    for name, value, count in db.session.execute(union_all(*parts)):
        counted.setdefault(name, []).append((value, count))
    return counted


def _count_by(name: str, conditions: list[ColumnElement[bool]]) -> Select[str, str, int]:
    value = Subject.code if name == "subject" else cast(getattr(Publication, name), String)
    question = select(literal(name), value, func.count()).where(
        *conditions, value.is_not(None), value != ""
    )
    if name == "subject":
        question = (
            question.select_from(Publication)
            .join(SubjectLink, SubjectLink.publication_id == Publication.id)
            .join(Subject, Subject.id == SubjectLink.subject_id)
        )
    return question.group_by(value)
