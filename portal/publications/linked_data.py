"""A publication for search engines and assistants: schema.org Report in JSON-LD."""

from typing import Any

from portal.filetypes import MEDIA_TYPES
from portal.publications import checks
from portal.publications.models import Publication
from portal.publications.rules import Name
from portal.publications.shown import Shown, permanent_address

SCHEMA = "https://schema.org"


def report(shown: Shown, files: dict[int, str], page: str) -> dict[str, Any]:
    """What the page says, no more; `files` are the addresses of those that one may have."""
    one = shown.one
    data: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Report",
        "@id": permanent_address(one.number),
        "url": page,
        "name": shown.title.text,
        "abstract": shown.summary.text,
        "author": [_agent(name) for name in one.names],
        "publisher": _publisher(one),
        "datePublished": one.published,
        "inLanguage": one.language,
        "materialExtent": _extent(one.pages),
        "reportNumber": one.publication_number,
        "identifier": _identifiers(one),
        "sameAs": shown.doi_url,
        "keywords": [text for text, _url in shown.issues],
        "isPartOf": _series(one),
        "position": one.series_number,
        "license": one.licence,
        "encoding": [_encoding(shown, file_id, url) for file_id, url in files.items()],
        "isAccessibleForFree": True if files else None,
    }
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}


def _agent(name: Name) -> dict[str, str]:
    if name.literal:
        return {"@type": "Organization", "name": name.literal}
    person = {
        "@type": "Person",
        "name": " ".join(filter(None, [name.given, name.family])),
        "givenName": name.given,
        "familyName": name.family,
    }
    return {key: value for key, value in person.items() if value}


def _publisher(one: Publication) -> dict[str, str]:
    if not one.publisher:
        return {}
    place = {"location": one.place} if one.place else {}
    return {"@type": "Organization", "name": one.publisher, **place}


def _identifiers(one: Publication) -> list[dict[str, str]]:
    found = [
        ("DOI", one.doi),
        ("ISBN", one.isbn),
        ("catalogue number", one.catalogue_number),
        *((other["scheme"], other["value"]) for other in one.other_numbers),
    ]
    return [
        {"@type": "PropertyValue", "propertyID": kind, "value": value}
        | ({"url": checks.doi_link(value)} if kind == "DOI" else {})
        for kind, value in found
        if value
    ]


def _series(one: Publication) -> dict[str, str]:
    if not (one.series or one.issn):
        return {}
    said = {"name": one.series, "issn": one.issn}
    return {"@type": "CreativeWorkSeries", **{k: v for k, v in said.items() if v}}


def _extent(pages: int | None) -> dict[str, Any]:
    """Of schema.org's types, only a book has a number of pages."""
    return {"@type": "QuantitativeValue", "value": pages, "unitText": "pages"} if pages else {}


def _encoding(shown: Shown, file_id: int, url: str) -> dict[str, str]:
    (file,) = [each.file for each in shown.files if each.file.id == file_id]
    return {
        "@type": "MediaObject",
        "contentUrl": url,
        "encodingFormat": MEDIA_TYPES[file.ending].partition(";")[0],
        "contentSize": f"{file.size} B",
        "inLanguage": file.language,
    }
