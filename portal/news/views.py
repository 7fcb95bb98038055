"""The public pages of news and calls."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug import Response

from portal import edition
from portal.cache import Fresh, page
from portal.events.rules import next_change
from portal.news import page as item_page
from portal.news import queries
from portal.news.rules import Kind
from portal.news.shown import Shown
from portal.site import absolute
from portal.ties import shown as belonging
from portal.ties.rules import Kind as Tied
from portal.web import error_page, page_number

bp = Blueprint("news", __name__)

ON_A_PAGE = 20
SLUGS_REST = "public, max-age=3600"


@bp.get("/<lang>/news/")
def index() -> ResponseReturnValue:
    """Which call is open, and what is new; all of it, or calls or news alone."""
    kind = request.args.get("kind", "")
    if kind and kind not in list(Kind):
        abort(404)
    number = page_number()
    return page((kind, number), edition.mark(), lambda now: _list(kind, number, now))


@bp.get("/<lang>/news/<slug>/")
def show(slug: str) -> ResponseReturnValue:
    """One item; an address it had before leads to it, and what was withdrawn is gone."""
    return page("", edition.mark(), lambda now: _item_page(slug, now))


def _list(kind: str, number: int, now: datetime) -> Fresh:
    last = max(1, -(-queries.count_listed(kind, now) // ON_A_PAGE))
    if number > last:
        abort(404)
    is_first = number == 1 and kind != Kind.NEWS
    calls = [Shown(each, now) for each in queries.open_calls(now)] if is_first else []
    waiting = [each for each in calls if not each.is_open]
    rest = queries.listed(kind, now, first=(number - 1) * ON_A_PAGE, most=ON_A_PAGE)
    body = render_template(
        "news/index.html",
        calls=[each for each in calls if each.is_open],
        waiting=waiting,
        rest=[Shown(each, now) for each in rest],
        number=number,
        last=last,
        kind=kind,
        args={"kind": kind} if kind else {},
        choices=_choices(kind),
    )
    turns = [queries.next_closing(now), *(each.changes_at for each in calls)]
    return Fresh(body, until=next_change(turns, now))


def _choices(chosen: str) -> list[tuple[str, str, bool]]:
    rows = (("", _("Everything")), (Kind.CALL.value, _("Calls")), (Kind.NEWS.value, _("News")))
    return [
        (words, url_for("news.index", kind=code or None), code == chosen) for code, words in rows
    ]


def _item_page(slug: str, now: datetime) -> Fresh:
    item = queries.public_item(slug) or abort(_moved_or_gone(slug))
    one = Shown(item, now)
    related = belonging.belongs(Tied.NEWS, item.id, now)
    values = item_page.values(one, absolute=absolute)
    body = render_template("news/show.html", belongs=related, **values)
    return Fresh(body, until=next_change([one.changes_at, related.changes_at], now))


def _moved_or_gone(slug: str) -> Response:
    if (gone := queries.withdrawn(slug)) is not None:
        one = Shown(gone, gone.updated_at)
        named = _("“%(title)s” was withdrawn on %(day)s.",
                  title=one.title.text, day=one.withdrawn_day)  # fmt: skip
        return error_page(
            410,
            _("This was withdrawn"),
            f"{named} {one.why_withdrawn.text}".strip(),
            (_("To the news"), url_for("news.index")),
        )
    slug_now = queries.slug_now(slug) or abort(404)
    answer = redirect(url_for("news.show", slug=slug_now), 301)
    answer.headers["Cache-Control"] = SLUGS_REST
    return answer
