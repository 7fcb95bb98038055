"""Bibliographies handed in at the desk: a dry run first, then one act."""

import math
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.guards import by, guard_library
from portal.db import db, looking
from portal.forms import ActForm
from portal.publications import importing, listing, service
from portal.publications.forms import ImportForm
from portal.publications.importing import Fate
from portal.publications.models import PublicationImport
from portal.publications.narrowing import value_words
from portal.publications.shown import permanent_address
from portal.publications.words import FATES, FIELDS, REASONS, date_words, subject_words
from portal.web import page_number, takes_files

bp = Blueprint("publication_import", __name__, url_prefix="/desk/publications/import")
guard_library(bp, under="publications_desk")

PAGE = 50
MOST_BYTES = 20_000_000


@bp.route("/", methods=["GET", "POST"])
@takes_files
def index() -> ResponseReturnValue:
    """Hand in a file; nothing is changed by it, and nobody waits while it is read."""
    form = ImportForm()
    if form.validate_on_submit() and (content := _content(form)):
        db.session.rollback()
        with looking():
            planned = importing.plan(importing.entries(content), own_address())
        kept = service.keep_import(content, [each.said() for each in planned], now=clock.now())
        return redirect(url_for("publication_import.show", import_id=kept.id), 303)
    page = render_template("publications/desk/import.html", form=form)
    return page, 422 if form.errors else 200


@bp.get("/<int:import_id>")
def show(import_id: int) -> ResponseReturnValue:
    """What would become of each record."""
    kept = _one(import_id)
    return render_template(
        "publications/desk/dry_run.html",
        kept=kept,
        changed=request.args.get("now") == "yes",
        counts=importing.counts(str(each["fate"]) for each in kept.fates),
        shelf=_shelf(kept),
        fates=FATES,
        fields=FIELDS,
        reasons=REASONS,
        value_words=lambda name, value: value_words(name, value, {}) if value else "–",
        date_words=date_words,
        subject_words=subject_words,
        form=ActForm(),
    )


@bp.post("/<int:import_id>/records")
def records(import_id: int) -> ResponseReturnValue:
    """Do what was shown; where it would be something else by now, show that and do nothing."""
    content = _one(import_id).content
    db.session.rollback()  # nobody waits while it is read
    found = importing.entries(content)
    kept = _one(import_id)
    planned = importing.plan(found, own_address())
    said = [each.said() for each in planned]
    if said != kept.fates:
        kept.fates = said
        return redirect(url_for("publication_import.show", import_id=import_id, now="yes"), 303)
    importing.carry_out(planned, by=by(), now=clock.now())
    service.forget_import(kept)
    counted = importing.counts(each.fate for each in planned)
    done = f"{counted[Fate.NEW]}-{counted[Fate.CHANGED]}"
    return redirect(url_for("publications_desk.index", imported=done), 303)


@bp.post("/<int:import_id>/removal")
def removal(import_id: int) -> ResponseReturnValue:
    service.forget_import(_one(import_id))
    return redirect(url_for("publication_import.index"), 303)


def own_address() -> str:
    """How the permanent addresses of our publications begin."""
    return permanent_address("0").removesuffix("0")


def _content(form: ImportForm) -> str:
    """The text of the file, where it is one."""
    octets = form.file.data.stream.read(MOST_BYTES + 1)
    if len(octets) > MOST_BYTES:
        form.file.errors = [_("This file is larger than %(most)s MB.", most=MOST_BYTES // 10**6)]
        return ""
    try:
        content = octets.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        form.file.errors = [_("This file is no text in UTF-8. Export it anew in UTF-8.")]
        return ""
    if not content.strip():
        form.file.errors = [_("This file is empty.")]
    return content.strip() and content


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The part of the records that is shown."""

    rows: list[dict[str, object]]
    fate: str
    number: int
    last: int


def _shelf(kept: PublicationImport) -> _Shelf:
    fate, number = request.args.get("fate", ""), page_number()
    if fate and fate not in set(Fate):
        abort(404)
    rows = [each for each in kept.fates if not fate or each["fate"] == fate]
    last = max(1, math.ceil(len(rows) / PAGE))
    if number > last:
        abort(404)
    return _Shelf(rows[(number - 1) * PAGE : number * PAGE], fate, number, last)


def _one(import_id: int) -> PublicationImport:
    return listing.kept_import(import_id) or abort(404)
