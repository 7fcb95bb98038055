"""The house's own record, with which that of each new event begins."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by, guard, organiser
from portal.protection import service
from portal.protection.editing import edit

bp = Blueprint("protection_house", __name__, url_prefix="/desk/protection")
guard(bp)


@bp.before_request
def _administrators_only() -> None:
    if not organiser().admin:
        abort(403)


@bp.route("/", methods=["GET", "POST"])
def record() -> ResponseReturnValue:
    """What is the same for most events is written once."""

    def keep(facts: dict[str, Any]) -> None:
        service.keep(None, facts, by=by(), now=clock.now())

    editing = edit(None, keep)
    if editing is None:
        return redirect(url_for("protection_house.record", saved="yes"), 303)
    page = render_template("protection/desk/house.html", editing=editing)
    return page, editing.status
