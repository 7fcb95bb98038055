"""The form, and the answer to it."""

from collections.abc import Sequence
from datetime import datetime

from flask import (
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import generate_csrf

from portal import cache, clock
from portal.audit.service import REGISTRANT
from portal.cache import Fresh
from portal.db import looking
from portal.errors import Refused
from portal.events import places_shown
from portal.events import queries as events
from portal.events import service as event_service
from portal.events.models import Event
from portal.events.rules import Door, Entrance, Places
from portal.extensions import csrf, limiter
from portal.i18n import page_language
from portal.limits import rate
from portal.protection import queries as records
from portal.protection.rules import Kept
from portal.questions.forms import Asking, asking
from portal.questions.service.answers import Full, Outdated
from portal.questions.shown import ignored_words
from portal.registrations import queries, service, way_in
from portal.registrations.forms import (
    RegistrationForm,
    new_key,
)
from portal.registrations.rules import (
    Attendance,
    Status,
    notice_read,
    notice_version,
)
from portal.registrations.service import Sent
from portal.registrations.views.choosing import Offered, recognise_repeated
from portal.registrations.views.shared import bp, may_write_to, moved_event, public_event
from portal.sessions.service import NotFree
from portal.text import masked
from portal.web import personal


@bp.get("/events/<slug>/register")
@personal
def register(slug: str) -> ResponseReturnValue:
    """Kept but for the form's token and key and the places left."""
    now = clock.now()
    found = queries.entrance(slug, now) or moved_event(slug)
    entrance, places = found
    door, stamp = entrance.door(places, now), (entrance.id, entrance.revision)
    way = way_in.of(entrance, now)
    kept = places_shown.kept_words(places, entrance.zone) if places.kept_left else ""
    offered = Offered.of(way)
    blanks = {
        "token": generate_csrf(), "key": new_key(), "places": places_words(found), "kept": kept,
    } | offered.filling  # fmt: skip

    def make(now: datetime) -> Fresh:
        event = public_event(slug)
        form_class = offered.pattern(asking(RegistrationForm, way.asked, way.full), event.zone)
        return _untouched_form(event, door, form_class, has_kept=bool(kept))

    return cache.filled((door, way.full, bool(kept), offered.full), stamp, make, blanks)


@bp.post("/events/<slug>/register")
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing that was typed
@limiter.limit(rate("register"))
@personal
def send_registration(slug: str) -> ResponseReturnValue:
    with looking():
        found = queries.entrance(slug, clock.now()) or moved_event(slug)
        form = form_class_of(found[0])(found[0].format)
        recognise_repeated(form, found[0].id, form.form_key.data, lambda: form.name_and_mailbox)
        if not form.validate_on_submit():
            return refused_form(found, form)
    may_write = may_write_to(form.email.data, "registering")
    entrance = event_service.held(found[0].id)
    now = clock.now()  # under the lock, so that moments of arrival rise as the line does
    sent = sent_by(form, entrance, may_write=may_write, now=now)
    try:
        answer = service.register(entrance, sent, by=REGISTRANT, now=now)
    except (Full, Outdated, NotFree) as no:
        return _answers_refused(entrance, no, now)
    except Refused as refused:  # said on the form, with all that was typed
        places = queries.places_now(entrance.id, entrance, now)
        if entrance.door(places, now).lets_in:  # the door is open, but not for this person
            form.form_errors = [refused.sentence]
        return refused_form((entrance, places), form)
    return to_answer(slug, answer, form)


def sent_by(form: RegistrationForm, entrance: Entrance, *, may_write: bool, now: datetime) -> Sent:
    """What was sent, as the verbs want it."""
    notice = notice_read(form.notice.data, entrance.notice_number)
    return Sent(
        person=form.person,
        consents=form.consents(notice, now),
        notice_version=notice,
        language=page_language(),
        form_key=form.form_key.data or "",
        may_write=may_write,
        answers=form.answers if isinstance(form, Asking) else (),
        sessions=form.sessions.data if "sessions" in form else (),
    )


def to_answer(slug: str, answer: Status, form: RegistrationForm) -> ResponseReturnValue:
    """The page that says it, by what this browser's session remembers."""
    ignored = form.ignored if isinstance(form, Asking) else []
    kept = [slug, answer.value, masked(form.email.data), form.attending.value]
    session["answer"] = [*kept, *ignored]
    session["files_due"] = form.files_due if isinstance(form, Asking) else []
    return redirect(url_for("registrations.answer", slug=slug), 303)


@bp.get("/events/<slug>/register/answer")
@personal
def answer(slug: str) -> ResponseReturnValue:
    """What a newcomer got at that moment; the letter says the rest."""
    stamp = events.stamp(slug)
    answered = session.get("answer")
    if stamp is None or not answered or answered[0] != slug or len(answered) < 4:
        return redirect(url_for("events.show", slug=public_event(slug).slug))
    status = Status(answered[1])
    blanks, how = {"address": answered[2]}, Attendance(answered[3])
    ignored, due = tuple(answered[4:]), tuple(session.get("files_due", ()))
    return cache.filled(
        (status, how, ignored, due),
        stamp[:2],
        lambda now: _answer_page(slug, status, how, ignored, due, now),
        blanks,
    )


def form_class_of(entrance: Entrance) -> type[RegistrationForm]:
    """The form, with the event's questions and its sessions where it has some."""
    way = way_in.of(entrance, clock.now())
    form_class = asking(RegistrationForm, way.asked, way.full)
    return Offered.of(way).form(form_class, entrance.zone) if entrance.chooses else form_class


def _untouched_form(
    event: Event, door: Door, form_class: type[RegistrationForm], *, has_kept: bool
) -> Fresh:
    form = form_class(event.format)
    form.csrf_token.current_token = cache.blank("token")
    form.form_key.data = cache.blank("key")
    kept = cache.blank("kept") if has_kept else ""
    return Fresh(form_page(event, form, door, cache.blank("places"), kept))


def _answer_page(
    slug: str,
    status: Status,
    how: Attendance,
    ignored: Sequence[int],
    due: Sequence[int],
    now: datetime,
) -> Fresh:
    event = public_event(slug)
    page = render_template(
        "registrations/answer.html",
        event=event, status=status, how=how, address=cache.blank("address"),
        ignored=ignored_words(event.id, ignored), due=ignored_words(event.id, due), now=now,
    )  # fmt: skip
    decided_at = event.decides_at
    return Fresh(page, until=decided_at if decided_at and now < decided_at else None)


def refused_form(found: tuple[Entrance, Places], form: RegistrationForm) -> ResponseReturnValue:
    """With what was typed and what is wrong with it; 409 where nobody could register anyway."""
    form.renew_key()
    entrance, places = found
    door = entrance.door(places, clock.now())
    event = public_event(entrance.slug)
    kept = places_shown.kept_words(places, event.zone)
    page = form_page(event, form, door, places_words(found), kept)
    return page, 422 if door.lets_in else 409


def _answers_refused(entrance: Entrance, no: Refused, now: datetime) -> ResponseReturnValue:
    """What was chosen is full, or a question was changed, since the form was checked."""
    form = form_class_of(entrance)(entrance.format)
    if form.validate() and isinstance(no, NotFree):
        form.form_errors = [no.sentence]
    if isinstance(form, Asking) and not isinstance(no, NotFree):
        form.refuse(no)
    return refused_form((entrance, queries.places_now(entrance.id, entrance, now)), form)


def form_page(
    event: Event,
    form: RegistrationForm,
    door: Door,
    places: str,
    kept: str,
    *,
    is_filled: bool = False,
) -> str:
    """The form; `kept` says for whom places are kept, and `is_filled` that a link has put
    somebody's details into it."""
    form.say_for_how_long(records.days_kept(event.id, Kept.NEEDS))
    form.notice.data = notice_version(event.notice_number)
    return render_template(
        "registrations/register.html",
        event=event,
        form=form,
        door=door,
        places=places,
        kept=kept,
        closed=service.door_sentence(door),
        notice_version=notice_version(event.notice_number),
        is_filled=is_filled,
    )


def places_words(found: tuple[Entrance, Places]) -> str:
    """How many places are left."""
    entrance, places = found
    if places.division is not None and places.division.is_apart:
        return places_shown.apart_words(places.division)
    left = places.left(entrance.capacity)
    if left is None:
        return _("no limit")
    return ngettext("%(num)d place left", "%(num)d places left", left)
