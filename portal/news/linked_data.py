"""An item for search engines and assistants: schema.org NewsArticle in JSON-LD."""

from datetime import UTC, datetime
from typing import Any

from portal.news.shown import Note, Shown


def article(shown: Shown, *, page: str, site: str, home: str, image: str) -> dict[str, Any]:
    """What is public of an item; each correction and extension is one of its corrections."""
    item, responsible = shown.item, shown.responsible.text
    publisher = {"@type": "Organization", "name": site, "url": home}
    notes = [*shown.extensions, *shown.corrections]
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": page,
        "url": page,
        "mainEntityOfPage": page,
        "headline": shown.title.text,
        "description": shown.summary.text,
        "image": [image],
        "inLanguage": shown.title.lang or shown.lang,
        "datePublished": said(item.published_at),
        "dateModified": said(item.updated_at),
        "author": {"@type": "Organization", "name": responsible} if responsible else publisher,
        "publisher": publisher,
        "license": shown.licence[1],
        "isAccessibleForFree": True,
        "keywords": item.hashtag,
        "expires": said(item.closes_at),
        "correction": [
            {"@type": "CorrectionComment", "text": _whole(note), "datePublished": said(note.at)}
            for note in sorted(notes, key=lambda note: note.at)
        ],
    }
    return {name: value for name, value in data.items() if value not in ("", [], None)}


def _whole(note: Note) -> str:
    return f"{note.said.text} {note.why.text}" if note.why else note.said.text


def said(moment: datetime | None) -> str | None:
    """In whole seconds, as feeds say it (RFC 3339)."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
