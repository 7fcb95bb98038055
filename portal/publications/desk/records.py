"""The catalogue at the desk: its list, one record, and how a visitor sees it."""

import math
import re

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal import clock
from portal.accounts.guards import by, guard_library
from portal.db import db
from portal.errors import Refused
from portal.publications import listing, service
from portal.publications.desk.shared import held, one
from portal.publications.models import Publication
from portal.publications.record_form import PublicationForm, form_for
from portal.publications.rules import State
from portal.web import page_number

bp = Blueprint("publications_desk", __name__, url_prefix="/desk/publications")
guard_library(bp, _l("Publications"))


@bp.get("/")
def index() -> ResponseReturnValue:
    words = request.args.get("q", "")[: listing.LONGEST_SEARCH]
    asked = request.args.get("state", "")
    if asked and asked not in set(State):
        abort(404)
    question, number = listing.listed(words, State(asked) if asked else None), page_number()
    found = db.session.scalar(select(func.count()).select_from(question.order_by(None).subquery()))
    last = max(1, math.ceil((found or 0) / listing.PAGE))
    if number > last:
        abort(404)
    return render_template(
        "publications/desk/index.html",
        publications=db.session.scalars(
            question.limit(listing.PAGE).offset((number - 1) * listing.PAGE)
        ).all(),
        found=found, states=listing.states(), words=words, state=asked, number=number, last=last,
        imported=_imported(), now=clock.now(),
    )  # fmt: skip


def _imported() -> tuple[int, int] | None:
    """How many drafts an import has just made, and how many records it has changed."""
    done = re.fullmatch("([0-9]{1,5})-([0-9]{1,5})", request.args.get("imported", ""))
    return (int(done[1]), int(done[2])) if done else None


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = form_for(None, request.form)
    if "more" in request.form:
        return _shown(form, None, 200)
    is_valid, now = form.validate_on_submit(), clock.now()
    if (is_valid or form.only_others_are_wrong) and (
        twin := service.made_just_now(form.facts, now)
    ):
        return _to(twin)
    if not is_valid:
        return _shown(form, None, 200)
    publication = service.draft(form.facts, by=by(), now=now)
    service.relate(publication, form.relations, by=by(), now=now)
    return _to(publication)


@bp.get("/<int:publication_id>")
def show(publication_id: int) -> ResponseReturnValue:
    """How it stands, and what can be done about it."""
    return render_template(
        "publications/desk/show.html", publication=one(publication_id), now=clock.now()
    )


@bp.route("/<int:publication_id>/record", methods=["GET", "POST"])
def record(publication_id: int) -> ResponseReturnValue:
    """All that is said of it; two who write at once lose nothing."""
    publication = held(publication_id)
    if publication.state is State.WITHDRAWN:
        raise Refused(_("A withdrawn publication stays as it is."))
    form = form_for(publication, request.form)
    if "more" in request.form:
        return _shown(form, publication, 200)
    status = 409 if form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        service.edit(publication, form.facts, by=by(), now=clock.now())
        service.relate(publication, form.relations, by=by(), now=clock.now())
        return _to(publication)
    return _shown(form, publication, status)


def _shown(
    form: PublicationForm, publication: Publication | None, status: int
) -> ResponseReturnValue:
    page = render_template("publications/desk/record.html", form=form, publication=publication)
    return page, 422 if form.errors and status == 200 else status


def _to(publication: Publication) -> ResponseReturnValue:
    return redirect(url_for("publications_desk.show", publication_id=publication.id), 303)
