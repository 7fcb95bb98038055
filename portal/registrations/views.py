"""Registering, one's own registration, and the way to the joining link."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import generate_csrf
from limits import parse

from portal import cache, clock, mail, tokens
from portal.access.own_page import door
from portal.audit.service import REGISTRANT
from portal.cache import Fresh
from portal.db import db, looking
from portal.errors import Refused
from portal.events import queries as events
from portal.events import service as event_service
from portal.events.models import Event
from portal.events.rules import Door, Entrance, Places, State, places_left
from portal.extensions import csrf, limiter
from portal.forms import ActForm
from portal.i18n import in_language, page_language
from portal.invites import rules as calendar
from portal.invites import service as invites
from portal.limits import rate
from portal.materials.shown import for_attendee
from portal.protection import queries as records
from portal.protection.rules import Kept
from portal.registrations import letters, person, queries, service
from portal.registrations.forms import (
    LinkForm,
    PersonForm,
    RegistrationForm,
    new_key,
    of_registration,
)
from portal.registrations.models import Registration
from portal.registrations.rules import (
    Reply,
    Status,
    joining_opens_at,
    notice_version,
)
from portal.registrations.service import Sent
from portal.registrations.service import details as changing
from portal.subjects.service import forget_details
from portal.text import masked
from portal.tokens import BadLink
from portal.web import personal

bp = Blueprint("registrations", __name__, url_prefix="/<lang>")


@bp.get("/events/<slug>/register")
@personal
def register(slug: str) -> ResponseReturnValue:
    """Kept but for the form's token and key and the places left."""
    found = queries.entrance(slug) or _moved(slug)
    entrance, places = found
    door, stamp = entrance.door(places, clock.now()), (entrance.id, entrance.revision)
    blanks = {"token": generate_csrf(), "key": new_key(), "places": _places_words(found)}
    return cache.filled(door, stamp, lambda now: _untouched_form(_event(slug), door), blanks)


@bp.post("/events/<slug>/register")
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing that was typed
@limiter.limit(rate("register"))
@personal
def send_registration(slug: str) -> ResponseReturnValue:
    with looking():
        found = queries.entrance(slug) or _moved(slug)
        form = RegistrationForm(found[0].format)
        if not form.validate_on_submit():
            return _refused_form(found, form)
    may_write = _may_write_to(form.email.data, "registering")
    entrance = event_service.held(found[0].id)
    now = clock.now()  # under the lock, so that moments of arrival rise as the line does
    notice = notice_version(entrance.notice_number)
    sent = Sent(
        person=form.person,
        consents=form.consents(notice, now),
        notice_version=notice,
        language=page_language(),
        form_key=form.form_key.data or "",
        may_write=may_write,
    )
    try:
        answer = service.register(entrance, sent, by=REGISTRANT, now=now)
    except Refused:  # the door closed meanwhile: said on the form, with all that was typed
        return _refused_form((entrance, queries.places(entrance.id)), form)
    session["answer"] = [slug, answer.value, masked(form.email.data)]
    return redirect(url_for("registrations.answer", slug=slug), 303)


@bp.get("/events/<slug>/register/answer")
@personal
def answer(slug: str) -> ResponseReturnValue:
    """What a newcomer got at that moment; the letter says the rest."""
    stamp = events.stamp(slug)
    answered = session.get("answer")
    if stamp is None or not answered or answered[0] != slug:
        return redirect(url_for("events.show", slug=_event(slug).slug))
    status = Status(answered[1])
    blanks = {"address": answered[2]}
    return cache.filled(status, stamp[:2], lambda now: _answer_page(slug, status), blanks)


@bp.get("/registrations/<token>")
@personal
def own(token: str) -> ResponseReturnValue:
    registration = _own(token)
    return _own_page(registration, token)


@bp.route("/registrations/<token>/details", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, as above
@personal
def details(token: str) -> ResponseReturnValue:
    with looking():
        registration = _own(token)
        if not registration.may_change(clock.now()):
            return redirect(url_for("registrations.own", token=token))
        if request.method != "POST":
            return _details_page(registration, of_registration(registration), token)
        form = PersonForm(registration.event.format)
        if not form.validate_on_submit():
            return _details_page(registration, form, token)
    registration, now = _own(token), clock.now()
    notice = notice_version(registration.event.notice_number)
    consents = form.consents(notice, now)
    changing.change(registration, form.person, consents, by=REGISTRANT, now=now)
    if registration.link_code != g.link_code:
        _leads_to_event(registration.event)
        return render_template("registrations/address_changed.html", event=registration.event)
    return redirect(url_for("registrations.own", token=token, saved="yes"), 303)


@bp.route("/registrations/<token>/withdrawal", methods=["GET", "POST"])
@personal
def withdrawal(token: str) -> ResponseReturnValue:
    if request.method != "POST":
        return _act_page("withdrawal", token, may=Registration.may_withdraw)
    registration = _held(token)
    if registration.status is not Status.WITHDRAWN:
        service.withdraw(registration, by=REGISTRANT, now=clock.now())
    return redirect(url_for("registrations.own", token=token), 303)


@bp.route("/registrations/<token>/reply", methods=["GET", "POST"])
@personal
def reply(token: str) -> ResponseReturnValue:
    """Will they still come? Yes is noted, no gives the place to the next in line."""
    if request.method != "POST":
        return _act_page("reply", token, may=lambda registration, now: bool(registration.reply))
    registration, said = _held(token), request.form.get("reply")
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
    registration = _own(token)
    service.disown(registration, by=REGISTRANT, now=clock.now())
    forget_details(registration)
    _leads_to_event(registration.event)
    return render_template("registrations/erased.html", event=registration.event)


@bp.get("/registrations/<token>/calendar.ics")
@personal
def calendar_file(token: str) -> ResponseReturnValue:
    """One's own entry to download, with the UID and in the language of the mails."""
    registration = _own(token)
    if not registration.holds_place or registration.event.state is not State.PUBLISHED:
        abort(404)
    invite = invites.of(registration.id, domain=mail.domain(), now=clock.now())
    with in_language(registration.language):
        octets = calendar.personal_file(
            letters.entry(registration, invite),
            sequence=invite.sequence or 0,
            stamped_at=invite.stamped_at or registration.status_at,
        )
    response = Response(octets, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{registration.event.slug}.ics"'
    )
    return response


@bp.post("/registrations/<token>/join")
@personal
def join(token: str) -> ResponseReturnValue:
    """The joining link, for who has a place, from the time that the organiser set."""
    registration = _own(token)
    event = registration.event
    if not registration.may_join(clock.now()):
        raise Refused(_why_not_join(registration))
    service.note_joining(registration, by=REGISTRANT, now=clock.now())
    g.same_page = ("registrations.own", {"token": token})
    return render_template("registrations/joining.html", event=event, token=token)


@bp.route("/events/<slug>/join", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit(rate("link"), methods=["POST"])
@personal
def join_page(slug: str) -> ResponseReturnValue:
    """The way in that may be told to anybody: it mails the registered their own link."""
    with looking():
        event = _event(slug)
    if not event.online or not event.joining_url:
        abort(404)
    return _mail_links("registrations/join.html", "registrations.join_page", event=event)


@bp.route("/registrations/link", methods=["GET", "POST"])
@csrf.exempt
@limiter.limit(rate("link"), methods=["POST"])
@personal
def link() -> ResponseReturnValue:
    """One mail with the links of all registrations of an address; the page tells nothing."""
    return _mail_links("registrations/link.html", "registrations.link")


def _mail_links(template: str, endpoint: str, event: Event | None = None) -> ResponseReturnValue:
    form = LinkForm()
    if form.validate_on_submit():
        address = person.address_key(form.email.data)
        if _may_write_to(address, "mail"):
            service.ask_for_links(queries.of_address(address), now=clock.now())
        session["asked"] = masked(form.email.data)
        return redirect(url_for(endpoint, sent="yes", **_slug(event)), 303)
    if request.args.get("sent") == "yes" and not form.errors:
        return render_template(
            "registrations/link_sent.html", address=session.get("asked", ""), event=event
        )
    with looking():
        page = render_template(template, form=form, event=event)
    return page, 422 if form.errors else 200


def _slug(event: Event | None) -> dict[str, Any]:
    return {"slug": event.slug} if event else {}


def _event(slug: str) -> Event:
    return events.public_event_bare(slug) or _moved(slug)


def _moved(slug: str) -> NoReturn:
    """To where the event is found now, if it was under this address before."""
    moved = events.slug_now(slug)
    if moved is None or request.method != "GET":
        abort(404)
    values = dict(request.view_args or {}) | {"slug": moved}
    abort(redirect(url_for(request.endpoint or "events.show", **values), 301))


def _own(token: str) -> Registration:
    """The registration of a link that is whole, ours, and not replaced by a newer one."""
    registration = queries.of_link(tokens.read("registration", token))
    if registration is None:
        raise BadLink
    g.link_code = registration.link_code
    return registration


def _held(token: str) -> Registration:
    """The same with its event held, so that a second click sees what the first one did."""
    event_service.locked(_own(token).event_id)
    db.session.expire_all()
    return _own(token)


def _leads_to_event(event: Event) -> None:
    """The link of this page works no more: in another language stands the event's own."""
    g.same_page = ("events.show", {"slug": event.slug})


def _untouched_form(event: Event, door: Door) -> Fresh:
    form = RegistrationForm(event.format)
    form.csrf_token.current_token = cache.blank("token")
    form.form_key.data = cache.blank("key")
    return Fresh(_form_page(event, form, door, cache.blank("places")))


def _answer_page(slug: str, status: Status) -> Fresh:
    page = render_template(
        "registrations/answer.html",
        event=_event(slug), status=status, address=cache.blank("address"),
    )  # fmt: skip
    return Fresh(page)


def _refused_form(found: tuple[Entrance, Places], form: RegistrationForm) -> ResponseReturnValue:
    """With what was typed and what is wrong with it; 409 where nobody could register anyway."""
    form.renew_key()
    entrance, places = found
    door = entrance.door(places, clock.now())
    page = _form_page(_event(entrance.slug), form, door, _places_words(found))
    return page, 422 if door.lets_in else 409


def _form_page(event: Event, form: RegistrationForm, door: Door, places: str) -> str:
    form.say_for_how_long(records.days_kept(event.id, Kept.NEEDS))
    return render_template(
        "registrations/register.html",
        event=event,
        form=form,
        door=door,
        places=places,
        closed=service.door_sentence(door),
        notice_version=notice_version(event.notice_number),
    )


def _places_words(found: tuple[Entrance, Places]) -> str:
    entrance, places = found
    left = places_left(entrance.capacity, places.taken)
    if left is None:
        return _("no limit")
    return ngettext("%(num)d place left", "%(num)d places left", left)


def _own_page(registration: Registration, token: str) -> str:
    now = clock.now()
    event = registration.event
    left = places_left(event.capacity, queries.places(event.id).taken)
    waits = registration.standing is Status.WAITLISTED
    return render_template(
        "registrations/own.html",
        registration=registration,
        event=event,
        token=token,
        form=ActForm(),
        position=queries.position(registration) if waits else None,
        stillness=service.why_still(event, left, now) if waits else None,
        may_change=registration.may_change(now),
        may_withdraw=registration.may_withdraw(now),
        may_join=registration.may_join(now),
        joining_opens_at=joining_opens_at(event.starts_at, event.joining_minutes),
        is_over=event.is_over(now),
        materials=for_attendee(event, token, now) if registration.holds_place else [],
        access=door(registration, now),
        saved=request.args.get("saved") == "yes",
        replied=request.args.get("replied") == "yes" and registration.reply is Reply.YES,
    )


def _details_page(registration: Registration, form: PersonForm, token: str) -> ResponseReturnValue:
    form.say_for_how_long(records.days_kept(registration.event_id, Kept.NEEDS))
    page = render_template(
        "registrations/details.html",
        form=form, registration=registration, event=registration.event, token=token,
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _act_page(
    act: str, token: str, may: Callable[[Registration, datetime], bool] | None = None
) -> ResponseReturnValue:
    """What will happen, and the button; that its form is ours is checked before any view."""
    registration = _own(token)
    return render_template(
        f"registrations/{act}.html",
        form=ActForm(), registration=registration, event=registration.event, token=token,
        possible=may is None or may(registration, clock.now()),
    )  # fmt: skip


def _why_not_join(registration: Registration) -> str:
    if not registration.holds_place:
        return _("Only people with a confirmed place can join.")
    return _("The link to join is not open now. Your page says from when it is.")


def _may_write_to(address: str, counted_as: str) -> bool:
    """Count one more letter to this mailbox; too many are not written, the page stays the same.

    Registrations have a count of their own: colleagues behind one mailbox who register one after
    the other can still have their links sent.
    """
    allowed = current_app.extensions["portal"].limits["mail"]
    if not allowed:
        return True
    key = tokens.keyed("mailbox", person.address_key(address))
    return limiter.limiter.hit(parse(allowed), counted_as, key)
