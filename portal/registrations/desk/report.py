"""The report of an online meeting: a dry run first, then one act."""

import math

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, labels
from portal.accounts.guards import by
from portal.events.guards import guard_event, own_event
from portal.forms import ActForm
from portal.registrations import comparing, queries
from portal.registrations.comparing import Fate, Plan
from portal.registrations.desk.common import LARGEST_ID
from portal.registrations.desk.forms import MOST_MINUTES, ReportForm
from portal.registrations.models import AttendanceReport
from portal.registrations.service import presence
from portal.web import page_number, takes_files

bp = Blueprint("report_desk", __name__, url_prefix="/desk/events/<slug>/attendance-report")
guard_event(bp)

PAGE = 100


@bp.route("/", methods=["GET", "POST"])
@takes_files
def index() -> ResponseReturnValue:
    """Hand in a file; nothing is noted by it."""
    event, now = own_event(), clock.now()
    form = ReportForm(event)
    if form.validate_on_submit():
        kept = presence.keep_report(event, form.people, by=by(), now=now)
        return _to(kept.id, form.minutes.data or 1)
    page = render_template(
        "registrations/desk/report.html", event=event, form=form, has_begun=event.starts_at <= now
    )
    return page, 422 if form.errors else 200


@bp.get("/<int:report_id>")
def show(report_id: int) -> ResponseReturnValue:
    """What would become of everybody in the report."""
    event, minutes = own_event(), _minutes(request.args.get("minutes", ""))
    planned = _plan(_one(report_id), minutes)
    fate, number = request.args.get("fate", ""), page_number()
    if fate and fate not in set(Fate):
        abort(404)
    rows = [each for each in planned if not fate or each.fate == fate]
    last = max(1, math.ceil(len(rows) / PAGE))
    if number > last:
        abort(404)
    return render_template(
        "registrations/desk/report_plan.html",
        event=event,
        report_id=report_id,
        minutes=minutes,
        changed=request.args.get("now") == "yes",
        counts=comparing.counts(planned),
        unsure=[each for each in planned if each.fate is Fate.UNSURE],
        mark=comparing.mark(planned),
        rows=rows[(number - 1) * PAGE : number * PAGE],
        fate=fate,
        number=number,
        last=last,
        labels=labels,
        form=ActForm(),
    )


@bp.post("/<int:report_id>/attendance")
def attendance(report_id: int) -> ResponseReturnValue:
    """Note what was shown, and who was ticked; where it would be something else now, show that."""
    event, minutes = own_event(), _minutes(request.form.get("minutes", ""))
    planned = _plan(_one(report_id), minutes)
    if request.form.get("mark") != comparing.mark(planned):
        return _to(report_id, minutes, now="yes")
    sure = {each.candidates[0][0] for each in planned if each.fate is Fate.ATTENDED}
    count = presence.take_over(event, sure | _ticked(planned), by=by(), now=clock.now())
    where = url_for("registrations_desk.index", slug=event.slug, attended="yes", noted=count)
    return redirect(where, 303)


@bp.post("/<int:report_id>/removal")
def removal(report_id: int) -> ResponseReturnValue:
    which = AttendanceReport.id == _one(report_id).id
    presence.forget_reports(which, by=by(), now=clock.now())
    return redirect(url_for("report_desk.index", slug=own_event().slug), 303)


def _ticked(planned: list[Plan]) -> set[int]:
    """Of those whom only a person can tell apart, whom the organiser knew again."""
    offered = {
        f"{each.stay.nth}-{key}": key
        for each in planned
        if each.fate is Fate.UNSURE
        for key, _name in each.candidates
    }
    return {offered[typed] for typed in request.form.getlist("same") if typed in offered}


def _plan(kept: AttendanceReport, minutes: int) -> list[Plan]:
    return comparing.plan(own_event(), queries.stays(kept), minutes)


def _one(report_id: int) -> AttendanceReport:
    return queries.report(own_event().id, min(report_id, LARGEST_ID)) or abort(404)


def _minutes(typed: str) -> int:
    """As our own pages send it; no such page for any other."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
        event = own_event()
        return abort(404) if typed else comparing.half(event.starts_at, event.ends_at)
    return min(max(int(typed), 1), MOST_MINUTES)


def _to(report_id: int, minutes: int, **facts: str) -> ResponseReturnValue:
    address = {"slug": own_event().slug, "report_id": str(report_id), "minutes": str(minutes)}
    return redirect(url_for("report_desk.show", **address, **facts), 303)  # type: ignore[arg-type]
