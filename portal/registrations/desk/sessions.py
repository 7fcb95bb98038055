"""The sessions that people choose, at the desk: how full they are, and who is put into them."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from portal import clock
from portal.accounts.guards import by
from portal.accounts.rules import Right
from portal.events.guards import guard_event, needs, own_event
from portal.forms import Form
from portal.registrations import listing
from portal.registrations.desk.common import back, one
from portal.registrations.models import Registration
from portal.registrations.service import choosing
from portal.sessions import forms, queries, shown
from portal.sessions.rules import Load, State
from portal.sessions.service import NotFree

bp = Blueprint("sessions_desk", __name__, url_prefix="/desk/events/<slug>")
guard_event(bp)


class PersonsSessionsForm(Form):
    """The sessions of one person, as an organiser sets them."""

    beyond = BooleanField(
        _l("Give a place also where the session is full"),
        description=_l("Before everybody who waits, and beyond the number of places."),
    )


@bp.get("/sessions/")
@needs(Right.PEOPLE)
def index() -> ResponseReturnValue:
    """Each session with its places, and its line by name."""
    event = own_event()
    offers = queries.offered(event.id) if event.chooses else []
    lines = queries.lines(event.id) if offers else {}
    people = listing.some(event, [number for line in lines.values() for number in line])
    return render_template(
        "registrations/desk/sessions.html",
        event=event,
        offers=offers,
        loads=queries.loads(event.id) if offers else {},
        nobody=Load(),
        wishes=queries.wishes(event.id) if offers else {},
        lines=lines,
        people={each.id: each for each in people},
        when=shown.time_and_room,
    )


@bp.route("/registrations/<int:registration_id>/sessions", methods=["GET", "POST"])
def person(registration_id: int) -> ResponseReturnValue:
    """Put somebody into sessions, or take them out; they are told."""
    registration = one(registration_id)
    form = _form(registration)
    if "sessions" not in form or not form.validate_on_submit():
        return _page(registration, form), 422 if form.errors else 200
    try:
        choosing.put_into(
            registration, form.sessions.data, beyond=form.beyond.data, by=by(), now=clock.now()
        )
    except NotFree as no:
        form.sessions.errors = [no.sentence]
        return _page(registration, form), 422
    return back(registration_id)


def _form(registration: Registration) -> PersonsSessionsForm:
    event = own_event()
    offers = queries.offered(event.id) if event.chooses else []
    loads, mine = queries.loads(event.id), queries.of(registration.id)
    notes = _notes(mine) | {
        each.id: shown.place_words(each, loads.get(each.id, Load()))
        for each in offers
        if each.id not in {one.offer.id for one in mine}
    }
    chosen = [each.offer.id for each in mine if each.state.is_chosen and not each.offer.cancelled]
    form = forms.choosing(
        PersonsSessionsForm, offers, loads, event.zone, notes, mine, beyond=True,
        label=_l("Sessions"),
    )  # fmt: skip
    return form(data={"sessions": chosen})


def _notes(mine: list[queries.Mine]) -> dict[int, str]:
    """How the person stands in their sessions, as an organiser reads it."""
    words = {
        State.PLACE: _("Has a place"),
        State.LINE: _("Waits for a place"),
        State.WISH: _("Decided with their place at the event"),
        State.MISSED: _("It was full when they got their place at the event"),
    }
    return {each.offer.id: words.get(each.state, "") for each in mine}


def _page(registration: Registration, form: PersonsSessionsForm) -> str:
    return render_template(
        "registrations/desk/person_sessions.html",
        event=own_event(), registration=registration, form=form,
    )  # fmt: skip
