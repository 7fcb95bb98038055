"""One's own registration: seen, changed, answered, withdrawn, joined from."""

from collections.abc import Callable
from datetime import datetime

from flask import (
    Response,
    abort,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, mail
from portal.access.own_page import door
from portal.audit.service import REGISTRANT
from portal.calendars import queries as mailboxes
from portal.calendars import service as calendars
from portal.db import looking
from portal.errors import Refused
from portal.events.rules import State
from portal.extensions import csrf, limiter
from portal.forms import ActForm
from portal.i18n import in_language
from portal.invites import rules as calendar
from portal.invites import service as invites
from portal.limits import rate
from portal.materials.shown import for_attendee
from portal.protection import queries as records
from portal.protection.rules import Kept
from portal.registrations import answers, entries, papers, queries, service, waiting
from portal.registrations.forms import (
    ReadingForm,
    of_registration,
)
from portal.registrations.models import Registration
from portal.registrations.rules import (
    Reply,
    Status,
    joining_opens_at,
    notice_read,
    notice_version,
)
from portal.registrations.service import details as changing
from portal.registrations.service import line
from portal.registrations.service.details import NoPlaceThere
from portal.registrations.views.closed import closed_page
from portal.registrations.views.shared import (
    bp,
    held_registration,
    leads_to_event,
    may_write_to,
    own_registration,
)
from portal.sessions import queries as sessions
from portal.sessions import shown as sessions_shown
from portal.subjects.service import forget_details
from portal.web import personal


@bp.get("/registrations/<token>")
@personal
def own(token: str) -> ResponseReturnValue:
    registration = own_registration(token)
    return _own_page(registration, token)


@bp.route("/registrations/<token>/details", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing
@personal
def details(token: str) -> ResponseReturnValue:
    with looking():
        registration = own_registration(token)
        if not registration.may_change(clock.now()):
            return closed_page(registration, token)
        if request.method != "POST":
            return _details_page(registration, of_registration(registration, ReadingForm), token)
        form = ReadingForm(registration.event.format)
        if not form.validate_on_submit():
            return _details_page(registration, form, token)
    registration, now = own_registration(token), clock.now()
    notice = notice_read(form.notice.data, registration.event.notice_number)
    consents = form.consents(notice, now)
    try:
        changing.change(registration, form.person, consents, by=REGISTRANT, now=now)
    except NoPlaceThere as refused:
        form.attendance.errors = [refused.sentence]
        return _details_page(registration, form, token)
    except Refused as refused:  # said on the form, with all that was typed
        form.form_errors.append(refused.sentence)
        return _details_page(registration, form, token)
    if registration.link_code != g.link_code:
        leads_to_event(registration.event)
        return render_template("registrations/address_changed.html", event=registration.event)
    return redirect(url_for("registrations.own", token=token, saved="yes"), 303)


@bp.route("/registrations/<token>/withdrawal", methods=["GET", "POST"])
@personal
def withdrawal(token: str) -> ResponseReturnValue:
    if request.method != "POST":
        return _act_page("withdrawal", token, may=_may_withdraw)
    registration = held_registration(token)
    if waiting.standing_now(registration, clock.now()) is not Status.WITHDRAWN:
        service.withdraw(registration, by=REGISTRANT, now=clock.now())
    return redirect(url_for("registrations.own", token=token), 303)


@bp.route("/registrations/<token>/reply", methods=["GET", "POST"])
@personal
def reply(token: str) -> ResponseReturnValue:
    """Will they still come? Yes is noted, no gives the place to the next in line."""
    if request.method != "POST":
        return _act_page("reply", token, may=lambda registration, now: bool(registration.reply))
    registration, said = held_registration(token), request.form.get("reply")
    if said == "yes":
        service.still_come(registration, by=REGISTRANT, now=clock.now())
        return redirect(url_for("registrations.own", token=token, replied="yes"), 303)
    if said != "no":
        abort(400)
    if registration.status is not Status.WITHDRAWN:
        service.withdraw(registration, by=REGISTRANT, now=clock.now())
    return redirect(url_for("registrations.own", token=token), 303)


@bp.route("/registrations/<token>/erasure", methods=["GET", "POST"])
@personal
def erasure(token: str) -> ResponseReturnValue:
    """For who gets letters about a registration that somebody else made."""
    if request.method != "POST":
        return _act_page("erasure", token)
    registration = own_registration(token)
    service.disown(registration, by=REGISTRANT, now=clock.now())
    forget_details(registration)
    leads_to_event(registration.event)
    return render_template("registrations/erased.html", event=registration.event)


@bp.get("/registrations/<token>/calendar.ics")
@personal
def calendar_file(token: str) -> ResponseReturnValue:
    """One's own entry to download, with the UID and in the language of the mails."""
    registration = own_registration(token)
    if not registration.holds_place or registration.event.state is not State.PUBLISHED:
        abort(404)
    invite = invites.of(registration.id, domain=mail.domain(), now=clock.now())
    with in_language(registration.language):
        entry = entries.entry(registration, invite)
        octets = calendar.personal_file(
            entry,
            sequence=invites.sequence_to_be(invite, entry),
            stamped_at=invite.stamped_at or registration.status_at,
        )
    response = Response(octets, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{registration.event.slug}.ics"'
    )
    return response


@bp.post("/registrations/<token>/calendar-address")
@limiter.limit(rate("link"))
@personal
def calendar_address(token: str) -> ResponseReturnValue:
    """It goes to the mailbox: whoever else has this link does not see the other events."""
    registration = own_registration(token)
    if may_write_to(registration.email, "mail"):
        calendars.ask(registration, now=clock.now())
    return redirect(url_for("registrations.own", token=token, calendar="asked"), 303)


@bp.post("/registrations/<token>/join")
@personal
def join(token: str) -> ResponseReturnValue:
    """The joining link, for who has a place, from the time that the organiser set."""
    registration = own_registration(token)
    event = registration.event
    if not registration.may_join(clock.now()):
        raise Refused(_why_not_join(registration))
    service.note_joining(registration, by=REGISTRANT, now=clock.now())
    g.same_page = ("registrations.own", {"token": token})
    return render_template("registrations/joining.html", event=event, token=token)


def _own_page(registration: Registration, token: str) -> str:
    now = clock.now()
    event = registration.event
    mine = sessions.of(registration.id) if event.chooses else []
    left = line.free_for(registration, now)
    standing = waiting.standing_now(registration, now)
    waits = standing is Status.WAITLISTED
    return render_template(
        "registrations/own.html",
        registration=registration,
        event=event,
        token=token,
        form=ActForm(),
        standing=standing,
        position=queries.position(registration) if waits and event.line_is_plain else None,
        opens_at=line.kept_for_others_until(registration, now) if waits else None,
        stillness=service.why_still(event, left, now) if waits else None,
        may_change=standing.is_live and registration.may_change(now),
        may_withdraw=standing.is_live and registration.may_withdraw(now),
        may_join=registration.may_join(now),
        joining_opens_at=joining_opens_at(event.starts_at, event.joining_minutes),
        may_hand_over=registration.may_hand_over(now),
        handed_by=_name_of(registration.handed_by),
        is_over=event.is_over(now),
        is_late=registration.withdraws_late(now),
        now=now,
        materials=for_attendee(event, token, now) if registration.holds_place else [],
        access=door(registration, now),
        answers=answers.of(registration, now),
        papers=papers.of(registration, now),
        second=answers.second(registration, now),
        saved=request.args.get("saved") == "yes",
        answered=request.args.get("saved") == "answers",
        taken_back=request.args.get("saved") == "consents",
        has_agreed=answers.has_agreed(registration),
        sessions_saved=request.args.get("saved") == "sessions",
        sessions=sessions_shown.facts(mine, event.zone if event.is_dated else None),
        clashes=sessions_shown.clashes(mine),
        ignored=answers.ignored(registration, request.args.getlist("ignored")),
        calendar_asked=request.args.get("calendar") == "asked",
        calendar_ended=request.args.get("calendar") == "ended",
        has_calendar_address=bool(mailboxes.live(registration.address_key)),
        replied=request.args.get("replied") == "yes" and registration.reply is Reply.YES,
    )


def _name_of(registration_id: int | None) -> str:
    """Who handed the place over; a word for them once their name is forgotten."""
    if registration_id is None:
        return ""
    return queries.name_of(registration_id) or _("A colleague")


def _details_page(registration: Registration, form: ReadingForm, token: str) -> ResponseReturnValue:
    form.say_for_how_long(records.days_kept(registration.event_id, Kept.NEEDS))
    form.notice.data = notice_version(registration.event.notice_number)
    page = render_template(
        "registrations/details.html",
        form=form, registration=registration, event=registration.event, token=token,
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _act_page(
    act: str, token: str, may: Callable[[Registration, datetime], bool] | None = None
) -> ResponseReturnValue:
    """What will happen, and the button; that its form is ours is checked before any view."""
    registration, now = own_registration(token), clock.now()
    return render_template(
        f"registrations/{act}.html",
        form=ActForm(), registration=registration, event=registration.event, token=token,
        possible=may is None or may(registration, now),
        is_late=registration.withdraws_late(now), now=now,
    )  # fmt: skip


def _may_withdraw(registration: Registration, now: datetime) -> bool:
    """Not from an offer that is over: they have left the line by that."""
    is_live = waiting.standing_now(registration, now).is_live
    return is_live and registration.may_withdraw(now)


def _why_not_join(registration: Registration) -> str:
    if not registration.holds_place:
        return _("Only people with a confirmed place can join.")
    return _("The link to join is not open now. Your page says from when it is.")
