"""The outbox: what waits, what was sent, and what is parked until somebody helps."""

import math
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts.guards import by, guard, organiser
from portal.accounts.rules import Right
from portal.db import db
from portal.forms import ActForm
from portal.inbox import queries as inbox
from portal.inbox.queries import Figures
from portal.outbox import queries, rules, service
from portal.registrations import listing
from portal.web import page_number

bp = Blueprint("outbox_desk", __name__, url_prefix="/desk/outbox")
guard(bp)

SHELVES = ("waiting", "sent", "parked")
PAGE = 50


@bp.get("/")
def index() -> ResponseReturnValue:
    shelf = request.args.get("shelf", "waiting")
    if shelf not in SHELVES:
        abort(404)
    number, event_ids = page_number(), accounts.event_ids(organiser(), Right.PEOPLE)
    question = queries.listed(shelf, event_ids)
    found = db.session.scalar(select(func.count()).select_from(question.order_by(None).subquery()))
    last = max(1, math.ceil((found or 0) / PAGE))
    if number > last:
        abort(404)
    figures = queries.figures(event_ids)
    return render_template(
        "outbox/desk/index.html",
        shelf=shelf,
        shelves=SHELVES,
        messages=db.session.scalars(question.limit(PAGE).offset((number - 1) * PAGE)).all(),
        found=found,
        number=number,
        last=last,
        figures_of=figures,
        slow=_slow(),
        came_back=_came_back(event_ids),
        oldest_minutes=_minutes(figures.oldest),
        stuck=listing.stuck_of(event_ids),
        may_run=_runs(),
        form=ActForm(),
    )


@bp.post("/<int:message_id>/attempts")
def attempt(message_id: int) -> ResponseReturnValue:
    """Let the postman try again."""
    message = queries.by_id(message_id) if message_id < 2**31 else None
    if message is None or not _runs()(message.event_id):
        abort(404)
    shelf = "parked" if message.parked_at else "waiting"
    service.try_again(message, by=by(), now=clock.now())
    return redirect(url_for("outbox_desk.index", shelf=shelf), 303)


def _runs() -> Callable[[int | None], bool]:
    """Whether who works at the desk runs the event of this id, and so may act on its letters.

    Mails about no event are for those who see everything.
    """
    event_ids = accounts.event_ids(organiser(), Right.RUN)
    return lambda event_id: event_ids is None or event_id in event_ids


def _slow() -> tuple[int, str] | None:
    """Where mails leave at a rate: how many wait in the whole portal, and when the last leaves."""
    gap, now = rules.gap(current_app.extensions["portal"].mail_rate), clock.now()
    waiting = queries.figures().waiting if gap else 0
    if gap is None or not waiting:
        return None
    last = rules.last_leaves_at(waiting, gap, now)
    return waiting, f"{last:%H:%M}" if last.date() == now.date() else f"{last:%Y-%m-%d %H:%M}"


def _came_back(event_ids: list[int] | None) -> Figures | None:
    """For those who see everything, where the portal reads its own mailbox."""
    is_read = bool(current_app.extensions["portal"].inbox_url)
    return inbox.figures() if is_read and event_ids is None else None


def _minutes(since: datetime | None) -> int:
    return int((clock.now() - since).total_seconds() // 60) if since else 0
