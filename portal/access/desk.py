"""The access list at the desk, for those who run the event: asked, watched, given on, ended."""

import math
from functools import partial
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, labels, sheets
from portal.access import exports, queries, service
from portal.access.exports import Line
from portal.access.forms import HandoverForm, ListForm
from portal.access.models import AccessList
from portal.access.rules import Standing
from portal.access.shown import things
from portal.accounts.guards import by, organiser, signed_in_lately
from portal.errors import Refused
from portal.events import service as events
from portal.events.guards import guard_event, own_event
from portal.forms import ActForm
from portal.i18n import short_day, translated
from portal.protection import queries as records
from portal.retention import service as copies
from portal.sealing import Unreadable
from portal.web import page_number

bp = Blueprint("access_desk", __name__, url_prefix="/desk/events/<slug>/access-list")
guard_event(bp)


@bp.get("/")
def index() -> ResponseReturnValue:
    """How it stands, and of whom something is missing; what was given is shown to nobody here."""
    event, number = own_event(), page_number()
    found, now = queries.of_event(event.id), clock.now()
    possible = service.is_possible(event, now)
    if found is None:
        return render_template("access/desk/none.html", event=event, is_possible=possible)
    figures = queries.figures(found)
    wanted = _wanted()
    last = max(1, math.ceil(_how_many(figures, wanted) / queries.PAGE))
    if number > last:
        abort(404)
    return render_template(
        "access/desk/index.html",
        event=event,
        found=found,
        figures_of=figures,
        people=queries.people(found, wanted, number),
        standing=partial(queries.standing_in, found),
        wanted=wanted,
        filters=_filters(wanted),
        number=number,
        last=last,
        is_open=found.is_open(now),
        is_done=found.erased_at is not None and found.erase_at <= now,
        is_possible=possible,
        things=things(found.asked),
        labels=labels,
        handover=HandoverForm(number=found.exports),
        saved=request.args.get("saved") == "yes",
    )


@bp.route("/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """Switching it on writes letters; how many stands on the button's page."""
    event, now = own_event(), clock.now()
    if request.method == "POST":
        event = events.locked(event.id)
    found, record = queries.of_event(event.id), records.current(event.id)
    if record is None:
        raise Refused(_("Write the data protection record of this event first."))
    promised = found is not None and queries.somebody_was_asked(found.id)
    form = ListForm(event, found, law=record.facts["law"], promised=promised, now=now)
    if not form.validate_on_submit():
        return _settings_page(form, found), 422 if form.errors else 200
    if form.revision.data != str(found.revision if found else 0):
        form.revision.data = str(found.revision if found else 0)
        return _settings_page(form, found, meanwhile=True), 409
    service.keep(event, form.facts, by=by(), now=now)
    return redirect(url_for("access_desk.index", slug=event.slug, saved="yes"), 303)


@bp.route("/reminders", methods=["GET", "POST"])
def reminders() -> ResponseReturnValue:
    """To everybody who has given nothing, with the number of letters before they are written."""
    found, form = _found(), ActForm()
    if form.validate_on_submit():
        service.remind(found, by=by(), now=clock.now())
        return redirect(url_for("access_desk.index", slug=own_event().slug), 303)
    return render_template(
        "access/desk/reminders.html",
        event=own_event(), found=found, form=form, count=queries.to_remind_number(found),
        is_open=found.is_open(clock.now()),
    )  # fmt: skip


@bp.route("/export", methods=["GET", "POST"])
def export() -> ResponseReturnValue:
    """The only way out of what was given, minutes after both steps of a sign-in."""
    found, form = _found(), ActForm()
    if request.method == "POST" and not signed_in_lately():
        return redirect(_sign_in_again(), 303)
    if request.method == "POST":
        found = queries.held(found.id) or found
    lines = _lines(found)
    if form.validate_on_submit():
        return _file(found, lines)
    return render_template(
        "access/desk/export.html",
        event=own_event(), found=found, form=form, counts=exports.counts(lines),
        destroy_on=_destroy_on(found), things=things(found.asked),
        handover=HandoverForm(number=found.exports),
        sign_in_url=None if signed_in_lately() else _sign_in_again(),
    )  # fmt: skip


@bp.post("/handover")
def handover() -> ResponseReturnValue:
    """The building has the last file, which the button names by its number."""
    found, form = _found(), HandoverForm()
    if not form.validate_on_submit():
        abort(400)
    held = queries.held(found.id) or found
    service.give_on(held, form.number.data or 0, by=by(), now=clock.now())
    return redirect(url_for("access_desk.index", slug=own_event().slug), 303)


@bp.route("/removal", methods=["GET", "POST"])
def removal() -> ResponseReturnValue:
    """Behind a page that says of how many people something is erased."""
    found, form = _found(), ActForm()
    if form.validate_on_submit():
        events.locked(own_event().id)
        service.switch_off(queries.held(found.id) or found, by=by(), now=clock.now())
        return redirect(url_for("access_desk.index", slug=own_event().slug), 303)
    return render_template(
        "access/desk/removal.html",
        event=own_event(), found=found, form=form, people=queries.given_number(found.id),
    )  # fmt: skip


def _found() -> AccessList:
    """The event's list while it is on."""
    found = queries.of_event(own_event().id)
    if found is None or found.switched_off_at is not None:
        abort(404)
    return found


def _wanted() -> Standing | None:
    asked = request.args.get("show", "")
    if asked and asked not in set(Standing):
        abort(404)
    return Standing(asked) if asked else None


def _how_many(figures: queries.Figures, wanted: Standing | None) -> int:
    return int(getattr(figures, wanted.value if wanted else "people"))


def _filters(wanted: Standing | None) -> list[tuple[str, str, bool]]:
    slug = own_event().slug
    rows = [(_("Everybody"), url_for("access_desk.index", slug=slug), wanted is None)]
    for each in Standing:
        url = url_for("access_desk.index", slug=slug, show=each.value)
        rows.append((str(labels.ACCESS_STANDINGS[each]), url, wanted is each))
    return rows


def _settings_page(form: ListForm, found: AccessList | None, *, meanwhile: bool = False) -> str:
    event = own_event()
    is_new = found is None or found.switched_off_at is not None
    return render_template(
        "access/desk/settings.html",
        event=event,
        found=found,
        form=form,
        is_new=is_new,
        letters=queries.to_ask_number(event) if is_new else 0,
        things=things(found.asked) if found else [],
        meanwhile=meanwhile,
    )


def _lines(found: AccessList) -> list[Line]:
    try:
        return exports.lines(found)
    except Unreadable as error:
        raise Refused(
            _("What people gave cannot be read: the key in the data directory is not the one that "
              "it was sealed with. Ask those who run the portal.")
        ) from error  # fmt: skip


def _file(found: AccessList, lines: list[Line]) -> Response:
    """Noted before the first octet leaves; the day on which to destroy it is in its name."""
    now, counts = clock.now(), exports.counts(lines)
    kind = "csv" if request.form.get("kind") == "csv" else "xlsx"
    day = found.erase_at.astimezone(ZoneInfo(found.event.zone)).date().isoformat()
    name = f"{own_event().slug}-access-list-{found.exports + 1}-destroy-by-{day}"
    marks = {each.visitor_id: each.mark for each in lines}
    if kind == "csv":
        rows = list(exports.coded(found, lines))
        response = sheets.csv_response(name, exports.heads(found), rows)
    else:
        rows = list(exports.worded(found, lines))
        response = sheets.xlsx_response(
            name, _("Access list"), exports.labelled(found), rows, notes=_notes(found, counts)
        )
    service.note_export(found, marks, counts, kind, by=by(), now=now)
    copies.take_out(
        own_event(), f"access {kind}", counts["people"], found.erase_at, by=by(), now=now
    )
    return response


def _notes(found: AccessList, counts: dict[str, int]) -> list[str]:
    return [
        _("Destroy this file on %(day)s at the latest.", day=_destroy_on(found)),
        translated(found.event.title),
        _("For: %(receiver)s. Give it to nobody else.", receiver=translated(found.receiver)),
        _("People: %(people)s. Late: %(late)s. Since the list given on: %(new)s new, %(changed)s "
          "changed, %(withdrawn)s who took their data back, %(gone)s who do not come.", **counts),
        (_("Differences count from list %(number)s, which was given on.", number=found.given_on)
         if found.given_on else _("No list was given on before this one.")),
        _("Taken out on %(moment)s by %(who)s.",
          moment=clock.now().strftime("%Y-%m-%d %H:%M UTC"), who=organiser().email),
    ]  # fmt: skip


def _destroy_on(found: AccessList) -> str:
    return short_day(found.erase_at, found.event.zone)


def _sign_in_again() -> str:
    here = url_for("access_desk.export", slug=own_event().slug)
    return url_for("accounts.sign_in", next=here)
