"""Who is invited to an event, and what became of it; one invitation and its acts; the list as a
file."""

import math
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock, sheets
from portal.accounts.guards import by, organiser
from portal.accounts.rules import Right
from portal.audit.service import record
from portal.db import transaction
from portal.errors import Refused
from portal.events.guards import guard_event, needs, own_event
from portal.events.models import Event
from portal.events.service import locked
from portal.forms import ActForm
from portal.i18n import translated
from portal.invitations import exports, letters, listing, queries, service, words
from portal.invitations.forms import NewAddressForm
from portal.invitations.listing import Wish
from portal.invitations.models import Invitation
from portal.invitations.rules import Stage
from portal.registrations.rules import notice_version
from portal.retention import queries as retention
from portal.retention import service as copies
from portal.web import page_number

bp = Blueprint("invitations_desk", __name__, url_prefix="/desk/events/<slug>/invitations")
guard_event(bp)


@bp.get("/")
@needs(Right.PEOPLE)
def index() -> ResponseReturnValue:
    event, wish, number = own_event(), _wish(), page_number()
    by_list = listing.counts(event)
    found = listing.count(event, wish)
    last = max(1, math.ceil(found / listing.PAGE))
    if number > last:
        abort(404)
    return render_template(
        "invitations/desk/index.html",
        event=event,
        lists=queries.lists(event),
        by_list=by_list,
        counts=sum(by_list.values(), Counter[Stage]()),
        wish=wish,
        args=_args(wish),
        people=listing.page(event, wish, number),
        found=found,
        number=number,
        last=last,
        delete_by=retention.export_expires_at(event, clock.now()),
        words=words,
    )


@bp.get("/people/<int:invitation_id>")
@needs(Right.PEOPLE)
def show(invitation_id: int) -> ResponseReturnValue:
    """One invitation, step by step."""
    return render_template(
        "invitations/desk/show.html",
        event=own_event(), invitation=_one(invitation_id), words=words, form=ActForm(),
        Stage=Stage,
    )  # fmt: skip


@bp.route("/people/<int:invitation_id>/withdrawal", methods=["GET", "POST"])
def withdrawal(invitation_id: int) -> ResponseReturnValue:
    """Behind a page that says what will happen."""
    invitation, form = _one(invitation_id), ActForm()
    if form.validate_on_submit():
        letters.withdraw(queries.held(invitation.id), by=by(), now=clock.now())
        return _to(invitation_id)
    return render_template(
        "invitations/desk/withdrawal.html", event=own_event(), invitation=invitation, form=form
    )


@bp.post("/people/<int:invitation_id>/return")
def comes_back(invitation_id: int) -> ResponseReturnValue:
    """What was withdrawn by mistake."""
    service.bring_back(queries.held(_one(invitation_id).id), by=by(), now=clock.now())
    return _to(invitation_id)


@bp.route("/people/<int:invitation_id>/address", methods=["GET", "POST"])
def address(invitation_id: int) -> ResponseReturnValue:
    """Corrected, and the letter is written anew."""
    invitation, form = _one(invitation_id), NewAddressForm()
    if form.validate_on_submit():
        locked(own_event().id)  # before the invitation, as whoever registers by it does
        held = queries.held(invitation.id)
        try:
            letters.correct_address(held, form.email.data, by=by(), now=clock.now())
        except Refused as refused:
            form.email.errors = [refused.sentence]
        else:
            return _to(invitation_id)
    page = render_template(
        "invitations/desk/address.html", event=own_event(), invitation=invitation, form=form
    )
    return page, 422 if form.errors else 200


@bp.post("/people/<int:invitation_id>/letter")
def letter(invitation_id: int) -> ResponseReturnValue:
    """Try once more what came back, or could not be written."""
    invitation = queries.held(_one(invitation_id).id)
    service.send_again(invitation, by=by(), now=clock.now())
    return _to(invitation_id)


@bp.get("/invitations.csv")
def as_csv() -> ResponseReturnValue:
    """For programs: codes."""
    event, wish = own_event(), _wish()
    name = _note_export(event, wish, "csv").name
    return sheets.csv_response(name, exports.FIELDS, exports.coded(event, wish))


@bp.get("/invitations.xlsx")
def as_xlsx() -> ResponseReturnValue:
    """For people: words."""
    event, wish = own_event(), _wish()
    taken = _note_export(event, wish, "xlsx")
    return sheets.xlsx_response(
        taken.name, _("Invitations"), exports.heads(), exports.worded(event, wish),
        notes=taken.notes,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Taken:
    """A list that leaves the house: the file's name, and what goes along with it."""

    name: str
    notes: list[str]


def _note_export(event: Event, wish: Wish, kind: str) -> _Taken:
    """Who took whom out of the house, and until when: kept before the first octet leaves."""
    now = clock.now()
    count, delete_by = listing.count(event, wish), retention.export_expires_at(event, now)
    with transaction():
        copies.take_out(event, f"invitations {kind}", count, delete_by, by=by(), now=now)
        record(
            "invitations.exported", event, by=by(), now=now, event_id=event.id, kind=kind,
            count=count, stage=wish.stage.value if wish.stage else "",
            searched="yes" if wish.words else "no",
        )  # fmt: skip
    day = f"{delete_by.astimezone(ZoneInfo(event.zone)):%Y-%m-%d}"
    notes = [
        translated(event.title),
        ngettext("%(num)d person", "%(num)d people", count),
        _("Taken out on %(moment)s by %(who)s.",
          moment=now.strftime("%Y-%m-%d %H:%M UTC"), who=organiser().email),
        _("These are personal data, collected for this event under the privacy notice %(version)s. "
          "Use them for this event only, give them to nobody else, and delete this file by "
          "%(day)s.", version=notice_version(event.notice_number), day=day),
    ]  # fmt: skip
    return _Taken(f"{event.slug}-invitations-delete-by-{day}", notes)


def _one(invitation_id: int) -> Invitation:
    return queries.one(own_event(), invitation_id) or abort(404)


def _wish() -> Wish:
    return listing.wish_of(request.args) or abort(404)


def _args(wish: Wish) -> dict[str, str]:
    said = {
        "q": wish.words,
        "stage": wish.stage.value if wish.stage else "",
        "list": str(wish.list_id or ""),
    }
    return {"slug": own_event().slug} | {name: value for name, value in said.items() if value}


def _to(invitation_id: int) -> ResponseReturnValue:
    where = url_for("invitations_desk.show", slug=own_event().slug, invitation_id=invitation_id)
    return redirect(where, 303)
