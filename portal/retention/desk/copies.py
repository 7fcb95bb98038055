"""Lists that one took out oneself, and to say that they are deleted."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by, guard, organiser
from portal.db import LARGEST_ID
from portal.forms import ActForm
from portal.retention import queries, service

bp = Blueprint("exports_desk", __name__, url_prefix="/desk/copies")
guard(bp)


@bp.get("/")
def index() -> ResponseReturnValue:
    """Those that may still be there first."""
    return render_template(
        "retention/desk/copies.html",
        exports=queries.exports_by(organiser().id),
        now=clock.now(),
        form=ActForm(),
    )


@bp.post("/<int:export_id>/deletion")
def deletion(export_id: int) -> ResponseReturnValue:
    """“It is deleted.”"""
    found = queries.own_export(export_id, organiser().id) if export_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    service.is_gone(found, by=by(), now=clock.now())
    return redirect(url_for("exports_desk.index"), 303)
