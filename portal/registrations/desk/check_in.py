"""The door of an event: people are found by name and checked in with one press."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row as Result

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts.guards import by
from portal.events.guards import guard_event, own_event
from portal.events.models import Event
from portal.forms import ActForm
from portal.registrations import listing, rules
from portal.registrations.desk.common import id_of, one
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.registrations.service import by_hand, presence

bp = Blueprint("check_in_desk", __name__, url_prefix="/desk/events/<slug>/check-in")
guard_event(bp)


@bp.get("/")
def index() -> ResponseReturnValue:
    """Everybody with a place; who is searched for is found whatever their status."""
    event, words = own_event(), request.args.get("q", "")
    wish = listing.wish_of({"q": words, "status": "" if words.strip() else "confirmed"})
    people = listing.page(event, wish or abort(404), 1)
    return _page(people, words=words, done=_just_done(event), is_cut=len(people) == listing.PAGE)


@bp.get("/<int:registration_id>")
def show(registration_id: int) -> ResponseReturnValue:
    """One person alone, under an address of their own."""
    return _page([one(registration_id)])


@bp.post("/<int:registration_id>/arrival")
def arrival(registration_id: int) -> ResponseReturnValue:
    is_new = presence.check_in(one(registration_id), by=by(), now=clock.now())
    return _next("checked_in" if is_new else "was_here", registration_id)


@bp.post("/<int:registration_id>/removal")
def removal(registration_id: int) -> ResponseReturnValue:
    presence.remove(one(registration_id), by=by(), now=clock.now())
    return _next("removed", registration_id)


def _next(news: str, registration_id: int) -> ResponseReturnValue:
    """An empty search, with what was just done above it."""
    slug, index = own_event().slug, "check_in_desk.index"
    return redirect(
        url_for(index, slug=slug, person=registration_id, news=news, _anchor="main"), 303
    )


def _just_done(event: Event) -> Registration | None:
    typed = request.args.get("person", "")
    return listing.one(event, id_of(typed)) if typed else None


def _page(people: Sequence[Result[Any] | Registration], **facts: Any) -> str:
    event, now = own_event(), clock.now()
    return render_template(
        "registrations/desk/check_in.html",
        event=event,
        people=people,
        figures_of=listing.figures(event),
        may_be_checked_in=lambda person: rules.may_be_checked_in(
            status=Status(person.status),
            event_state=event.state.value,
            starts_at=event.starts_at,
            now=now,
        ),
        is_open=now >= event.starts_at - rules.CHECK_IN_BEFORE,
        is_open_to_entries=by_hand.is_open(event, now),
        names=accounts.names_of(
            {each.checked_in_by for each in people if each.checked_in_by is not None}
        ),
        form=ActForm(),
        **facts,
    )
