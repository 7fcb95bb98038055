"""An event at the desk: its facts, and each change as a form, a review, an act, and its letters."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.guards import by
from portal.accounts.rules import Right
from portal.errors import Refused
from portal.events import service
from portal.events.forms import DetailsForm, NewTimeForm, OnTheEventsClock
from portal.events.guards import guard_event, needs, own_event
from portal.events.models import Event
from portal.events.rules import State
from portal.forms import ActForm
from portal.registrations import listing, news, plans
from portal.registrations.plans import Plan
from portal.registrations.rules import Status

bp = Blueprint("events_desk", __name__, url_prefix="/desk/events/<slug>")
guard_event(bp)

Verb = Callable[..., None]


@bp.get("/")
@needs(Right.LOOK)
def show() -> ResponseReturnValue:
    """How the event stands, and who has not heard of it yet."""
    event, now = own_event(), clock.now()
    letters_now = news.letters_waiting([event]).get(event.id, 0)
    return render_template(
        "events/desk/show.html",
        event=event,
        counts=listing.figures(event),
        Status=Status,
        State=State,
        is_over=event.is_over(now),
        letters_now=letters_now,
        letters_due=listing.letters_due_of([event.id]).get(event.id, 0),
        form=ActForm(),
    )


@bp.route("/details", methods=["GET", "POST"])
def details() -> ResponseReturnValue:
    """Time, place, the way in, places and registration."""
    if own_event().state is State.CANCELLED:
        raise Refused(_("A cancelled event stays as it is."))
    return _two_steps("events/desk/details.html", DetailsForm(own_event()), _change)


@bp.route("/publication", methods=["GET", "POST"])
def publication() -> ResponseReturnValue:
    """A draft goes public as it is; a postponed event takes place at its new time."""
    event = own_event()
    if event.state is State.POSTPONED:
        return _two_steps("events/desk/new_time.html", NewTimeForm(event), _publish_again)
    return _one_step("events/desk/publication.html", None, service.publish)


@bp.route("/postponement", methods=["GET", "POST"])
def postponement() -> ResponseReturnValue:
    plan = plans.of_postponing(own_event())
    return _one_step("events/desk/postponement.html", plan, service.postpone)


@bp.route("/cancellation", methods=["GET", "POST"])
def cancellation() -> ResponseReturnValue:
    plan = plans.of_cancelling(own_event())
    return _one_step("events/desk/cancellation.html", plan, service.cancel)


@bp.post("/letters")
def letters() -> ResponseReturnValue:
    """Tell now: do not wait for ten quiet minutes."""
    event = service.locked(own_event().id)
    service.tell_now(event, by=by(), now=clock.now())
    return _to_event()


def _two_steps(template: str, form: OnTheEventsClock, act: Verb) -> ResponseReturnValue:
    """The form, then what it would do, then the act; going back to the form loses nothing."""
    step = request.form.get("step")
    if not form.validate_on_submit() or step == "form":
        page = render_template(template, event=own_event(), form=form)
        return page, 422 if form.errors else 200
    if step == "act":
        service.locked(own_event().id)  # read anew, before it is asked who changed it meanwhile
    if form.is_outdated:
        raise Refused(_("Somebody else has changed the event meanwhile. Open the form again."))
    if step == "act":
        act(own_event(), form.facts)
        return _to_event()
    plan = _plan(form.facts)
    return render_template(
        "events/desk/review.html",
        event=own_event(),
        plan=plan,
        changed=[_field_words(form, name) for name in plan.fields],
        form=form,
        sent=_sent_again(form),
    )


def _field_words(form: OnTheEventsClock, name: str) -> str:
    return _("State") if name == "state" else str(form[name].label.text)


def _sent_again(form: OnTheEventsClock) -> list[tuple[str, str]]:
    """What was typed, for the next step."""
    given = request.form.items(multi=True)
    return [(name, value) for name, value in given if name in form and name != "csrf_token"]


def _one_step(template: str, plan: Plan | None, verb: Verb) -> ResponseReturnValue:
    """A page that says what will happen and to how many, and the act."""
    form = ActForm()
    if form.validate_on_submit():
        verb(service.locked(own_event().id), by=by(), now=clock.now())
        return _to_event()
    return render_template(template, event=own_event(), plan=plan, form=form)


def _plan(facts: dict[str, Any]) -> Plan:
    event = own_event()
    if event.state is State.POSTPONED and "starts_at" in facts:
        facts = facts | {"state": State.PUBLISHED}
    return plans.of_change(event, facts, clock.now())


def _change(event: Event, facts: dict[str, Any]) -> None:
    tell = request.form.get("tell") == "yes"
    service.change(event, facts, tell=tell, by=by(), now=clock.now())


def _publish_again(event: Event, facts: dict[str, Any]) -> None:
    service.take_up(event, facts, by=by(), now=clock.now())


def _to_event() -> ResponseReturnValue:
    return redirect(url_for("events_desk.show", slug=own_event().slug), 303)
