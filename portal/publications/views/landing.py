"""One publication: its page, or the format that a machine asks for, and its files."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, edition
from portal.cache import Fresh, page
from portal.events.linked_data import script
from portal.events.rules import next_change
from portal.i18n import page_language, wanted_language
from portal.materials.serving import attached
from portal.publications import citation, linked_data, queries, signposting, tags
from portal.publications.exports import FORMATS, wanted
from portal.publications.shown import Shown, file_name, permanent_address, record_of
from portal.publications.views.machines import exported, links
from portal.publications.views.shared import bp, fresh, here, public
from portal.site import absolute
from portal.ties import shown as belonging
from portal.ties.rules import Kind


@bp.get("/publications/<number>")
def permanent(number: str) -> ResponseReturnValue:
    """The address that is cited: it leads to the page in the reader's language."""
    answer = redirect(url_for("publications.show", lang=wanted_language(), number=number))
    answer.headers["Vary"] = "Accept-Language"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@bp.get("/<lang>/publications/<number>/")
def show(number: str) -> ResponseReturnValue:
    """A page for people, or what `Accept` asks for.

    Who asks for nothing that is offered gets the page all the same (RFC 9110, 12.4.1): it names
    what there is, and a 406 would not.
    """
    ending = wanted(request.accept_mimetypes)

    def make(now: datetime) -> Fresh:
        return exported(number, ending, now) if ending else _landing(number, now)

    answer = page(ending, edition.mark(), make)
    answer.vary.add("Accept")
    return answer


@bp.get("/<lang>/publications/<number>/files/<int:file_id>.<ending>")
def file(number: str, file_id: int, ending: str) -> ResponseReturnValue:
    """A file, once everybody may have it; before, this address knows nothing."""
    public(number)
    found = queries.file(number, file_id)
    if found is None or found.ending != ending:
        abort(404)
    if not found.publication.files_are_free(clock.now()):
        abort(404)
    name = f"{number}-{found.language}-{found.id}"
    answer = attached(found.file, found.digest, title=file_name(found), plain=name)
    answer.headers["Link"] = f'<{permanent_address(number)}>; rel="collection"'
    return answer


def _landing(number: str, now: datetime) -> Fresh:
    shown = Shown(public(number), now)
    related = belonging.belongs(Kind.PUBLICATION, shown.one.id, now)
    body = render_template(
        "publications/show.html", publication=shown, belongs=related, **_values(shown)
    )
    link = signposting.header(links(shown), here("linkset", number))
    made = fresh(body, shown, "text/html; charset=utf-8", link)
    # When what belongs to it changed last, nobody knows: so a date would promise too much.
    return replace(
        made, until=next_change([made.until, related.changes_at], now), last_modified=None
    )


def _values(shown: Shown) -> dict[str, Any]:
    files = {each.file.id: absolute(each.url) for each in shown.files}
    pdf = next((files[each.file.id] for each in shown.files if each.file.ending == "pdf"), "")
    return {
        "cited": citation.cited(record_of(shown.one), page_language()),
        "style": citation.STYLE_NAME,
        "formats": FORMATS.values(),
        "tags": list(tags.tags(shown, pdf)),
        "structured": script(linked_data.report(shown, files, here("show", shown.number))),
    }
