"""An event handed on, to its next edition or to a template of the house; a draft deleted."""

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by, organiser
from portal.events import editions_service, service
from portal.events.guards import guard_event, own_event
from portal.events.making_forms import EditionForm, TemplateForm
from portal.forms import ActForm
from portal.i18n import translated
from portal.papers import service as papers
from portal.questions import service as questions
from portal.reminders import service as reminders
from portal.wall_clock import moved

bp = Blueprint("events_editions", __name__, url_prefix="/desk/events/<slug>")
guard_event(bp)

A_YEAR = timedelta(weeks=52)
"""To the same day of the week."""


@bp.route("/edition", methods=["GET", "POST"])
def edition() -> ResponseReturnValue:
    """Title, address and time of the next edition; the rest comes along, but no people."""
    event, now = own_event(), clock.now()
    years = 1
    while moved(event.starts_at, A_YEAR * years, event.zone) <= now:
        years += 1
    then = {
        name: moved(getattr(event, name), A_YEAR * years, event.zone)
        for name in ("starts_at", "ends_at")
    }
    form = EditionForm(event, data={"title": event.title} | then)
    if form.validate_on_submit():
        made = editions_service.make_next(
            event, form.facts, organiser=organiser(), by=by(), now=now
        )
        reminders.copy(event, made, by=by(), now=now)
        questions.copy(event, made, by=by(), now=now)
        papers.copy(event, made, by=by(), now=now)
        return redirect(url_for("events_desk.show", slug=made.slug), 303)
    page = render_template("events/desk/edition.html", event=event, form=form)
    return page, 422 if form.errors else 200


@bp.route("/template", methods=["GET", "POST"])
def template() -> ResponseReturnValue:
    """For administrators: the event as a template, without its people."""
    if not organiser().admin:
        abort(403)
    event = own_event()
    form = TemplateForm(data={"name": translated(event.title)} if request.method == "GET" else None)
    if form.validate_on_submit():
        editions_service.keep_template(event, form.name.data, by=by(), now=clock.now())
        return redirect(url_for("events_making.templates"), 303)
    page = render_template("events/desk/template.html", event=event, form=form)
    return page, 422 if form.errors else 200


@bp.route("/removal", methods=["GET", "POST"])
def removal() -> ResponseReturnValue:
    """A draft that nobody wants any more; its address is free again."""
    event, form = own_event(), ActForm()
    if form.validate_on_submit():
        editions_service.remove(service.locked(event.id), by=by(), now=clock.now())
        return redirect(url_for("desk.front"), 303)
    editions_service.ensure_removable(event)
    return render_template("events/desk/removal.html", event=event, form=form)
