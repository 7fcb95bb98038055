"""Words are found in the catalogue: one question, put as each database wants it.

`Publication.words` is split and folded in Python, on both sides of the question. The database only
compares whole words and their beginnings, by an index of its own that goes with the row: a table of
FTS5 kept by triggers (SQLite), an index over an expression (PostgreSQL).
"""

from sqlalchemy import ColumnElement, column, false, func, literal, or_, select, table, true
from sqlalchemy.dialects.postgresql import TSQUERY

from portal.db import db
from portal.publications import checks
from portal.publications.models import Publication
from portal.publications.rules import words_of

MOST_WORDS = 12
_FOUND = table("fts_publications", column("rowid"), column("fts_publications"))


def finds(sought: str) -> ColumnElement[bool]:
    """Every word that is sought, or one that begins like it, stands in the record.

    An ISBN is found with hyphens and without, and by ten digits where the book has thirteen.
    """
    words = words_of(plain(sought))[:MOST_WORDS]
    if not words:
        return false() if sought else true()
    found = _by_words(words)
    return or_(found, is_book(sought)) if checks.isbn(sought) else found


def plain(sought: str) -> str:
    """What is sought, with the bare DOI in the place of each link to it."""
    return checks.doi(sought) or " ".join(checks.doi(part) or part for part in sought.split())


def is_book(sought: str) -> ColumnElement[bool]:
    """The ISBN is the book's."""
    isbn = checks.isbn(sought)
    return Publication.isbn.in_(checks.same_isbns(isbn)) if isbn else false()


def _by_words(words: list[str]) -> ColumnElement[bool]:
    if db.engine.name == "sqlite":
        return _by_table(words)
    return _by_expression(words)


def _by_table(words: list[str]) -> ColumnElement[bool]:
    asked = " AND ".join(f'"{word}"*' for word in words)
    return Publication.id.in_(
        select(_FOUND.c.rowid).where(_FOUND.c.fts_publications.op("MATCH")(asked))
    )


def _by_expression(words: list[str]) -> ColumnElement[bool]:
    """The words hold nothing but letters and figures, so that none can leave its quotes."""
    asked = " & ".join(f"'{word}':*" for word in words)
    kept = func.array_to_tsvector(func.string_to_array(Publication.words, " "))
    return kept.bool_op("@@")(literal(asked).cast(TSQUERY))
