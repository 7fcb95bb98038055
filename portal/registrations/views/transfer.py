"""One's place is handed over to a colleague, behind a page that says what will happen."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.audit.service import REGISTRANT
from portal.db import looking
from portal.errors import Refused
from portal.events.rules import Format
from portal.extensions import csrf
from portal.i18n import page_language
from portal.registrations.models import Registration
from portal.registrations.rules import notice_version
from portal.registrations.service import Sent
from portal.registrations.service import transfer as handing_over
from portal.registrations.somebody import AboutSomebody
from portal.registrations.views.closed import closed_page
from portal.registrations.views.shared import bp, held_registration, own_registration
from portal.web import personal


@bp.route("/registrations/<token>/transfer", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing
@personal
def transfer(token: str) -> ResponseReturnValue:
    with looking():
        registration = own_registration(token)
        if not registration.may_hand_over(clock.now()):
            return _too_late(registration, token)
        form = _form(registration)
        if request.method != "POST" or not form.validate_on_submit():
            return _page(registration, form, token)
    registration = held_registration(token)
    sent = Sent(
        person=form.person,
        consents={},
        notice_version=notice_version(registration.event.notice_number),
        language=form.language.data,
    )
    try:
        handing_over.hand_over(registration, sent, by=REGISTRANT, now=clock.now())
    except Refused as refused:  # said on the form, with all that was typed
        form.form_errors.append(str(refused))
        return _page(registration, form, token)
    return _to_own_page(token)


def _too_late(registration: Registration, token: str) -> ResponseReturnValue:
    """What somebody sent who still has the place is not lost without a word."""
    if request.method == "POST" and registration.holds_place:
        return closed_page(registration, token)
    return _to_own_page(token)


def _form(registration: Registration) -> AboutSomebody:
    """Where room and online have places of their own, the place is in one of them."""
    event, where = registration.event, None
    if event.online_capacity is not None:
        where = Format(registration.attendance.value)
    return AboutSomebody(event, event_format=where, data={"language": page_language()})


def _page(registration: Registration, form: AboutSomebody, token: str) -> ResponseReturnValue:
    page = render_template(
        "registrations/transfer.html",
        form=form, registration=registration, event=registration.event, token=token,
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _to_own_page(token: str) -> ResponseReturnValue:
    return redirect(url_for("registrations.own", token=token), 303)
