"""One page for every thing: what belongs to it."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by, guard_library
from portal.i18n import translated
from portal.ties import choosing, queries, service
from portal.ties.forms import BelongingForm
from portal.ties.models import Project
from portal.ties.rules import End, Kind

bp = Blueprint("belonging_desk", __name__, url_prefix="/desk/belonging")
guard_library(bp, under="topics_desk")


@bp.route("/<any(event, publication, episode, news, topic, project):what>/<int:number>",
          methods=["GET", "POST"])  # fmt: skip
def belonging(what: str, number: int) -> ResponseReturnValue:
    """Ticks by kind, the tied ones always, the others as one searches for them."""
    end = End(Kind(what), number)
    title = queries.title(end) or abort(404)
    form = BelongingForm()
    if form.validate_on_submit():
        ticked, before = set(form.ticked), form.before
        service.tie(
            end,
            added=[each for each in form.ticked if each not in before],
            removed=[each for each in before if each not in ticked],
            phases=form.phases,
            by=by(),
            now=clock.now(),
        )
        return redirect(_here(end, q=form.q.data or None, saved="yes"), 303)
    sought = form.q.data if form.is_submitted() else request.args.get("q", "")[:100]
    rows = choosing.groups(end, sought or "")
    form.q.data, form.opened.data = sought, choosing.written(rows)
    page = render_template(
        "ties/desk/belonging.html",
        form=form,
        end=end,
        title=translated(title),
        groups=rows,
        sought=sought,
        phases=_phases(end),
        back=choosing.desk_page(end),
        saved=request.args.get("saved") == "yes" and not form.errors,
    )
    return page, 422 if form.errors else 200


def _here(end: End, **asked: Any) -> str:
    return url_for("belonging_desk.belonging", what=end.kind.value, number=end.id, **asked)


def _phases(end: End) -> list[str]:
    """The years of the phases, where it is a project that has any."""
    project = queries.one(Project, end.id) if end.kind is Kind.PROJECT else None
    return [phase["years"] for phase in project.phases] if project else []
