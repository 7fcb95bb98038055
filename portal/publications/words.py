"""Codes of an import in people's words."""

from collections.abc import Iterable

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from portal.publications.comparing import Reason
from portal.publications.entries import MOST_ENTRIES, Trouble
from portal.publications.importing import Fate

FATES = {
    Fate.NEW: _l("New draft"),
    Fate.CHANGED: _l("Is changed"),
    Fate.SAME: _l("Stays the same"),
    Fate.REFUSED: _l("Is refused"),
}
REASONS = {
    Trouble.NOT_THIS_FORMAT: _l("This is neither BibTeX nor RIS nor CSL-JSON, or it is broken from "
                                "here on."),
    Trouble.TOO_LARGE: _l("This is too large to be read."),
    Trouble.TOO_MANY: _l("From here on nothing is read: a file may hold %(most)s records.",
                         most=MOST_ENTRIES),
    Trouble.TOO_DEEP: _l("Brackets are inside too many others."),
    Trouble.NOT_CLOSED: _l("The record has no end: a bracket, or the line ER, is missing."),
    Trouble.NOT_UNDERSTOOD: _l("This cannot be understood: a comma, a bracket or an equals sign is "
                               "missing before it goes on."),
    Trouble.OUTSIDE: _l("This line stands outside of a record: the line TY is missing before it."),
    Trouble.NO_TITLE: _l("The record has no title."),
    Reason.DOI: _l("The DOI is none."),
    Reason.ISBN: _l("The check digit of the ISBN is wrong, or it has too few or too many digits."),
    Reason.ISSN: _l("The check digit of the ISSN is wrong, or it has not eight digits."),
    Reason.TOO_LONG: _l("One of its texts is longer than the catalogue keeps."),
    Reason.TWICE: _l("The file has said something of this publication before."),
    Reason.WITHDRAWN: _l("The publication was withdrawn, and stays as it is."),
    Reason.SEVERAL: _l("By its numbers it could be either of two publications here."),
}  # fmt: skip


def date_words(said: str, published: str) -> str:
    """What becomes of a date that could not be read as it stands."""
    if published:
        return gettext("Of the date “%(said)s” only the year %(year)s is read.", said=said,
                       year=published)  # fmt: skip
    return gettext("The date “%(said)s” cannot be read, and is left out.", said=said)


def subject_words(terms: Iterable[str]) -> str:
    """The terms that an import would add to the vocabulary."""
    return gettext("New subjects: %(terms)s.", terms="; ".join(terms))


FIELDS = {
    "type": _l("Type"),
    "title": _l("Title"),
    "abstract": _l("Abstract"),
    "language": _l("Language of the content"),
    "published": _l("Date of publication"),
    "authors": _l("Authors"),
    "series": _l("Series"),
    "series_number": _l("Number in the series"),
    "publication_number": _l("Publication number"),
    "catalogue_number": _l("Catalogue number"),
    "doi": _l("DOI"),
    "isbn": _l("ISBN"),
    "issn": _l("ISSN"),
    "publisher": _l("Publisher"),
    "place": _l("Place of publication"),
    "pages": _l("Number of pages"),
    "licence": _l("Licence"),
    "subjects": _l("Subjects"),
}
