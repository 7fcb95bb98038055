"""Requests at the desk: what is due when, and the answer; and whom administrators forget."""

import math

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from portal import clock
from portal.accounts import queries as accounts
from portal.accounts.guards import by, guard, organiser
from portal.accounts.rules import Right
from portal.db import db, looking
from portal.i18n import languages
from portal.registrations.person import address_key
from portal.subjects import letters, queries, service
from portal.subjects.forms import AnswerForm, EraseForm
from portal.subjects.models import Request
from portal.subjects.words import REQUEST_KINDS
from portal.web import page_number

bp = Blueprint("subjects_desk", __name__, url_prefix="/desk/requests")
guard(bp)

PAGE = 50


@bp.get("/")
def index() -> ResponseReturnValue:
    shelf = request.args.get("shelf", "open")
    if shelf not in ("open", "answered"):
        abort(404)
    event_ids = accounts.event_ids(organiser(), Right.RUN)
    question, number = queries.listed(shelf == "answered", event_ids), page_number()
    found = db.session.scalar(select(func.count()).select_from(question.order_by(None).subquery()))
    last = max(1, math.ceil((found or 0) / PAGE))
    if number > last:
        abort(404)
    return render_template(
        "subjects/desk/index.html",
        shelf=shelf,
        requests=db.session.scalars(question.limit(PAGE).offset((number - 1) * PAGE)).all(),
        overdue=queries.overdue_number(event_ids, clock.now()),
        number=number,
        last=last,
        now=clock.now(),
        kinds=REQUEST_KINDS,
    )


@bp.route("/<int:request_id>", methods=["GET", "POST"])
def show(request_id: int) -> ResponseReturnValue:
    """What is asked, and the answer, which goes to the person by letter."""
    asked, form = _of_ours(request_id), AnswerForm()
    if form.validate_on_submit():
        now = clock.now()
        service.answer(asked, form.answer.data or "", by=by(), now=now)
        if asked.address:
            letters.write_answer(asked, now=now)
        return redirect(url_for("subjects_desk.show", request_id=request_id), 303)
    page = render_template(
        "subjects/desk/show.html",
        asked=asked, form=form, now=clock.now(), kinds=REQUEST_KINDS,
        who=accounts.names_of({asked.answered_by} - {None}).get(asked.answered_by or 0),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.get("/erasures")
def erasures() -> ResponseReturnValue:
    """Who asked to be forgotten, as dates and numbers; how far it is."""
    _administrators_only()
    return render_template(
        "subjects/desk/erasures.html",
        erasures=db.session.scalars(queries.erasures().limit(PAGE)).all(),
    )


@bp.route("/erasures/new", methods=["GET", "POST"])
def erase() -> ResponseReturnValue:
    """Somebody asked by letter or telephone: first what will happen, then the same button again."""
    _administrators_only()
    form, found, now = EraseForm(), None, clock.now()
    if form.validate_on_submit():
        address = form.email.data
        found = queries.of_address(address_key(address))
        if not found.to_erase:
            form.refuse_unknown()
        elif form.sure.data == "yes":
            language = next((each.language for each in found.registrations), languages()[0])
            service.erase(found, address, address_key(address), language, by=by(), now=now)
            return redirect(url_for("subjects_desk.erasures"), 303)
        form.sure.data = "yes"
    with looking():
        page = render_template(
            "subjects/desk/erase.html", form=form, found=None if form.errors else found, now=now
        )
    return page, 422 if form.errors else 200


def _of_ours(request_id: int) -> Request:
    found = queries.request_by_id(request_id)
    event_ids = accounts.event_ids(organiser(), Right.RUN)
    if found is None or (event_ids is not None and found.event_id not in event_ids):
        abort(404)
    return found


def _administrators_only() -> None:
    if not organiser().admin:
        abort(404)
