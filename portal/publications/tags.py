"""What reference managers and search engines of science read in a page's head.

Names as Highwire Press gave them (Google Scholar's guidelines); without those of a technical
report Zotero takes every page for an article in a journal.
"""

from collections.abc import Iterator

from portal.publications.rules import Name
from portal.publications.shown import Shown


def tags(shown: Shown, pdf_url: str) -> Iterator[tuple[str, str]]:
    """Each as (name, content); what is not known has none."""
    one = shown.one
    yield "citation_title", shown.title.text
    for name in one.names:
        yield "citation_author", _author(name)
    said = {
        "citation_publication_date": _date(one.published),
        "citation_technical_report_institution": one.record().institution,
        "citation_technical_report_number": one.publication_number,
        "citation_publisher": one.publisher,
        "citation_doi": one.doi,
        "citation_isbn": one.isbn,
        "citation_issn": one.issn,
        "citation_language": one.language,
        "citation_pdf_url": pdf_url,
    }
    yield from ((name, content) for name, content in said.items() if content)
    for text, _url in shown.issues:
        yield "citation_keywords", text


def _author(name: Name) -> str:
    """A comma parts family and given name, so that a body has none that could."""
    return name.literal or ", ".join(filter(None, [name.family, name.given]))


def _date(published: str) -> str:
    """A whole day, or the year alone: they know nothing in between."""
    return published.replace("-", "/") if len(published) == len("2022-10-03") else published[:4]
