"""A publication as one cites it: CSL-JSON, a style of the CSL project and its processor.

The style is the one that comes with the processor (Cite Them Right, Harvard); its terms ("available
at") are in the reader's language.
"""

from functools import cache
from html import escape
from typing import Any

from citeproc import (
    PRIMARY_DIALECTS,
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from markupsafe import Markup

from portal import labels
from portal.publications import csl
from portal.publications.rules import Record

STYLE = "harvard-cite-them-right"
STYLE_NAME = "Harvard"
_DIALECTS = PRIMARY_DIALECTS | {"en": "en-GB"}
"""The European way round; for other languages the main one of each."""


def cited(record: Record, lang: str) -> Markup:
    """One entry of a list of references; the title stands in italics."""
    said = csl.item(record, lang)
    if "genre" in said:
        said["genre"] = str(labels.PUBLICATION_TYPES[record.type])
    item = _escaped(said)
    bibliography = CitationStylesBibliography(_style(lang), CiteProcJSON([item]), formatter.html)
    bibliography.register(Citation([CitationItem(item["id"])]))
    entry = str(bibliography.bibliography()[0])
    if not record.authors:
        entry = _once(entry, item["title"])
    return Markup(entry)  # noqa: S704 - all of it was escaped


def _once(entry: str, title: str) -> str:
    """What stands for the author is not said again (CSL 1.0.2, substitute): this processor does."""
    return entry.replace(f" <i>{title}</i>", "", 1)


@cache
def _style(lang: str) -> CitationStylesStyle:
    return CitationStylesStyle(STYLE, locale=_DIALECTS.get(lang, "en-GB"), validate=False)


def _escaped(value: Any) -> Any:
    """The processor writes markup of its own and takes what it is given for markup too."""
    if isinstance(value, str):
        return escape(value, quote=False)
    if isinstance(value, list):
        return [_escaped(each) for each in value]
    if isinstance(value, dict):
        return {name: _escaped(each) for name, each in value.items()}
    return value
