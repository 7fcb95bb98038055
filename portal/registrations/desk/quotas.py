"""Places that are kept, at the desk: how each quota stands, and its form."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by
from portal.errors import Refused
from portal.events import queries as event_queries
from portal.events import service as events
from portal.events.guards import guard_event, own_event
from portal.events.models import Quota
from portal.events.places_shown import whom
from portal.events.rules import State
from portal.forms import ActForm
from portal.registrations import listing
from portal.registrations.desk.common import LARGEST_ID
from portal.registrations.desk.quota_forms import QuotaForm
from portal.registrations.service import quotas as service

bp = Blueprint("quotas_desk", __name__, url_prefix="/desk/events/<slug>/quotas")
guard_event(bp)


@bp.get("/")
def index() -> ResponseReturnValue:
    event, now = own_event(), clock.now()
    return render_template(
        "registrations/desk/quotas.html",
        event=event,
        division=listing.division(event, now),
        whom=whom,
        is_open=event.state is not State.CANCELLED and not event.is_over(now),
    )


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    event = own_event()
    form = QuotaForm(event, None)
    if form.validate_on_submit() and _is_taken(
        form, lambda: service.add(event, form.facts, by=by(), now=clock.now())
    ):
        return _to_list()
    return _form_page(form, None)


@bp.route("/<int:quota_id>", methods=["GET", "POST"])
def quota(quota_id: int) -> ResponseReturnValue:
    """Of two at one form the second sees what the first changed."""
    found = _one(quota_id)
    form = QuotaForm(own_event(), found)
    if form.is_outdated:
        return _form_page(form, found, 409)
    if form.validate_on_submit() and _is_taken(
        form, lambda: service.change(found, form.facts, by=by(), now=clock.now())
    ):
        return _to_list()
    return _form_page(form, found)


@bp.route("/<int:quota_id>/removal", methods=["GET", "POST"])
def removal(quota_id: int) -> ResponseReturnValue:
    found, form = _one(quota_id), ActForm()
    if form.validate_on_submit():
        service.remove(found, by=by(), now=clock.now())
        return _to_list()
    division = listing.division(own_event(), clock.now())
    standing = next(
        each for each in (division.standings() if division else ()) if each.quota.id == found.id
    )
    return render_template(
        "registrations/desk/quota_removal.html",
        event=own_event(), form=form, standing=standing, name=whom(found.kept),
    )  # fmt: skip


def _one(quota_id: int) -> Quota:
    """The quota of this event; where this request may change it, under the event's lock."""
    event = own_event()
    if request.method == "POST":
        event = events.locked(event.id)
    return event_queries.quota(event.id, min(quota_id, LARGEST_ID)) or abort(404)


def _is_taken(form: QuotaForm, save: Callable[[], object]) -> bool:
    """Save it; what is refused is said on the form, with all that was typed."""
    try:
        save()
    except Refused as refused:
        form.form_errors = [refused.sentence]
        return False
    return True


def _form_page(form: QuotaForm, found: Quota | None, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "registrations/desk/quota.html",
        event=own_event(), form=form, quota=found, name=whom(found.kept) if found else "",
    )  # fmt: skip
    return page, 422 if form.errors and status == 200 else status


def _to_list() -> ResponseReturnValue:
    return redirect(url_for("quotas_desk.index", slug=own_event().slug), 303)
