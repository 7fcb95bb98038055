"""What machines read of one publication: exports, and where they go on."""

import json
from collections.abc import Iterator
from datetime import datetime

from flask import abort
from flask.typing import ResponseReturnValue

from portal import edition
from portal.cache import Fresh, page
from portal.filetypes import MEDIA_TYPES as FILE_TYPES
from portal.i18n import page_language
from portal.publications import linked_data
from portal.publications.exports import FORMATS, LINKED_DATA, LINKSET, MEDIA_TYPES
from portal.publications.shown import Shown, permanent_address, record_of
from portal.publications.signposting import Link, document
from portal.publications.views.shared import bp, fresh, here, public
from portal.site import absolute

TYPES = ("https://schema.org/Report", "https://schema.org/AboutPage")


@bp.get("/<lang>/publications/<number>/record.<ending>")
def export(number: str, ending: str) -> ResponseReturnValue:
    """The record in one format, to be saved."""
    if ending not in MEDIA_TYPES:
        abort(404)
    answer = page("", edition.mark(), lambda now: exported(number, ending, now))
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.{ending}"'
    return answer


@bp.get("/<lang>/publications/<number>/linkset.json")
def linkset(number: str) -> ResponseReturnValue:
    """All links of the page, for who does not read its headers (RFC 9264)."""
    return page("", edition.mark(), lambda now: _linkset(number, now))


def exported(number: str, ending: str, now: datetime) -> Fresh:
    """The record in the format of this ending; it says where its page is."""
    shown = Shown(public(number), now)
    link = f'<{here("show", number)}>; rel="describes"; type="text/html"'
    return fresh(_written(shown, ending), shown, f"{MEDIA_TYPES[ending]}; charset=utf-8", link)


def links(shown: Shown) -> list[Link]:
    """Where a machine goes on from the page (signposting.org).

    A DOI of the agency leads to the agency's own page: so what is to be cited for this one is our
    own permanent address, and the DOI is related.
    """
    return list(_links(shown))


def _links(shown: Shown) -> Iterator[Link]:
    one = shown.one
    yield Link("cite-as", permanent_address(one.number))
    yield from (Link("type", url) for url in TYPES)
    for ending, media_type in MEDIA_TYPES.items():
        yield Link("describedby", here("export", one.number, ending=ending), media_type)
    for each in shown.files:
        media_type = FILE_TYPES[each.file.ending].partition(";")[0]
        yield Link("item", absolute(each.url), media_type, each.file.language)
    if one.licence:
        yield Link("license", one.licence)
    if one.doi:
        yield Link("related", shown.doi_url)


def _linkset(number: str, now: datetime) -> Fresh:
    shown = Shown(public(number), now)
    address = here("show", number)
    body = json.dumps(document(links(shown), address), ensure_ascii=False, indent=1)
    return fresh(body, shown, LINKSET, f'<{address}>; rel="describes"; type="text/html"')


def _written(shown: Shown, ending: str) -> str:
    if MEDIA_TYPES[ending] == LINKED_DATA:
        files = {each.file.id: absolute(each.url) for each in shown.files}
        report = linked_data.report(shown, files, here("show", shown.number))
        return json.dumps(report, ensure_ascii=False, indent=1)
    return FORMATS[ending].write([record_of(shown.one)], page_language())
