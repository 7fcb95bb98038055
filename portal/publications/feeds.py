"""Publications as an Atom feed (RFC 4287); nothing in it is the time of rendering."""

from collections.abc import Callable, Sequence
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from portal.i18n import page_language
from portal.publications.shown import Shown, full_name, permanent_address

MOST = 50
NAMESPACE = "http://www.w3.org/2005/Atom"
BEGINNING = "1970-01-01T00:00:00Z"
"""When an empty feed was changed: never, but the format wants a moment."""


def atom(
    found: Sequence[Shown], *, title: str, here: str, page: str, address: Callable[[str], str]
) -> bytes:
    """The feed of a search: its own address is its name, each publication's permanent one its."""
    root = Element("feed", {"xmlns": NAMESPACE, "xml:lang": page_language()})
    _text(root, "id", here)
    _text(root, "title", title)
    _text(root, "updated", _moment(max((each.one.updated_at for each in found), default=None)))
    _text(SubElement(root, "author"), "name", title.partition(":")[0])
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": here})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": page})
    for each in found:
        _entry(SubElement(root, "entry"), each, address(each.number))
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(entry: Element, shown: Shown, page: str) -> None:
    one = shown.one
    _text(entry, "id", permanent_address(one.number))
    _text(entry, "title", shown.title.text)
    _text(entry, "updated", _moment(one.updated_at))
    _text(entry, "published", _moment(one.public_at or one.created_at))
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
    for name in one.names:
        _text(SubElement(entry, "author"), "name", full_name(name))
    summary = ". ".join(filter(None, [shown.kind_and_date, shown.summary.text]))
    _text(entry, "summary", summary)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else BEGINNING
