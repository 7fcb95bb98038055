"""Lists of invited people at the desk: their terms, the file with a dry run, sending, reminding."""

import math
from collections import Counter

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by
from portal.db import db
from portal.errors import Refused
from portal.events.guards import guard_event, own_event
from portal.events.rules import State
from portal.events.service import locked
from portal.forms import ActForm
from portal.i18n import languages, page_language
from portal.invitations import due, letters, listing, queries, service, words
from portal.invitations.files import read_back
from portal.invitations.forms import FileForm, ListForm, OneForm
from portal.invitations.models import InvitationImport, InvitationList
from portal.invitations.rules import Fate, ImportState, Stage
from portal.invitations.service import lists
from portal.web import page_number, takes_files

bp = Blueprint("invitation_lists", __name__, url_prefix="/desk/events/<slug>/invitations/lists")
guard_event(bp)

PAGE = 100


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = ListForm(own_event(), None)
    if form.validate_on_submit():
        made = lists.make(own_event(), form.facts, by=by(), now=clock.now())
        return _to(made.id)
    page = render_template(
        "invitations/desk/settings.html", event=own_event(), form=form, of_list=None
    )
    return page, 422 if form.errors else 200


@bp.get("/<int:list_id>")
def show(list_id: int) -> ResponseReturnValue:
    """How it stands, what can be done next, and the letter."""
    event, of_list = own_event(), _one(list_id)
    counts = listing.counts(event).get(of_list.id, Counter[Stage]())
    is_shut = of_list.is_shut(clock.now())
    is_late = of_list.answer_until is not None and of_list.answer_until <= clock.now()
    return render_template(
        "invitations/desk/list.html",
        event=event,
        of_list=of_list,
        counts=counts,
        everybody=sum(counts.values()),
        file=queries.last_import(of_list),
        to_send=counts[Stage.NEW],
        is_shut=is_shut,
        to_remind=0 if is_late or is_shut or not of_list.sent_at else due.to_remind_number(of_list),
        is_open=event.state is not State.CANCELLED and not event.is_over(clock.now()),
        is_public=event.state is State.PUBLISHED,
        words=words,
        imported=_number(request.args.get("imported", "")),
        form=ActForm(),
    )


@bp.route("/<int:list_id>/terms", methods=["GET", "POST"])
def terms(list_id: int) -> ResponseReturnValue:
    """Of two at one form the second sees what the first changed."""
    event = locked(own_event().id) if request.method == "POST" else own_event()
    of_list = _one(list_id)
    form = ListForm(event, of_list)
    is_outdated = form.is_submitted() and form.is_outdated
    if not is_outdated and form.validate_on_submit():
        lists.change(of_list, form.facts, by=by(), now=clock.now())
        return _to(list_id)
    page = render_template(
        "invitations/desk/settings.html", event=event, form=form, of_list=of_list
    )
    return page, 409 if is_outdated else 422 if form.errors else 200


@bp.route("/<int:list_id>/removal", methods=["GET", "POST"])
def removal(list_id: int) -> ResponseReturnValue:
    of_list, form = _one(list_id), ActForm()
    if form.validate_on_submit():
        lists.remove(of_list, by=by(), now=clock.now())
        return redirect(url_for("invitations_desk.index", slug=own_event().slug), 303)
    return render_template(
        "invitations/desk/removal.html", event=own_event(), of_list=of_list, form=form
    )


@bp.route("/<int:list_id>/people", methods=["GET", "POST"])
def people(list_id: int) -> ResponseReturnValue:
    """One person by hand."""
    of_list = _one(list_id)
    form = OneForm(data={"language": of_list.language})
    if form.validate_on_submit():
        try:
            made = lists.add(of_list, form.person, by=by(), now=clock.now())
        except Refused as refused:
            form.email.errors = [refused.sentence]
        else:
            where = url_for("invitations_desk.show", slug=own_event().slug, invitation_id=made)
            return redirect(where, 303)
    page = render_template("invitations/desk/one.html", event=own_event(), of_list=of_list,
                           form=form)  # fmt: skip
    return page, 422 if form.errors else 200


@bp.get("/<int:list_id>/letter")
def letter(list_id: int) -> ResponseReturnValue:
    """As it will be, without anybody's name and link."""
    of_list, lang = _one(list_id), request.args.get("lang", page_language())
    if lang not in languages():
        abort(404)
    return render_template(
        "invitations/desk/letter.html",
        event=own_event(), of_list=of_list, letter=letters.to_look_at(of_list, lang),
        lang=page_language(), shown_in=lang, languages=languages(), form=ActForm(),
        to_send=due.to_send(of_list),
    )  # fmt: skip


@bp.post("/<int:list_id>/sending")
def sending(list_id: int) -> ResponseReturnValue:
    """From now on the worker writes to everybody on it."""
    lists.send(_one(list_id), by=by(), now=clock.now())
    return _to(list_id)


@bp.route("/<int:list_id>/reminders", methods=["GET", "POST"])
def reminders(list_id: int) -> ResponseReturnValue:
    """To who has not answered, with their number before anything is written."""
    of_list, form = _one(list_id), ActForm()
    if form.validate_on_submit():
        service.remind(of_list, by=by(), now=clock.now())
        return _to(list_id)
    return render_template(
        "invitations/desk/reminders.html",
        event=own_event(), of_list=of_list, form=form, count=due.to_remind_number(of_list),
    )  # fmt: skip


@bp.route("/<int:list_id>/file", methods=["GET", "POST"])
@takes_files
def file(list_id: int) -> ResponseReturnValue:
    """Hand in a file; nobody is invited by it."""
    of_list, form = _one(list_id), FileForm()
    if form.validate_on_submit():
        db.session.rollback()  # nobody waits while it is read
        people = form.people()
        if people is not None:
            kept = lists.keep_file(_one(list_id), people, by=by(), now=clock.now())
            return _to_import(kept.id)
    page = render_template(
        "invitations/desk/file.html", event=own_event(), of_list=of_list, form=form
    )
    return page, 422 if form.errors else 200


@bp.get("/imports/<int:upload_id>")
def dry_run(upload_id: int) -> ResponseReturnValue:
    """What would become of each row; how far the worker is; or on to the list."""
    kept, number = _import(upload_id), page_number()
    if kept.state is ImportState.DONE:
        where = url_for(
            "invitation_lists.show", slug=own_event().slug, list_id=kept.list_id,
            imported=kept.made,
        )  # fmt: skip
        return redirect(where)
    if kept.state is ImportState.RUNNING:
        return render_template("invitations/desk/progress.html", event=own_event(), kept=kept)
    return _plan_page(kept, number)


@bp.post("/imports/<int:upload_id>/people")
def take_over(upload_id: int) -> ResponseReturnValue:
    """Have it imported, if nothing in it is wrong."""
    lists.start(_import(upload_id), by=by(), now=clock.now())
    return _to_import(upload_id)


@bp.post("/imports/<int:upload_id>/removal")
def forget_file(upload_id: int) -> ResponseReturnValue:
    of_list = _import(upload_id).of_list
    lists.forget_files(of_list)
    return _to(of_list.id)


def _plan_page(kept: InvitationImport, number: int) -> str:
    fate = request.args.get("fate", "")
    if fate and fate not in set(Fate):
        abort(404)
    planned = lists.planned(kept.of_list, read_back(kept.people))
    rows = [each for each in planned if not fate or each[1] == fate]
    last = max(1, math.ceil(len(rows) / PAGE))
    if number > last:
        abort(404)
    counts = Counter(found for _person, found in planned)
    return render_template(
        "invitations/desk/dry_run.html",
        event=own_event(),
        kept=kept,
        of_list=kept.of_list,
        counts={each.value: counts[each] for each in Fate},
        rows=rows[(number - 1) * PAGE : number * PAGE],
        fate=fate,
        number=number,
        last=last,
        words=words,
        form=ActForm(),
    )


def _one(list_id: int) -> InvitationList:
    return queries.list_of(own_event(), list_id) or abort(404)


def _import(upload_id: int) -> InvitationImport:
    return queries.import_of(own_event(), upload_id) or abort(404)


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else None


def _to(list_id: int) -> ResponseReturnValue:
    where = url_for("invitation_lists.show", slug=own_event().slug, list_id=list_id)
    return redirect(where, 303)


def _to_import(upload_id: int) -> ResponseReturnValue:
    where = url_for("invitation_lists.dry_run", slug=own_event().slug, upload_id=upload_id)
    return redirect(where, 303)
