"""Numbers of publications: told from mistyped ones by their form and check digits.

Each question takes what somebody typed and gives the one form that is kept, or None where it is not
such a number. DOI: ISO 26324; ISBN: ISO 2108; ISSN: ISO 3297; dates: ISO 8601.
"""

import re
from datetime import date
from urllib.parse import quote, unquote

from stdnum import isbn as isbns
from stdnum import issn as issns
from stdnum.exceptions import ValidationError

LONGEST_NUMBER = 300
DOI_LINK = "https://doi.org/"
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]{1,9}){0,9}/[!-~]{1,250}")
# As links are printed: the resolver's, its old name, and that of the Publications Office of the EU.
_DOI_LINK = re.compile(
    r"https?://(?:(?:dx\.|www\.)?doi\.org|(?:www\.)?data\.europa\.eu/doi)/", re.IGNORECASE
)
_DOI_WORD = re.compile(r"doi(?:\.org/|:)?\s*", re.IGNORECASE)
_DASHES = re.compile(r"[\u00ad\u2010-\u2015\u2212]")
_NUMBER_WORD = re.compile(r"^IS[BS]N(?:-1[03])?:?\s*", re.IGNORECASE)
_DATE = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?)?/*")
_FIRST_YEAR, _LAST_YEAR = 1450, 2199


def doi(text: str) -> str | None:
    """The bare DOI of '10.2801/351271', 'doi:10.2801/351271' or any of its links."""
    text = text.strip()[:LONGEST_NUMBER]
    link = _DOI_LINK.match(text)
    if link:
        bare = unquote(text[link.end() :])
    else:
        bare = _DOI_WORD.sub("", text, count=1) if _DOI_WORD.match(text) else text
    bare = bare.rstrip(".,;")
    return bare if _DOI.fullmatch(bare) else None


def doi_link(bare: str) -> str:
    """Where a DOI leads, as its agency wants it written."""
    return DOI_LINK + quote(bare, safe="/:;()._-")


def isbn(text: str) -> str | None:
    """The ISBN with its hyphens where they belong, of ten digits or thirteen as it came."""
    return _checked(text, isbns)


def isbn_key(text: str) -> str:
    """What is equal for two ISBNs of one book: thirteen digits."""
    return str(isbns.to_isbn13(isbns.compact(text)))


def same_isbns(text: str) -> list[str]:
    """The ISBN of a book as it stands, and as ten digits and thirteen."""
    thirteen = isbn_key(text)
    found = [text, str(isbns.format(thirteen))]
    if thirteen.startswith("978"):
        found.append(str(isbns.format(isbns.to_isbn10(thirteen))))
    return list(dict.fromkeys(found))


def issn(text: str) -> str | None:
    """The ISSN with its hyphen."""
    return _checked(text, issns)


def day(text: str) -> str | None:
    """'2022', '2022-10' or '2022-10-03', as precise as it came, where there is such a day."""
    found = _DATE.fullmatch(text.strip()[:LONGEST_NUMBER])
    if found is None or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        return None
    try:
        whole = date(int(found[1]), int(found[2] or 1), int(found[3] or 1)).isoformat()
    except ValueError:
        return None
    return whole[: 10 if found[3] else 7 if found[2] else 4]


def _checked(text: str, kind: object) -> str | None:
    typed = _NUMBER_WORD.sub("", _DASHES.sub("-", text.strip()[:LONGEST_NUMBER]))
    if not re.fullmatch(r"[0-9Xx -]{8,20}", typed):
        return None
    try:
        kind.validate(typed)  # type: ignore[attr-defined]
    except ValidationError:
        return None
    return str(kind.format(typed.upper()))  # type: ignore[attr-defined]
