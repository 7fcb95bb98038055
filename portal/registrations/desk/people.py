"""The attendee list, one person on it, and the list as a file."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock, labels, sheets
from portal.access import queries as access
from portal.accounts.guards import by, organiser
from portal.accounts.rules import Right
from portal.audit.service import record
from portal.db import transaction
from portal.events import queries as events
from portal.events.guards import guard_event, needs, own_event
from portal.events.models import Event
from portal.events.places_shown import whom
from portal.events.rules import State
from portal.forms import ActForm
from portal.i18n import translated
from portal.invites import queries as invites
from portal.registrations import (
    answers,
    exports,
    history,
    listing,
    papers,
    queries,
    service,
    unreached,
)
from portal.registrations.desk import filters
from portal.registrations.desk.common import back, id_of, one
from portal.registrations.listing import Wish
from portal.registrations.models import Registration
from portal.registrations.rules import notice_version
from portal.registrations.service import by_hand, line
from portal.registrations.serving import handed_in
from portal.retention import queries as retention
from portal.retention import service as copies
from portal.sessions import queries as sessions
from portal.web import page_number

bp = Blueprint("registrations_desk", __name__, url_prefix="/desk/events/<slug>")
guard_event(bp)

Verb = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Taken:
    """A list that leaves the house: of how many people, and the day by which it has to be gone."""

    count: int
    day: str


@bp.get("/registrations")
@needs(Right.PEOPLE)
def index() -> ResponseReturnValue:
    event, wish, number = own_event(), _wish(), page_number()
    figures = listing.figures(event)
    found = listing.count(event, wish) if listing.narrows(wish) else figures.everybody
    last = max(1, math.ceil(found / listing.PAGE))
    if number > last:
        abort(404)
    division = listing.division(event, clock.now())
    standings = division.standings() if division else []
    quotas = {each.quota.id: whom(each.quota) for each in standings}
    return render_template(
        "registrations/desk/index.html",
        event=event,
        wish=wish,
        args=_args(wish),
        people=listing.page(event, wish, number),
        reply_of=partial(listing.reply_of, event),
        replies=listing.replies(event),
        positions=listing.positions(event),
        found=found,
        number=number,
        last=last,
        figures_of=figures,
        division=division,
        quota_words=quotas,
        filters=filters.of(event, wish, figures, quotas),
        whom=whom,
        delete_by=retention.export_expires_at(event, clock.now()),
        were_forgotten=not figures.everybody and listing.were_forgotten(event),
        letters_due=listing.letters_due_of([event.id]).get(event.id, 0),
        unreached=unreached.count(event.id),
        is_open_to_entries=by_hand.is_open(event, clock.now()),
        takes_place=event.state is State.PUBLISHED,
        noted=_number("noted"),
        marked=_number("marked"),
        stillness=line.why_it_stands(event, clock.now()),
        has_begun=event.starts_at <= clock.now(),
        now=clock.now(),
        labels=labels,
        heads=_heads(wish),
        form=ActForm(),
    )


@bp.get("/registrations.csv")
def as_csv() -> ResponseReturnValue:
    """For programs: heads are the names of the form's fields, values are codes."""
    event, wish = own_event(), _wish()
    export = _note_export(event, wish, "csv")
    name = _file_name(event, export)
    more = exports.Questions(event)
    return sheets.csv_response(name, more.codes, exports.coded(event, wish, more))


@bp.get("/registrations.xlsx")
def as_xlsx() -> ResponseReturnValue:
    """For people: heads and values in words."""
    event, wish = own_event(), _wish()
    export, more = _note_export(event, wish, "xlsx"), exports.Questions(event)
    return sheets.xlsx_response(
        _file_name(event, export),
        _("Registrations"),
        [*exports.labels(), *more.labels],
        exports.worded(event, wish, more),
        notes=_notes(event, export),
    )


@bp.get("/registrations/<int:registration_id>")
@needs(Right.PEOPLE)
def show(registration_id: int) -> ResponseReturnValue:
    """A person with their whole history, the newest first."""
    registration = one(registration_id)
    return render_template(
        "registrations/desk/show.html",
        event=own_event(),
        registration=registration,
        position=queries.position(registration),
        now=clock.now(),
        quota=_quota_of(registration),
        consents=labels.CONSENTS,
        history=history.of(registration),
        access=access.shown_of(registration),
        answers=answers.of(registration, clock.now()),
        letters=papers.of(registration, clock.now()).letters,
        second=answers.second(registration, clock.now()),
        sessions=_sessions_of(registration),
        invite=invites.of(registration.id),
        may_be_checked_in=registration.may_be_checked_in(clock.now()),
        labels=labels,
        form=ActForm(),
    )


@bp.get("/registrations/<int:registration_id>/files/<int:question_number>")
def file(registration_id: int, question_number: int) -> ResponseReturnValue:
    """A file that the person handed in; who took it out is noted."""
    registration, now = one(registration_id), clock.now()
    name = answers.file_given(registration, question_number)
    response = handed_in(name)
    with transaction():
        record(
            "registration.file_read", registration, by=by(), now=now, event_id=own_event().id,
            question=question_number,
        )  # fmt: skip
    return response


def _quota_of(registration: Registration) -> str:
    """For whom the place was kept that this person has; empty for an open place."""
    found = registration.quota_id and events.quota(registration.event_id, registration.quota_id)
    return whom(found.kept) if found else ""


@bp.post("/registrations/<int:registration_id>/approval")
def approval(registration_id: int) -> ResponseReturnValue:
    service.approve(one(registration_id), by=by(), now=clock.now())
    return back(registration_id)


@bp.route("/registrations/<int:registration_id>/refusal", methods=["GET", "POST"])
def refusal(registration_id: int) -> ResponseReturnValue:
    return _act(registration_id, service.decline, "registrations/desk/refusal.html")


@bp.route("/registrations/<int:registration_id>/withdrawal", methods=["GET", "POST"])
def withdrawal(registration_id: int) -> ResponseReturnValue:
    return _act(registration_id, service.withdraw, "registrations/desk/withdrawal.html")


@bp.post("/registrations/<int:registration_id>/letter")
def letter(registration_id: int) -> ResponseReturnValue:
    """Try once more to write the letter that could not be written."""
    service.try_again(one(registration_id), by=by(), now=clock.now())
    return back(registration_id)


@bp.post("/registrations/approvals")
def approvals() -> ResponseReturnValue:
    """Approve whom was ticked, or all pending whom the filter shows, in order of arrival.

    All of them or nobody.
    """
    event = own_event()
    if request.form.get("scope") == "all":
        wish = listing.wish_of(request.form) or abort(404)
        people = listing.pending(event, wish)
    else:
        ids = [id_of(typed) for typed in request.form.getlist("id")]
        people = listing.some(event, ids)
        if len(people) != len(set(ids)):
            abort(404)
    service.approve_all(event, people, by=by(), now=clock.now())
    return redirect(url_for("registrations_desk.index", slug=event.slug), 303)


def _act(registration_id: int, verb: Verb, template: str) -> ResponseReturnValue:
    """A page that says what will happen, and the act."""
    registration = one(registration_id)
    if request.method == "POST":
        verb(registration, by=by(), now=clock.now())
        return back(registration_id)
    return render_template(
        template, event=own_event(), registration=registration, form=ActForm(), now=clock.now()
    )


def _wish() -> Wish:
    """What the address asks for; a code that does not exist is no such page."""
    return listing.wish_of(request.args) or abort(404)


def _sessions_of(registration: Registration) -> list[tuple[str, str]]:
    """What the person chose, and how they stand in it."""
    if not registration.event.chooses:
        return []
    return [
        (translated(dict(each.offer.title)), str(labels.IN_SESSION[each.state]))
        for each in sessions.of(registration.id)
    ]


def _number(name: str) -> int | None:
    """Of how many people an act was that has just been done."""
    typed = request.args.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else None


def _args(wish: Wish) -> dict[str, str]:
    return {"slug": own_event().slug} | listing.said(wish)


def _heads(wish: Wish) -> list[tuple[str, str, str | None, str | None]]:
    """Heads of the table; one can sort by four of them, and turn the order round."""
    words: list[tuple[str, str]] = [
        (_("Name"), "name"), (_("Status"), "status"), (_("Organisation"), "organisation"),
        (_("Takes part as"), ""), (_("Country"), ""), (_("Registered"), "registered_at"),
    ]  # fmt: skip
    heads: list[tuple[str, str, str | None, str | None]] = []
    for label, sort in words:
        if not sort:
            heads.append((label, "", None, None))
            continue
        chosen = wish.sort == sort
        turned = f"-{sort}" if chosen and not wish.descending else sort
        url = url_for("registrations_desk.index", **_args(wish) | {"sort": turned})  # type: ignore[arg-type]
        direction = ("descending" if wish.descending else "ascending") if chosen else None
        heads.append((label, "", url, direction))
    return heads


def _note_export(event: Event, wish: Wish, kind: str) -> Taken:
    """Who took whom out of the house, and until when: kept before the first octet leaves."""
    now = clock.now()
    count, delete_by = listing.count(event, wish), retention.export_expires_at(event, now)
    with transaction():
        copies.take_out(event, kind, count, delete_by, by=by(), now=now)
        record(
            "registrations.exported", event, by=by(), now=now, event_id=event.id,
            kind=kind, count=count, **_filter_codes(wish),
        )  # fmt: skip
    return Taken(count, day=f"{delete_by.astimezone(ZoneInfo(event.zone)):%Y-%m-%d}")


def _filter_codes(wish: Wish) -> dict[str, str]:
    """The filter in codes; the words of a search may be a name and stay out."""
    return listing.filter_codes(wish) | {"searched": "yes" if wish.words else "no"}


def _file_name(event: Event, export: Taken) -> str:
    return f"{event.slug}-registrations-delete-by-{export.day}"


def _notes(event: Event, export: Taken) -> list[str]:
    """What goes along with personal data: whose they are, and how to treat them."""
    return [
        translated(event.title),
        ngettext("%(num)d person", "%(num)d people", export.count),
        _("Taken out on %(moment)s by %(who)s.",
          moment=clock.now().strftime("%Y-%m-%d %H:%M UTC"), who=organiser().email),
        _("These are personal data, collected for this event under the privacy notice %(version)s. "
          "Use them for this event only, give them to nobody else, and delete this file by "
          "%(day)s.", version=notice_version(event.notice_number), day=export.day),
    ]  # fmt: skip
