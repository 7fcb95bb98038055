"""The whole house, for administrators and the data protection officer, in numbers."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock, sheets
from portal.accounts.guards import guard, organiser
from portal.keeping import Keeping, inventory
from portal.retention import overview, queries, service
from portal.web import page_number

bp = Blueprint("retention_house", __name__, url_prefix="/desk/protection")
guard(bp)
PAGE = 20


@bp.before_request
def _for_the_officer() -> None:
    """To others it is a page that is not there."""
    if not organiser().admin and not organiser().officer:
        abort(404)


@bp.get("/events")
def index() -> ResponseReturnValue:
    """Every event: what for, on what ground, until when, what is late."""
    now, number, last, found = clock.now(), *_pages(queries.how_many_events)
    events = queries.events_in_turn((number - 1) * PAGE, PAGE)
    return render_template(
        "retention/desk/index.html",
        rows=overview.of(events, now),
        late=[term for term in queries.plan(now) if term.is_overdue(now)],
        now=now, found=found, number=number, last=last,
    )  # fmt: skip


@bp.get("/events.csv")
def as_csv() -> ResponseReturnValue:
    """The same as a sheet, of all events."""
    rows = overview.sheet(clock.now())
    cells = ([str(row[name]) for name in overview.COLUMNS] for row in rows)
    return sheets.csv_response("data-protection", overview.COLUMNS, cells)


@bp.get("/events.json")
def as_json() -> ResponseReturnValue:
    """The same for programs."""
    answer = jsonify({"events": list(overview.sheet(clock.now()))})
    answer.headers["Content-Disposition"] = 'attachment; filename="data-protection.json"'
    return answer


@bp.get("/due")
def due() -> ResponseReturnValue:
    """A dry run: what would be deleted by a day, now or later."""
    typed = request.args.get("day", "")
    at: datetime | None
    try:
        at = overview.end_of(typed) if typed else clock.now()
    except ValueError:
        at = None
    return render_template(
        "retention/desk/due.html",
        terms=queries.plan(at) if at else [],
        beside=service.over_by_own_time(at) if at else {},
        typed=typed, is_wrong=at is None,
        last_moment=at - timedelta(seconds=1) if at else None,
    )  # fmt: skip


@bp.get("/deletions")
def deletions() -> ResponseReturnValue:
    """Everything that was deleted, the latest first."""
    number, last, found = _pages(queries.how_many_deletions)
    return render_template(
        "retention/desk/deletions.html",
        rows=queries.all_deletions((number - 1) * PAGE, PAGE),
        number=number, last=last, found=found,
    )  # fmt: skip


@bp.get("/inventory")
def tables() -> ResponseReturnValue:
    """Everything that the portal holds of people, and when each of it ends."""
    rules = {name: rule for name, rule in inventory().items() if isinstance(rule, Keeping)}
    return render_template("retention/desk/inventory.html", rules=rules)


def _pages(how_many: Callable[[], int]) -> tuple[int, int, int]:
    """(this page, the last page, of how many rows)."""
    number, found = page_number(), how_many()
    last = max(1, math.ceil(found / PAGE))
    if number > last:
        abort(404)
    return number, last, found
