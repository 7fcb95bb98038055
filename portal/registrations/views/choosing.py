"""The sessions that one chooses: in the form of the event, and later on a page of their own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import cache, clock
from portal.audit.service import REGISTRANT
from portal.db import looking
from portal.events import programme, zones
from portal.extensions import csrf
from portal.forms import Form
from portal.registrations.models import Registration
from portal.registrations.service import choosing as verbs
from portal.registrations.service import repeating
from portal.registrations.views.closed import closed_page
from portal.registrations.views.shared import bp, own_registration
from portal.registrations.way_in import WayIn
from portal.sessions import forms, queries, rules, shown
from portal.sessions.queries import Loads, Mine
from portal.sessions.rules import Load, Offer
from portal.sessions.service import NotFree
from portal.web import personal

AnyForm = TypeVar("AnyForm", bound=Form)


@dataclass(frozen=True, slots=True)
class Offered:
    """The sessions that an event lets people choose, and how many are in them."""

    offers: Sequence[Offer]
    loads: Loads

    @classmethod
    def of(cls, way: WayIn) -> "Offered":
        """As they were counted last."""
        return cls(way.offers, way.loads or {})

    @property
    def full(self) -> frozenset[int]:
        """Those that a newcomer cannot choose now."""
        return frozenset(
            each.id
            for each in self.offers
            if rules.outcome(each, self.loads.get(each.id, Load())) is None
        )

    @property
    def filling(self) -> dict[str, str]:
        """What goes into the blanks of a kept form."""
        return {_blank(number): words for number, words in self._notes.items()}

    def pattern(self, form: type[AnyForm], zone: str) -> type[AnyForm]:
        """The form as it is kept, with a blank beside each session whose places have a limit."""
        limited = [each.id for each in self.offers if each.places is not None]
        blanks = {number: cache.blank(_blank(number)) for number in limited}
        return forms.choosing(form, self.offers, self.loads, zone, blanks)

    def form(self, form: type[AnyForm], zone: str) -> type[AnyForm]:
        """The form as it is now."""
        return forms.choosing(form, self.offers, self.loads, zone, self._notes)

    @property
    def _notes(self) -> dict[int, str]:
        return shown.notes(self.offers, self.loads)


def recognise_repeated(
    form: Form, event_id: int, form_key: str | None, who: Callable[[], Mapping[str, Any]]
) -> None:
    """A double click on the last place of a session gets the same answer twice.

    `who` is asked once the fields are checked, which may write an address in another way.
    """
    if "sessions" in form:
        form["sessions"].was_answered = lambda: repeating.was_answered(event_id, form_key, who())


class SessionsForm(Form):
    """The sessions alone."""


@bp.route("/registrations/<token>/sessions", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing
@personal
def sessions(token: str) -> ResponseReturnValue:
    with looking():
        registration = own_registration(token)
        form = sessions_form(registration)
        if not registration.may_change(clock.now()):
            return closed_page(registration, token)
        if "sessions" not in form:
            return redirect(url_for("registrations.own", token=token))
        if not form.validate_on_submit():
            return _page(registration, form, token)
    registration = own_registration(token)
    try:
        verbs.choose(registration, form.sessions.data, by=REGISTRANT, now=clock.now())
    except NotFree as no:
        anew = sessions_form(registration)
        if anew.validate():
            anew.form_errors = [no.sentence]
        return _page(registration, anew, token)
    return redirect(url_for("registrations.own", token=token, saved="sessions"), 303)


@bp.get("/registrations/<token>/programme")
@personal
def own_programme(token: str) -> ResponseReturnValue:
    """The whole programme, in which one's own sessions are marked."""
    registration = own_registration(token)
    event = registration.event
    mine = queries.of(registration.id) if registration.standing.is_live else []
    return render_template(
        "registrations/programme.html",
        event=event,
        token=token,
        days=programme.programme(event, event.zone),
        zone=zones.choices(event.starts_at, event.zone, event.zone),
        marks={each.offer.id: shown.own_words(each) for each in mine},
        clashes=shown.clashes(mine),
        title=shown.title,
    )


def sessions_form(registration: Registration) -> SessionsForm:
    """As the person stands in them now."""
    event = registration.event
    offers = queries.offered(event.id) if event.chooses else []
    loads, mine = queries.loads(event.id), queries.of(registration.id)
    form = forms.choosing(
        SessionsForm, offers, loads, event.zone, shown.notes(offers, loads, mine), mine
    )
    return form(data={"sessions": chosen(mine)})


def chosen(mine: Sequence[Mine]) -> list[int]:
    """With what the form begins."""
    return [each.offer.id for each in mine if each.state.is_chosen and not each.offer.cancelled]


def _blank(session_id: int) -> str:
    return f"session-{session_id}"


def _page(registration: Registration, form: SessionsForm, token: str) -> ResponseReturnValue:
    page = render_template(
        "registrations/sessions.html",
        form=form, registration=registration, event=registration.event, token=token,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200
