"""A record of a file beside what the catalogue says: what is wrong with it, and what differs."""

from enum import StrEnum
from typing import Any

from portal.i18n import languages
from portal.publications import checks
from portal.publications.models import Publication
from portal.publications.rules import Name, Record, Type
from portal.text import fold

_LONGEST = {
    "series": 200, "series_number": 40, "publication_number": 80, "catalogue_number": 80,
    "doi": 200, "publisher": 300, "place": 200, "licence": 500, "language": 35,
}  # fmt: skip
_LONGEST_TITLE, _LONGEST_ABSTRACT = 500, 10_000
SAID = (
    "language", "published", "series", "series_number", "publication_number", "catalogue_number",
    "doi", "isbn", "issn", "publisher", "place", "pages", "licence",
)  # fmt: skip
_GENERIC = (Type.REPORT, Type.OTHER)


class Reason(StrEnum):
    """Why a record is refused that could be read."""

    DOI = "doi"
    ISBN = "isbn"
    ISSN = "issn"
    TOO_LONG = "too_long"
    TWICE = "twice"
    WITHDRAWN = "withdrawn"
    SEVERAL = "several"


def wrong(record: Record) -> Reason | None:
    """A number that is none, or a text without an end."""
    if record.doi and not checks.doi(record.doi):
        return Reason.DOI
    if record.isbn and not checks.isbn(record.isbn):
        return Reason.ISBN
    if record.issn and not checks.issn(record.issn):
        return Reason.ISSN
    too_long = any(len(getattr(record, name)) > most for name, most in _LONGEST.items())
    bodies = (part for each in record.authors for part in (each.family, each.literal))
    if (
        too_long
        or any(len(text) > _LONGEST_TITLE for text in record.title.values())
        or any(len(text) > _LONGEST_ABSTRACT for text in record.abstract.values())
        or any(len(name) > 300 for name in bodies)
        or any(len(each.given) > 200 for each in record.authors)
        or any(len(term) > 200 for term in record.subjects)
    ):
        return Reason.TOO_LONG
    return None


def changes(publication: Publication, record: Record) -> dict[str, Any]:
    """What the record says otherwise, by the publication's columns."""
    facts: dict[str, Any] = {}
    for name in SAID:
        said = getattr(record, name)
        said = said.lower() if name == "doi" else said
        if said and not _is_said(name, said, publication):
            facts[name] = said
    if record.type is not publication.type and record.type not in _GENERIC:
        facts["type"] = record.type
    for name in ("title", "abstract"):
        texts = getattr(publication, name) or {}
        for lang, text in getattr(record, name).items():
            if _even(text) not in {_even(each) for each in texts.values()}:
                facts[name] = texts | {written_in(lang): text}
    if record.authors and [_name(each) for each in record.authors] != [
        _name(each) for each in publication.names
    ]:
        variants = {
            _name(name): {"variants": each["variants"]}
            for name, each in zip(publication.names, publication.authors, strict=True)
            if "variants" in each
        }
        facts["authors"] = [author(name) | variants.get(_name(name), {}) for name in record.authors]
    labels = [each.label for each in publication.subjects]
    terms = {fold(text) for label in labels for text in label.values()}
    if more := [term for term in record.subjects if fold(term) not in terms]:
        facts["subjects"] = [*(next(iter(label.values())) for label in labels), *more]
    return facts


def _is_said(name: str, said: Any, publication: Publication) -> bool:
    """Ten digits and thirteen are the same ISBN, and a coarser date says no other.

    Our own exports name the body that wrote it where there is no publisher.
    """
    known = getattr(publication, name)
    if name == "published" and known:
        return bool(known == said or known.startswith(f"{said}-"))
    if name == "publisher" and not known:
        return bool(said == publication.record().institution)
    if name == "isbn" and known:
        return checks.isbn_key(said) == checks.isbn_key(known)
    return bool(said == known)


def _name(name: Name) -> tuple[str, str]:
    """A body, or a person with one name only: formats tell them apart in different ways."""
    return (name.literal or name.family, name.given)


def author(name: Name) -> dict[str, str]:
    """A name as the catalogue keeps it."""
    parts = {"family": name.family, "given": name.given, "literal": name.literal}
    return {part: value for part, value in parts.items() if value}


def _even(text: str) -> str:
    """Line ends and spaces are not kept by every format."""
    return " ".join(text.split())


def written_in(lang: str) -> str:
    """The language of the portal under which a text of the file is filed."""
    return lang if lang in languages() else languages()[0]
