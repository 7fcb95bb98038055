"""What editors ask of the catalogue: its list in every state, and who has a number already."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import load_only, selectinload

from portal.db import db, for_update
from portal.publications import checks
from portal.publications.models import (
    Publication,
    PublicationFile,
    PublicationImport,
    Relation,
    Subject,
    SubjectLink,
)
from portal.publications.rules import State, words_of, year_of
from portal.publications.search import is_book, plain
from portal.text import fold, like_pattern

PAGE = 50
LONGEST_SEARCH = 200
MOST_WORDS = 8
MOST_ALIKE = 5
LARGEST_ID = 2**31 - 1
_SHOWN = (
    Publication.number, Publication.type, Publication.title, Publication.state,
    Publication.published, Publication.updated_at, Publication.doi, Publication.embargo_until,
)  # fmt: skip


def listed(words: str, state: State | None) -> Select[Publication]:
    """Those that hold each of the words, what was changed last before all."""
    question = select(Publication).options(load_only(*_SHOWN))
    if state is not None:
        question = question.where(Publication.state == state)
    sought = words[:LONGEST_SEARCH]
    held = [
        Publication.words.like(like_pattern(word), escape="\\")
        for word in words_of(plain(sought))[:MOST_WORDS]
    ]
    if held:
        question = question.where(or_(and_(*held), is_book(sought)))
    return question.order_by(Publication.updated_at.desc(), Publication.id.desc())


def states() -> dict[State, int]:
    """How many there are in each state."""
    question = select(Publication.state, func.count()).group_by(Publication.state)
    found = {State(state): count for state, count in db.session.execute(question)}
    return {state: found.get(state, 0) for state in State}


def by_id(publication_id: int) -> Publication | None:
    """The publication, in whatever state, with what its desk pages show."""
    if publication_id > LARGEST_ID:
        return None
    question = select(Publication).where(Publication.id == publication_id)
    return db.session.scalar(
        question.options(
            selectinload(Publication.files),
            selectinload(Publication.subjects),
            selectinload(Publication.relations).joinedload(Relation.target),
        )
    )


def locked(publication_id: int) -> Publication | None:
    """The same, read anew and held, so that of two who change it one waits for the other."""
    if publication_id > LARGEST_ID:
        return None
    question = for_update(select(Publication).where(Publication.id == publication_id))
    found: Publication | None = db.session.scalar(
        question.execution_options(populate_existing=True)
    )
    return found


def numbered(number: str) -> Publication | None:
    """The one of this number, or of this DOI, however it was typed."""
    is_it = Publication.number == number
    if doi := checks.doi(number):
        is_it = or_(is_it, Publication.doi == doi.lower())
    return db.session.scalar(select(Publication).where(is_it).limit(1))


def another(but: int | None, **value: str) -> Publication | None:
    """Another publication that has this number, DOI or ISBN already."""
    ((name, wanted),) = value.items()
    wants = checks.same_isbns(wanted) if name == "isbn" else [wanted]
    question = select(Publication).where(
        getattr(Publication, name).in_(wants), Publication.id.is_distinct_from(but)
    )
    return db.session.scalar(question.order_by(Publication.id).limit(1))


def alike(publication: Publication | None, facts: Mapping[str, Any]) -> list[Publication]:
    """Others that may be the same: of one publication or catalogue number, or title and year.

    Of a publication that is there only what is another now is looked at, so that who has kept two
    apart once is not asked again.
    """
    question = select(Publication).order_by(Publication.id)
    if publication is not None:
        question = question.where(Publication.id != publication.id)
    found: list[Publication] = []
    for name in ("publication_number", "catalogue_number"):
        if facts[name] and (publication is None or getattr(publication, name) != facts[name]):
            of_it = question.where(getattr(Publication, name) == facts[name])
            found += db.session.scalars(of_it.limit(MOST_ALIKE))
    said = (facts["title"], facts["published"])
    if publication is None or (publication.title, publication.published) != said:
        titles = {fold(text) for text in facts["title"].values()}
        of_year = question.where(Publication.year.is_not_distinct_from(year_of(facts["published"])))
        found += [
            each
            for each in db.session.scalars(of_year.options(load_only(*_SHOWN)))
            if titles & {fold(text) for text in each.title.values()}
        ]
    return list(dict.fromkeys(found))[:MOST_ALIKE]


def file(publication: Publication, file_id: int) -> PublicationFile | None:
    """One of its files, and of no other's."""
    return next((each for each in publication.files if each.id == file_id), None)


def subjects() -> Sequence[Subject]:
    """The whole vocabulary, in the order of its codes."""
    return db.session.scalars(select(Subject).order_by(Subject.code)).all()


def subject(subject_id: int) -> Subject | None:
    return db.session.get(Subject, subject_id) if subject_id <= LARGEST_ID else None


def uses() -> dict[int, int]:
    """How many publications are about each subject."""
    question = select(SubjectLink.subject_id, func.count()).group_by(SubjectLink.subject_id)
    return {subject_id: count for subject_id, count in db.session.execute(question)}


def numbers_like(base: str) -> set[str]:
    """The numbers that are given already and begin so."""
    question = select(Publication.number).where(
        Publication.number.startswith(base, autoescape=True)
    )
    return set(db.session.scalars(question))


def kept_import(import_id: int) -> PublicationImport | None:
    """A file that was handed in and waits for the editor's word; held while it may be done."""
    if import_id > LARGEST_ID:
        return None
    return db.session.scalar(
        for_update(select(PublicationImport).where(PublicationImport.id == import_id))
    )
