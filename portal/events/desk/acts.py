"""An event at the desk: its facts, and each change as a form, a review, an act, and its letters."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts.guards import by, organiser
from portal.accounts.rules import Right
from portal.errors import Refused
from portal.events import letters as letters_to_us
from portal.events import publication_service, service
from portal.events.desk.publication import publication_page
from portal.events.forms import DetailsForm, MoveOnlineForm, NewTimeForm, OnTheEventsClock
from portal.events.guards import guard_event, needs, own_event
from portal.events.making_forms import PublicationForm, ReasonForm
from portal.events.models import Event
from portal.events.places_shown import whom
from portal.events.rules import Format, State
from portal.forms import ActForm
from portal.i18n import Translated, languages
from portal.registrations import listing, news, plans
from portal.registrations.plans import Plan
from portal.registrations.rules import Status
from portal.registrations.service import line, of_event

bp = Blueprint("events_desk", __name__, url_prefix="/desk/events/<slug>")
guard_event(bp)

Verb = Callable[..., None]
UNASKED = {
    "state": _l("State"),
    "format": _l("How people take part"),
    "venue": _l("Venue"),
    "address": _l("Address"),
    "capacity": _l("Places"),
    "online_capacity": _l("Places online"),
    "registration_opens_at": _l("Registration opens at"),
    "registration_closes_at": _l("Registration closes at"),
    "changes_until": _l("Registrants can change their details until"),
    "withdrawals_until": _l("Registrants can withdraw in time until"),
    "decision_at": _l("People hear whether there is a place for them by"),
}


@bp.get("/")
@needs(Right.LOOK)
def show() -> ResponseReturnValue:
    """How the event stands, and who has not heard of it yet."""
    event, now = own_event(), clock.now()
    letters_now = news.letters_waiting([event]).get(event.id, 0)
    return render_template(
        "events/desk/show.html",
        event=event,
        counts=listing.figures(event, with_forgotten=True),
        Status=Status,
        State=State,
        is_over=event.is_over(now),
        checklist=service.checklist(event, now) if event.state is State.DRAFT else [],
        replies=listing.replies(event),
        division=listing.division(event, now),
        whom=whom,
        stillness=line.why_it_stands(event, now),
        languages_of_pages=languages(),
        saved=request.args.get("saved") == "yes",
        letters_now=letters_now,
        letters_due=listing.letters_due_of([event.id]).get(event.id, 0),
        form=ActForm(),
    )


@bp.route("/details", methods=["GET", "POST"])
def details() -> ResponseReturnValue:
    """Time, place, the way in, places and registration."""
    if own_event().state is State.CANCELLED:
        raise Refused(_("A cancelled event stays as it is."))
    return _two_steps("events/desk/details.html", DetailsForm, _change)


@bp.route("/publication", methods=["GET", "POST"])
def publication() -> ResponseReturnValue:
    """A draft goes public as it is; a postponed event takes place at its new time."""
    event = own_event()
    if event.state is State.POSTPONED:
        return _two_steps("events/desk/new_time.html", NewTimeForm, _publish_again)
    if event.state is State.DRAFT:
        return _publish_draft(event)
    raise Refused(_("Only a draft can be published."))


@bp.route("/postponement", methods=["GET", "POST"])
def postponement() -> ResponseReturnValue:
    service.ensure_postponable(own_event(), clock.now())
    return _one_step("events/desk/postponement.html", plans.of_postponing, service.postpone)


@bp.route("/cancellation", methods=["GET", "POST"])
def cancellation() -> ResponseReturnValue:
    service.ensure_cancellable(own_event(), clock.now())
    return _one_step("events/desk/cancellation.html", plans.of_cancelling, service.cancel)


@bp.route("/move-online", methods=["GET", "POST"])
def move_online() -> ResponseReturnValue:
    """Everybody takes part online; the joining link may follow."""
    event = own_event()
    if event.state is State.CANCELLED or event.format is Format.ONLINE:
        raise Refused(_("Only an event with a place, and not cancelled, can be moved online."))
    return _two_steps("events/desk/move_online.html", MoveOnlineForm, _change)


@bp.post("/letters")
def letters() -> ResponseReturnValue:
    """Tell now: do not wait for ten quiet minutes."""
    event = service.locked(own_event().id)
    service.tell_now(event, by=by(), now=clock.now())
    return _to_event()


def _two_steps(
    template: str, make: Callable[[Event], OnTheEventsClock], act: Verb
) -> ResponseReturnValue:
    """The form, then what it would do, then the act; going back to the form loses nothing."""
    step = request.form.get("step")
    if step == "act":
        service.locked(own_event().id)  # read anew, before it is asked who changed it meanwhile
    form = make(own_event())
    if form.is_outdated:
        return render_template(template, event=own_event(), form=form), 409
    if not form.validate_on_submit() or step == "form":
        page = render_template(template, event=own_event(), form=form)
        return page, 422 if form.errors else 200
    if step == "act":
        act(own_event(), form.facts)
        return _to_event()
    plan = _plan(form.facts)
    return render_template(
        "events/desk/review.html",
        event=own_event(),
        plan=plan,
        changed=[_field_words(form, name) for name in plan.fields if name not in plan.void],
        void=[_field_words(form, name) for name in plan.void],
        form=form,
        sent=_sent_again(form),
    )


def _field_words(form: OnTheEventsClock, name: str) -> str:
    """Also of what an act changes without asking."""
    return str(form[name].label.text) if name in form else str(UNASKED[name])


def _sent_again(form: OnTheEventsClock) -> list[tuple[str, str]]:
    """What was typed, for the next step."""
    given = request.form.items(multi=True)
    return [(name, value) for name, value in given if name in form and name != "csrf_token"]


def _one_step(
    template: str, make_plan: Callable[[Event, Translated], Plan], verb: Verb
) -> ResponseReturnValue:
    """A page that says what will happen and to how many, in which words, and the act."""
    form = ReasonForm()
    wants_to_look = request.form.get("step") == "look"
    if form.validate_on_submit() and not wants_to_look:
        verb(service.locked(own_event().id), reason=form.reason.data, by=by(), now=clock.now())
        return _to_event()
    plan = make_plan(own_event(), form.reason.data)
    page = render_template(template, event=own_event(), plan=plan, form=form)
    return page, 422 if form.errors else 200


def _publish_draft(event: Event) -> ResponseReturnValue:
    """Now or at a time; by oneself, or with a colleague's approval where the setting asks."""
    now, needs_approval = clock.now(), current_app.extensions["portal"].publish_approval
    form = PublicationForm(event)
    if form.validate_on_submit():
        verb = publication_service.ask if needs_approval else publication_service.publish
        verb(service.locked(event.id), form.at, by=by(), now=now)
        if needs_approval:
            colleagues = accounts.who_else_runs(event.id, organiser())
            letters_to_us.tell(colleagues, letters_to_us.ASKED, event, who=organiser(), now=now)
        return _to_event()
    return publication_page(event, form), 422 if form.errors else 200


def _plan(facts: dict[str, Any]) -> Plan:
    event, now = own_event(), clock.now()
    if event.state is State.POSTPONED and "starts_at" in facts:
        facts = facts | {"state": State.PUBLISHED} | service.void_dates(event, facts, now)
    return plans.of_change(event, facts, now)


def _change(event: Event, facts: dict[str, Any]) -> None:
    tell = request.form.get("tell") == "yes"
    of_event.change(event, facts, tell=tell, by=by(), now=clock.now())


def _publish_again(event: Event, facts: dict[str, Any]) -> None:
    of_event.take_up(event, facts, by=by(), now=clock.now())


def _to_event() -> ResponseReturnValue:
    return redirect(url_for("events_desk.show", slug=own_event().slug), 303)
