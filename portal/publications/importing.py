"""Bibliographies of others into the catalogue: what would happen to each record, and the act.

A record is recognised by our own address of it, by DOI, by ISBN, and else by title and year; a
part of a whole (a chapter, an article) never by what its whole has too. What a file does not say
stays as it is; what it says of a record that is there already is compared field by field, so that
importing twice changes nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.audit.service import Actor
from portal.db import db
from portal.publications import bibtex, checks, csl, listing, ris, service
from portal.publications.comparing import SAID, Reason, author, changes, written_in, wrong
from portal.publications.differing import Difference, difference
from portal.publications.entries import Entry
from portal.publications.models import Publication, Subject
from portal.publications.rules import Record, State, Type, first_free, year_of
from portal.text import fold, slug

AT_ONCE = 500


class Fate(StrEnum):
    """What becomes of a record."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Plan:
    """One entry of the file, and its fate: the `fields` that would change, or the `reason`.

    `reason` is one of `Trouble` or `Reason`. `facts` are what the verb would be given, and
    `values` what each field says and would say. `date_said` is a date that could not be read as it
    stands, `published` what is kept of it; `new_subjects` are no terms yet.
    """

    nth: int
    line: int
    title: str
    fate: Fate
    fields: tuple[str, ...] = ()
    reason: str = ""
    publication_id: int | None = None
    values: tuple[Difference, ...] = ()
    date_said: str = ""
    published: str = ""
    new_subjects: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict, compare=False)

    def said(self) -> dict[str, Any]:
        """What the dry run shows of it and keeps: where it is another later, the act is another."""
        found = asdict(self)
        del found["facts"]
        return found | {
            "fate": self.fate.value,
            "fields": list(self.fields),
            "values": [each.said() for each in self.values],
            "new_subjects": list(self.new_subjects),
        }


def entries(content: str) -> list[Entry]:
    """The records of a file, whose format its content tells."""
    return reader_of(content)(content)


def reader_of(content: str) -> Callable[[str], list[Entry]]:
    """By the first signs: JSON begins with a bracket, RIS with a TY, BibTeX has entries with @."""
    start = content.lstrip("\ufeff \t\r\n")
    if start[:1] in ("[", "{"):
        return csl.read
    if re.search(r"^TY  ?- ?", content[:20_000].lstrip("\ufeff"), re.MULTILINE):
        return ris.read
    return bibtex.read


def plan(found: Sequence[Entry], own_address: str) -> list[Plan]:
    """The fate of each entry; `own_address` is how our addresses of publications begin."""
    catalogue = _Catalogue(own_address)
    planned = []
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        matches = [catalogue.matches(each.record) if each.record else [] for each in some]
        rows = _rows({each for ids in matches for each in ids})
        planned += [
            catalogue.fate(entry, ids, rows) for entry, ids in zip(some, matches, strict=True)
        ]
    return planned


def carry_out(planned: Sequence[Plan], *, by: Actor, now: datetime) -> None:
    """Make the drafts and the changes."""
    terms = _Terms(by, now)
    for start in range(0, len(planned), AT_ONCE):
        some = [each for each in planned[start : start + AT_ONCE] if each.facts]
        facts_of = {each.nth: terms.put_into(each.facts) for each in some}
        rows = _rows({each.publication_id for each in some if each.publication_id})
        new = [facts_of[each.nth] for each in some if each.publication_id is None]
        changed = [
            (rows[each.publication_id], facts_of[each.nth])
            for each in some
            if each.publication_id is not None
        ]
        service.import_some(new, changed, by=by, now=now)


def counts(fates: Iterable[str]) -> dict[str, int]:
    """How many there are of each fate."""
    counted = Counter(fates)
    return {fate.value: counted[fate.value] for fate in Fate}


class _Catalogue:
    """By what each publication is recognised, and what the file has named already."""

    def __init__(self, own_address: str) -> None:
        self.own_address = own_address
        self.by_number: dict[str, int] = {}
        self.by_doi: dict[str, int] = {}
        self.by_isbn: dict[str, int] = {}
        self.by_title: dict[tuple[str, int | None], list[tuple[int, str, str, Type]]] = {}
        self.terms = {
            fold(label) for subject in listing.subjects() for label in subject.label.values()
        }
        self.seen: set[object] = set()
        for row in db.session.execute(
            select(
                Publication.id, Publication.number, Publication.doi, Publication.isbn,
                Publication.title, Publication.year, Publication.type,
            ).order_by(Publication.id)
        ):  # fmt: skip
            self._know(*row)

    def _know(
        self, key: int, number: str, doi: str, isbn: str, title: dict[str, str],
        year: int | None, kind: Type,
    ) -> None:  # fmt: skip
        self.by_number[number] = key
        if doi:
            self.by_doi.setdefault(doi.lower(), key)
        if isbn:
            self.by_isbn.setdefault(checks.isbn_key(isbn), key)
        for text in title.values():
            self.by_title.setdefault((fold(text), year), []).append((key, doi, isbn, kind))

    def matches(self, record: Record) -> list[int]:
        """The publications that this record may be; two are one too many."""
        sure = [self.by_number.get(self._own_number(record))]
        if record.doi:
            sure.append(self.by_doi.get(record.doi.lower()))
        if checks.isbn(record.isbn):
            sure.append(self.by_isbn.get(checks.isbn_key(record.isbn)))
        if ids := list(dict.fromkeys(each for each in sure if each is not None)):
            return ids
        ((_lang, title),) = record.title.items()
        alike = self.by_title.get((fold(title), _year(record.published)), [])
        return list(
            dict.fromkeys(
                key
                for key, doi, isbn, kind in alike
                if not (doi and record.doi)
                and not (isbn and record.isbn)
                and not (record.is_part and (isbn or kind is not record.type))
            )
        )[:2]

    def _own_number(self, record: Record) -> str:
        if not record.url.startswith(self.own_address):
            return ""
        return record.url.removeprefix(self.own_address).strip("/")

    def fate(self, entry: Entry, ids: list[int], rows: dict[int, Publication]) -> Plan:
        record = entry.record
        if record is None:
            return Plan(entry.nth, entry.line, "", Fate.REFUSED, reason=str(entry.trouble))
        ((_lang, title),) = record.title.items()
        shown = Plan(
            entry.nth, entry.line, title[:200], Fate.REFUSED,
            date_said=record.date_said, published=record.published,
        )  # fmt: skip
        if reason := self._reason(record, ids, rows):
            return replace(shown, reason=reason)
        if not ids:
            facts = self._new(record)
            return replace(shown, fate=Fate.NEW, facts=facts, new_subjects=self._added(facts))
        row = rows[ids[0]]
        facts = changes(row, record)
        return replace(
            shown,
            fate=Fate.CHANGED if facts else Fate.SAME,
            fields=tuple(facts),
            facts=facts,
            publication_id=row.id,
            values=tuple(difference(row, name, value) for name, value in facts.items()),
            new_subjects=self._added(facts),
        )

    def _added(self, facts: dict[str, Any]) -> tuple[str, ...]:
        """The subjects that are terms of nobody's yet."""
        return tuple(each for each in facts.get("subjects", ()) if fold(each) not in self.terms)

    def _reason(self, record: Record, ids: list[int], rows: dict[int, Publication]) -> str:
        found = wrong(record)
        if found is None and len(ids) > 1:
            found = Reason.SEVERAL
        if found is None and ids and rows[ids[0]].state is State.WITHDRAWN:
            found = Reason.WITHDRAWN
        if found is None and self._was_named(record, ids):
            found = Reason.TWICE
        return found.value if found else ""

    def _was_named(self, record: Record, ids: list[int]) -> bool:
        """Whether this file has said something of the same publication before."""
        names: set[object] = set(ids)
        if not ids:
            ((_lang, title),) = record.title.items()
            if record.doi:
                names.add(record.doi.lower())
            if record.isbn:
                names.add(checks.isbn_key(record.isbn))
            if not names:
                names.add((fold(title), _year(record.published)))
        known = bool(names & self.seen)
        self.seen |= names
        return known

    def _new(self, record: Record) -> dict[str, Any]:
        ((lang, title),) = record.title.items()
        number = self._own_number(record) or slug(record.publication_number) or slug(title)[:60]
        number = first_free(slug(number).strip("-") or "publication", self.by_number)
        self.by_number[number] = 0
        return {
            **{name: getattr(record, name) for name in SAID},
            "doi": record.doi.lower(),
            "language": record.language,
            "type": record.type,
            "title": {written_in(lang): title},
            "abstract": {written_in(lang): text for lang, text in record.abstract.items()},
            "authors": [author(name) for name in record.authors],
            "subjects": list(record.subjects),
            "number": number,
        }


def _year(published: str) -> int | None:
    return year_of(published) if checks.day(published) else None


def _rows(ids: set[int]) -> dict[int, Publication]:
    question = select(Publication).where(Publication.id.in_(ids))
    found = db.session.scalars(question.options(selectinload(Publication.subjects))) if ids else ()
    return {each.id: each for each in found}


class _Terms:
    """The vocabulary by its words; a term that is not there is added."""

    def __init__(self, by: Actor, now: datetime) -> None:
        self.by, self.now = by, now
        self.codes: set[str] = set()
        self.known: dict[str, Subject] = {}
        for subject in listing.subjects():
            self._know(subject)

    def _know(self, subject: Subject) -> None:
        self.codes.add(subject.code)
        for label in subject.label.values():
            self.known.setdefault(fold(label), subject)

    def put_into(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The facts with terms of the vocabulary in the place of words."""
        if "subjects" not in facts:
            return facts
        return facts | {"subjects": list(dict.fromkeys(map(self._of, facts["subjects"])))}

    def _of(self, term: str) -> Subject:
        found = self.known.get(fold(term))
        if found is None:
            code = first_free(slug(term) or "subject", self.codes)
            found = service.add_subject(code, {"en": term}, by=self.by, now=self.now)
            self._know(found)
        return found
