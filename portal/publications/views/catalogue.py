"""The catalogue: all of it, or what somebody looks for; as a page, as files and as a feed."""

from datetime import datetime

from flask import Response, abort, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import edition, labels
from portal.cache import Fresh, page
from portal.events.rules import next_change
from portal.extensions import limiter
from portal.i18n import page_language
from portal.limits import rate
from portal.publications import feeds, narrowing, queries
from portal.publications.exports import FORMATS
from portal.publications.shown import Shown, record_of
from portal.publications.views.shared import bp
from portal.publications.wishes import NoSuchWish, Wish, wish_of
from portal.site import absolute
from portal.web import page_number

ON_A_PAGE = 20


@bp.get("/<lang>/publications/")
def index() -> ResponseReturnValue:
    """A search stands in the address, so that it can be kept and passed on."""
    wish, number = _wish(), page_number()
    g.same_page = ("publications.index", wish.args | ({"page": number} if number > 1 else {}))
    return page((wish, number), edition.mark(), lambda now: _list(wish, number, now))


@bp.get("/<lang>/publications/list.<ending>")
@limiter.limit(rate("list"))
def export_list(ending: str) -> ResponseReturnValue:
    """All that a search finds, in one format; too large to be kept, and so with a limit."""
    wish, form = _wish(), FORMATS.get(ending) or abort(404)
    answer = Response(content_type=f"{form.media_type}; charset=utf-8")
    answer.set_etag("-".join(map(str, (*queries.stamp_of_all(), page_language()))))
    answer.last_modified = queries.last_change()
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Content-Disposition"] = f'attachment; filename="publications.{ending}"'
    answer.make_conditional(request)
    if answer.status_code != 304:
        records = [record_of(each) for each in queries.each_found(wish)]
        answer.set_data(form.write(records, page_language()))
    return answer


@bp.get("/<lang>/publications/feed.atom")
def feed() -> ResponseReturnValue:
    """What a search finds, for feed readers: what was changed last before all."""
    wish = _wish()
    return page(wish, edition.mark(), lambda now: _feed(wish, now))


def _wish() -> Wish:
    if not request.query_string:
        return Wish()
    try:
        return wish_of(request.args)
    except NoSuchWish:
        abort(404)


def _list(wish: Wish, number: int, now: datetime) -> Fresh:
    found = queries.found(wish, first=(number - 1) * ON_A_PAGE, most=ON_A_PAGE)
    last = max(1, -(-found.total // ON_A_PAGE))
    if number > last:
        abort(404)
    subjects = queries.subject_labels(narrowing.subjects_named(wish, found.facets))
    body = render_template(
        "publications/index.html",
        wish=wish,
        total=found.total,
        publications=[Shown(each, now) for each in found.shown],
        chosen=narrowing.chosen(wish, subjects),
        facets=narrowing.offered(wish, found.facets, subjects),
        number=number,
        last=last,
        formats=FORMATS.values(),
        labels=labels,
    )
    embargoes = [each.embargo_until for each in found.shown]
    over = [moment for moment in (*embargoes, queries.last_change()) if moment and moment <= now]
    return Fresh(
        body,
        until=next_change(embargoes, now),
        last_modified=max(over).replace(microsecond=0) if over else None,
    )


def _feed(wish: Wish, now: datetime) -> Fresh:
    shown = [Shown(each, now) for each in queries.last_changed(wish, feeds.MOST)]
    body = feeds.atom(
        shown,
        title=narrowing.title(wish, current_app.extensions["site"].name),
        here=absolute(url_for("publications.feed", **wish.args)),
        page=absolute(url_for("publications.index", **wish.args)),
        address=lambda number: absolute(url_for("publications.show", number=number)),
    )
    changed = max((each.one.updated_at for each in shown), default=None)
    return Fresh(
        body,
        content_type="application/atom+xml; charset=utf-8",
        last_modified=changed.replace(microsecond=0) if changed else None,
    )
