"""The vocabulary of subjects at the desk."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.guards import by, guard_library
from portal.errors import Refused
from portal.forms import ActForm
from portal.i18n import translated
from portal.publications import listing, service
from portal.publications.forms import SubjectForm
from portal.publications.models import Subject
from portal.publications.rules import first_free
from portal.text import slug

bp = Blueprint("publication_subjects", __name__, url_prefix="/desk/publications/subjects")
guard_library(bp, under="publications_desk")


@bp.get("/")
def index() -> ResponseReturnValue:
    return render_template(
        "publications/desk/subjects.html", subjects=listing.subjects(), uses=listing.uses()
    )


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = SubjectForm({})
    if form.validate_on_submit():
        taken = {each.code for each in listing.subjects()}
        code = first_free(slug(translated(form.label.data, "en")) or "subject", taken)
        service.add_subject(code, form.label.data, by=by(), now=clock.now())
        return _to_list()
    return _page(form, None, 200)


@bp.route("/<int:subject_id>", methods=["GET", "POST"])
def subject(subject_id: int) -> ResponseReturnValue:
    """Its words in each language."""
    found = _one(subject_id)
    form = SubjectForm({"label": found.label})
    status = 409 if form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        service.name_subject(found, form.label.data, by=by(), now=clock.now())
        return _to_list()
    return _page(form, found, status)


@bp.route("/<int:subject_id>/removal", methods=["GET", "POST"])
def removal(subject_id: int) -> ResponseReturnValue:
    found, form = _one(subject_id), ActForm()
    if found.publications:
        raise Refused(_("Publications are about this subject. Take it from them first."))
    if form.validate_on_submit():
        service.remove_subject(found, by=by(), now=clock.now())
        return _to_list()
    return render_template("publications/desk/subject_removal.html", subject=found, form=form)


def _page(form: SubjectForm, found: Subject | None, status: int) -> ResponseReturnValue:
    page = render_template("publications/desk/subject.html", form=form, subject=found)
    return page, 422 if form.errors and status == 200 else status


def _one(subject_id: int) -> Subject:
    return listing.subject(subject_id) or abort(404)


def _to_list() -> ResponseReturnValue:
    return redirect(url_for("publication_subjects.index"), 303)
