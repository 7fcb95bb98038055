"""An event's programme at the desk: sessions are added, moved, cancelled, and told."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.guards import by
from portal.accounts.rules import Right
from portal.errors import Refused
from portal.events import programme_queries as queries
from portal.events import programme_service as verbs
from portal.events import service
from portal.events.guards import guard_event, needs, own_event
from portal.events.models import Session
from portal.events.programme import days_at_the_desk
from portal.events.programme_forms import CancelSessionForm, SessionForm
from portal.events.rules import SessionKind, State, lies_within, overlapping
from portal.forms import ActForm
from portal.i18n import translated
from portal.registrations import news, plans
from portal.registrations.plans import Plan
from portal.registrations.service import choosing
from portal.sessions import queries as sessions

bp = Blueprint("programme_desk", __name__, url_prefix="/desk/events/<slug>/programme")
guard_event(bp)


@bp.get("/")
@needs(Right.EDIT)
def index() -> ResponseReturnValue:
    event = own_event()
    sessions = queries.sessions(event)
    return render_template(
        "events/desk/programme.html",
        event=event,
        State=State,
        days=days_at_the_desk(sessions, event.zone),
        overlaps=_overlaps(sessions),
        letters_now=news.letters_waiting([event]).get(event.id, 0),
        form=ActForm(),
    )


@bp.route("/new", methods=["GET", "POST"])
@needs(Right.EDIT)
def new() -> ResponseReturnValue:
    _hold()
    event = own_event()
    _ensure_open()
    starts_at = max((each.ends_at for each in event.sessions), default=event.starts_at)
    starts_at = starts_at if starts_at < event.ends_at else event.starts_at
    form = SessionForm(event, None, queries.speakers(event), starts_at=starts_at)

    def add(tell: bool) -> None:
        verbs.add_session(event, form.facts, tell=tell, by=by(), now=clock.now())

    return _two_steps(form, None, add)


@bp.route("/<int:session_id>", methods=["GET", "POST"])
@needs(Right.EDIT)
def session(session_id: int) -> ResponseReturnValue:
    _hold()
    _ensure_open()
    event, speakers = own_event(), queries.speakers(own_event())
    found = _one(session_id)
    form = SessionForm(event, found, speakers, has_people=sessions.is_chosen(found.id))

    def change(tell: bool) -> None:
        choosing.change_session(found, form.facts, tell=tell, by=by(), now=clock.now())

    return _two_steps(form, found, change)


@bp.route("/<int:session_id>/cancellation", methods=["GET", "POST"])
@needs(Right.EDIT)
def cancellation(session_id: int) -> ResponseReturnValue:
    """It will not be held: the page says so, with a word why."""
    _hold()
    found, form = _one(session_id), CancelSessionForm()
    if form.validate_on_submit():
        verbs.cancel_session(found, form.why.data, by=by(), now=clock.now())
        return _to_programme()
    plan = _plan({"cancelled_at": clock.now()}, found)
    return _act_page("events/desk/session_cancellation.html", found, form, plan)


@bp.route("/<int:session_id>/return", methods=["GET", "POST"])
@needs(Right.EDIT)
def comes_back(session_id: int) -> ResponseReturnValue:
    """A cancelled session is held after all."""
    _hold()
    found, form = _one(session_id), ActForm()
    if form.validate_on_submit():
        choosing.revive_session(found, by=by(), now=clock.now())
        return _to_programme()
    event = own_event()
    fits = lies_within(found, event, event.zone)
    plan = _plan({"cancelled_at": None}, found) if fits else None
    return _act_page("events/desk/session_return.html", found, form, plan)


@bp.route("/<int:session_id>/removal", methods=["GET", "POST"])
@needs(Right.EDIT)
def removal(session_id: int) -> ResponseReturnValue:
    """Of a draft only."""
    _hold()
    found, form = _one(session_id), ActForm()
    if form.validate_on_submit():
        verbs.delete_session(found, by=by(), now=clock.now())
        return _to_programme()
    return _act_page("events/desk/session_removal.html", found, form, None)


@bp.post("/<int:session_id>/place")
@needs(Right.EDIT)
def place(session_id: int) -> ResponseReturnValue:
    """One further up or down among those that begin at the same time."""
    _hold()
    earlier = request.form.get("to") == "earlier"
    verbs.place_session(_one(session_id), earlier=earlier, by=by(), now=clock.now())
    return _to_programme()


def _two_steps(
    form: SessionForm, found: Session | None, act: Callable[[bool], None]
) -> ResponseReturnValue:
    """The form; what it would do, if somebody is to be told; then the act."""
    step = request.form.get("step")
    if form.is_outdated:
        return _form_page(form, found), 409
    if not form.validate_on_submit() or step == "form":
        return _form_page(form, found), 422 if form.errors else 200
    plan = _plan(form.facts, found)
    if step == "act" or not (plan.letters or plan.clashes):
        act(request.form.get("tell") == "yes")
        return _to_programme()
    return render_template(
        "events/desk/session_review.html",
        event=own_event(),
        session=found,
        plan=plan,
        form=form,
        sent=_sent_again(),
    )


def _form_page(form: SessionForm, found: Session | None) -> str:
    return render_template(
        "events/desk/session.html", event=own_event(), session=found, form=form, State=State
    )


def _act_page(
    template: str, found: Session, form: ActForm | CancelSessionForm, plan: Plan | None
) -> ResponseReturnValue:
    page = render_template(template, event=own_event(), session=found, form=form, plan=plan)
    return page, 422 if form.errors else 200


def _plan(facts: dict[str, Any], found: Session | None) -> Plan:
    event = own_event()
    number = found.id if found else verbs.NEW
    return plans.of_programme(event, verbs.planned(event, facts, number), clock.now())


def _overlaps(sessions: Sequence[Session]) -> list[tuple[str, str]]:
    """Titles of sessions that cannot both be heard, where one is for everybody."""
    held = [each for each in sessions if each.cancelled_at is None]
    return [
        (translated(first.title), translated(then.title))
        for first, then in overlapping(held)
        if SessionKind.PLENARY in (first.kind, then.kind)
    ]


def _sent_again() -> list[tuple[str, str]]:
    """What was typed, for the next step."""
    mine = ("csrf_token", "step", "tell")
    return [pair for pair in request.form.items(multi=True) if pair[0] not in mine]


def _hold() -> None:
    """Who writes reads anew under the lock, and sees what somebody else did meanwhile."""
    if request.method == "POST":
        service.locked(own_event().id)


def _ensure_open() -> None:
    if own_event().state is State.CANCELLED:
        raise Refused(_("A cancelled event stays as it is."))


def _one(session_id: int) -> Session:
    return queries.session(own_event(), session_id) or abort(404)


def _to_programme() -> ResponseReturnValue:
    return redirect(url_for("programme_desk.index", slug=own_event().slug), 303)
