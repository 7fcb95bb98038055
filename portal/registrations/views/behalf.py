"""Somebody registers others: one, or several colleagues in one form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.db import looking
from portal.events import places_shown
from portal.events import service as event_service
from portal.events.models import Event
from portal.events.rules import Entrance, Places
from portal.extensions import csrf, limiter
from portal.limits import rate
from portal.registrations import office_letters, queries, way_in
from portal.registrations.behalf_forms import MOST, Colleague, OfficeForm
from portal.registrations.rules import notice_version
from portal.registrations.service import Sent, behalf
from portal.registrations.service.behalf import NotAll, Registered
from portal.registrations.service.contacts import OFFICE
from portal.registrations.views.choosing import Offered, recognise_repeated
from portal.registrations.views.registering import places_words
from portal.registrations.views.shared import bp, may_write_to, moved_event, public_event
from portal.text import masked
from portal.web import personal


@bp.route("/events/<slug>/register/for-somebody", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing that was typed
@limiter.limit(rate("register"), methods=["POST"])
@personal
def for_somebody(slug: str) -> ResponseReturnValue:
    return _register_others(slug, 1)


@bp.route("/events/<slug>/register/group", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit(rate("register"), methods=["POST"])
@personal
def group(slug: str) -> ResponseReturnValue:
    return _register_others(slug, MOST)


@bp.get("/events/<slug>/register/others")
@personal
def others_answer(slug: str) -> ResponseReturnValue:
    """Who of the form got what at that moment; letters say the rest."""
    event, answered = public_event(slug), session.get("others")
    if not answered or answered[0] != slug:
        return redirect(url_for("events.show", slug=event.slug))
    return render_template(
        "registrations/others_answer.html", event=event, address=answered[1], people=answered[2]
    )


def _register_others(slug: str, most: int) -> ResponseReturnValue:
    with looking():
        found = queries.entrance(slug, clock.now()) or moved_event(slug)
        event = public_event(slug)
        if not found[0].door(found[1], clock.now()).lets_in and request.method != "POST":
            return redirect(url_for("registrations.register", slug=slug))
        form = office_form(event, found[0], most)
        if request.method == "POST" and form.rearranges(event):
            return others_page(event, found, form)
        if not form.validate_on_submit():
            return others_page(event, found, form)
    return _send(event, form)


def office_form(event: Event, entrance: Entrance, most: int) -> OfficeForm:
    """For so many people, each with the sessions among which they choose."""
    person = Offered.of(way_in.of(entrance, clock.now())).form(Colleague, event.zone)
    form = OfficeForm(event, most, person)
    for each in form.people if request.method == "POST" else ():
        who = partial(each.known_by, form)
        recognise_repeated(each, event.id, form.form_key.data, who)
    return form


def _send(event: Event, form: OfficeForm) -> ResponseReturnValue:
    letters = Letters.of(form)
    entrance = event_service.held(event.id)
    now = clock.now()  # under the lock, so that moments of arrival rise as the line does
    try:
        registered = register_people(entrance, form, letters, now=now)
    except NotAll as no:
        form.refuse(no.number, no.sentence)
        return others_page(event, (entrance, queries.places_now(entrance.id, entrance, now)), form)
    return to_answer(event, form, registered, letters, now=now)


@dataclass(frozen=True, slots=True)
class Letters:
    """Whether those of a form may be written to, counted before anything is locked."""

    to_people: bool
    to_office: bool

    @classmethod
    def of(cls, form: OfficeForm) -> Letters:
        people = [
            may_write_to(each.email.data, "registering") for each in form.people if each.email.data
        ]
        return cls(all(people), may_write_to(form.email.data, "registering"))


def register_people(
    entrance: Entrance,
    form: OfficeForm,
    letters: Letters,
    *,
    invitation_id: int | None = None,
    now: datetime,
) -> list[Registered]:
    """All of the form or nobody, under the event's lock."""
    people = [
        Sent(
            person=each.of(form),
            consents={},
            notice_version=notice_version(entrance.notice_number),
            language=each.language.data,
            form_key=form.form_key.data or "",
            may_write=letters.to_people,
            invitation_id=invitation_id,
            sessions=each.chosen,
        )
        for each in form.people
    ]
    return behalf.register_all(entrance, people, form.acting, by=OFFICE, now=now)


def to_answer(
    event: Event, form: OfficeForm, registered: list[Registered], letters: Letters, *, now: datetime
) -> ResponseReturnValue:
    """On to the page that says who got what, and a letter that does where one is due."""
    if letters.to_office and office_letters.receipt_is_due(registered):
        office_letters.write_receipt(public_event(event.slug), registered, form.acting, now=now)
    return show_answer(event, form, _said(registered))


def show_answer(
    event: Event, form: OfficeForm, people: list[tuple[str, str]]
) -> ResponseReturnValue:
    session["others"] = [event.slug, masked(form.email.data), people]
    return redirect(url_for("registrations.others_answer", slug=event.slug), 303)


def _said(registered: list[Registered]) -> list[tuple[str, str]]:
    """Names and what each got, short enough for a cookie."""
    people = [(each.sent.person, each.answer) for each in registered]
    return [
        (f"{person['first_name']} {person['last_name']}"[:40], answer.value)
        for person, answer in people
    ]


def others_page(
    event: Event, found: tuple[Entrance, Places], form: OfficeForm, *, own_form: str = ""
) -> ResponseReturnValue:
    """The form; `own_form` is where the invited registers themself, behind an invitation."""
    form.renew_key()
    door = found[0].door(found[1], clock.now())
    page = render_template(
        "registrations/others.html", event=event, form=form, door=door, most=MOST,
        places=places_words(found), kept=places_shown.kept_words(found[1], event.zone),
        own_form=own_form,
    )  # fmt: skip
    if form.all_fields.errors:
        return page, 422 if door.lets_in else 409
    return page
