"""All whom one mailbox registered, behind its own link: seen, corrected, withdrawn, given up."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, tokens
from portal.db import db
from portal.errors import Refused
from portal.events import service as event_service
from portal.events.models import Event
from portal.events.rules import Format
from portal.extensions import csrf, limiter
from portal.forms import ActForm
from portal.i18n import page_language
from portal.limits import rate
from portal.registrations import office_links, office_page, offices, service
from portal.registrations.acting import Contact, Office
from portal.registrations.behalf_forms import Correction, ReadersForm
from portal.registrations.models import Registration
from portal.registrations.rules import Status, notice_version
from portal.registrations.service import Sent, choosing, contacts, offers
from portal.registrations.service import details as changing
from portal.registrations.service import transfer as handing_over
from portal.registrations.service.behalf import is_themself
from portal.registrations.service.contacts import OFFICE, Acting
from portal.registrations.service.details import NoPlaceThere
from portal.registrations.somebody import AboutSomebody
from portal.registrations.views.choosing import SessionsForm, sessions_form
from portal.registrations.views.shared import bp, may_write_to
from portal.sessions.service import NotFree
from portal.tokens import BadLink
from portal.web import personal

PageForm = ActForm | AboutSomebody | ReadersForm | SessionsForm


@bp.get("/offices/<token>")
@limiter.limit(rate("register"))
@personal
def office(token: str) -> ResponseReturnValue:
    """Everybody for whom this mailbox acts, of all events; what another made is not there."""
    found, now = _office(token), clock.now()
    people = offices.registered_by(found.address_key)
    by_event = office_page.by_event(people, now)
    return render_template(
        "registrations/office.html",
        office=found,
        token=token,
        people=len(people),
        by_event=by_event,
        is_late={event.id: _is_late(event, now) for event, _lines in by_event},
        now=now,
        most=offices.MOST,
        form=ActForm(),
        saved=request.args.get("saved") == "yes",
        is_lost=request.args.get("late") == "yes",
    )


def _is_late(event: Event, now: datetime) -> bool:
    """Whether the organisers' date for changes is over, and the event to come."""
    return event.changes_deadline is not None and event.changes_deadline <= now < event.starts_at


@bp.post("/offices/<token>/link")
@limiter.limit(rate("link"))
@personal
def office_link(token: str) -> ResponseReturnValue:
    """The links in earlier letters end, and a new one goes to the mailbox."""
    found = _office(token)
    if not may_write_to(found.email, "mail"):
        return redirect(url_for("registrations.office", token=token), 303)
    contacts.renew_link(found, now=clock.now())
    g.same_page = ("registrations.link", {})
    return render_template("registrations/office_link_sent.html")


@bp.route("/offices/<token>/<int:registration_id>/details", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing
@personal
def office_details(token: str, registration_id: int) -> ResponseReturnValue:
    """Within what the person could change themself, and never what is theirs to say."""
    registration = _one(token, registration_id)
    if not registration.may_change(clock.now()):
        return _too_late(token)
    form = Correction(registration)
    if not form.validate_on_submit():
        return _page("office_details", registration, token, form)
    try:
        changing.correct(
            registration, form.person, language=form.language.data, by=OFFICE, now=clock.now()
        )
    except NoPlaceThere as refused:
        form.attendance.errors = [refused.sentence]
        return _page("office_details", registration, token, form)
    except Refused as refused:
        form.form_errors.append(refused.sentence)
        return _page("office_details", registration, token, form)
    return _to_office(token, saved="yes")


@bp.post("/offices/<token>/<int:registration_id>/place")
@personal
def office_place(token: str, registration_id: int) -> ResponseReturnValue:
    """The place that is offered to somebody is taken by whoever acts for them."""
    offers.take_up(_one(token, registration_id), by=OFFICE, now=clock.now())
    return _to_office(token, saved="yes")


@bp.route("/offices/<token>/<int:registration_id>/sessions", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing
@personal
def office_sessions(token: str, registration_id: int) -> ResponseReturnValue:
    """Within what the person could choose themself."""
    registration = _one(token, registration_id)
    form = sessions_form(registration)
    if "sessions" not in form or not registration.may_change(clock.now()):
        return _too_late(token)
    if not form.validate_on_submit():
        return _page("office_sessions", registration, token, form)
    try:
        choosing.choose(registration, form.sessions.data, by=OFFICE, now=clock.now())
    except NotFree as no:
        anew = sessions_form(registration)
        if anew.validate():
            anew.form_errors = [no.sentence]
        return _page("office_sessions", registration, token, anew)
    return _to_office(token, saved="yes")


@bp.route("/offices/<token>/<int:registration_id>/transfer", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing
@personal
def office_transfer(token: str, registration_id: int) -> ResponseReturnValue:
    """The place goes to a colleague, for whom the office acts from then on; or to who acts."""
    registration, now = _one(token, registration_id), clock.now()
    if request.method == "POST" and registration.handed_to is not None:
        return _to_office(token, saved="yes")  # pressed twice, the button has the same answer
    if not registration.may_hand_over(now):
        return _too_late(token)
    where = None
    if registration.event.online_capacity is not None:
        where = Format(registration.attendance.value)
    form = AboutSomebody(registration.event, event_format=where, data={"language": page_language()})
    if not form.validate_on_submit():
        return _page("office_transfer", registration, token, form)
    notice = notice_version(registration.event.notice_number)
    sent = Sent(form.person, {}, notice, form.language.data)
    try:
        taker = handing_over.hand_over(registration, sent, by=OFFICE, now=now)
    except Refused as refused:
        form.form_errors.append(refused.sentence)
        return _page("office_transfer", registration, token, form)
    acting = None if registration.acting is None else Acting.of(registration.acting)
    if taker.registered_at == now and acting is not None and not is_themself(sent, acting):
        contacts.act_for(taker, acting, by=OFFICE, now=now)
    return _to_office(token, saved="yes")


@bp.route("/offices/<token>/<int:registration_id>/withdrawal", methods=["GET", "POST"])
@personal
def office_withdrawal(token: str, registration_id: int) -> ResponseReturnValue:
    registration = _one(token, registration_id)
    if request.method != "POST":
        return _act("office_withdrawal", registration, token, may=Registration.may_withdraw)
    if registration.status is not Status.WITHDRAWN:
        service.withdraw(registration, by=OFFICE, now=clock.now())
    return _to_office(token, saved="yes")


@bp.route("/offices/<token>/<int:registration_id>/readers", methods=["GET", "POST"])
@personal
def office_readers(token: str, registration_id: int) -> ResponseReturnValue:
    """Who gets letters and who the invite, or that this office stops acting for the person."""
    registration = _one(token, registration_id)
    acting = registration.acting
    if request.method == "POST" and "stop" in request.form:
        contacts.stop(registration, by=OFFICE, now=clock.now())
        return _to_office(token, saved="yes")
    form = ReadersForm(data=_chosen(acting))
    if not form.validate_on_submit():
        return _page("office_readers", registration, token, form)
    contacts.choose(registration, *form.chosen, by=OFFICE, now=clock.now())
    return _to_office(token, saved="yes")


def _office(token: str) -> Office:
    found = offices.of_link(tokens.read(office_links.PURPOSE, token))
    if found is None:
        raise BadLink
    return found


def _one(token: str, registration_id: int) -> Registration:
    """One whom this office registered, held where something is to be done to it."""
    found = offices.one_of(_office(token), registration_id)
    if found is None:
        raise BadLink
    if request.method == "POST":
        event_service.locked(found.event_id)
        db.session.expire_all()
        found = offices.one_of(_office(token), registration_id)
        if found is None:
            raise BadLink
    return found


def _chosen(acting: Contact | None) -> dict[str, str]:
    return {name: getattr(acting, name).value for name in ("letters", "invites")}


def _act(
    act: str,
    registration: Registration,
    token: str,
    may: Callable[[Registration, datetime], bool],
) -> ResponseReturnValue:
    now = clock.now()
    return render_template(
        f"registrations/{act}.html",
        form=ActForm(), registration=registration, event=registration.event, token=token,
        possible=may(registration, now), is_late=registration.withdraws_late(now), now=now,
    )  # fmt: skip


def _page(page: str, registration: Registration, token: str, form: PageForm) -> ResponseReturnValue:
    shown = render_template(
        f"registrations/{page}.html",
        form=form, registration=registration, event=registration.event, token=token,
    )  # fmt: skip
    return shown, 422 if form.errors else 200


def _to_office(token: str, **values: Any) -> ResponseReturnValue:
    return redirect(url_for("registrations.office", token=token, **values), 303)


def _too_late(token: str) -> ResponseReturnValue:
    """What was sent is not kept, and the page says so."""
    return _to_office(token, late="yes") if request.method == "POST" else _to_office(token)
