"""The files of a publication at the desk."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, uploads
from portal.accounts.guards import by, guard_library
from portal.errors import Refused
from portal.forms import ActForm
from portal.materials.serving import attached
from portal.materials.shown import size_words
from portal.publications import listing, service
from portal.publications.desk.shared import held
from portal.publications.forms import PublicationFileForm
from portal.publications.models import Publication, PublicationFile
from portal.publications.rules import State
from portal.publications.shown import file_name
from portal.web import takes_files

bp = Blueprint(
    "publication_files", __name__, url_prefix="/desk/publications/<int:publication_id>/files"
)
guard_library(bp, under="publications_desk")


@bp.get("/")
def index(publication_id: int) -> ResponseReturnValue:
    return render_template(
        "publications/desk/files.html",
        publication=held(publication_id),
        size_words=size_words,
        form=ActForm(),
    )


@bp.route("/new", methods=["GET", "POST"])
@takes_files
def new(publication_id: int) -> ResponseReturnValue:
    publication = _changeable(publication_id)
    return _form(publication, None)


@bp.route("/<int:file_id>", methods=["GET", "POST"])
@takes_files
def file(publication_id: int, file_id: int) -> ResponseReturnValue:
    publication = _changeable(publication_id)
    return _form(publication, _one(publication, file_id))


@bp.get("/<int:file_id>/content")
def content(publication_id: int, file_id: int) -> ResponseReturnValue:
    """The file itself, also while nobody else gets it."""
    found = _one(held(publication_id), file_id)
    return attached(found.file, found.digest, title=file_name(found), plain=f"file-{found.id}")


@bp.route("/<int:file_id>/removal", methods=["GET", "POST"])
def removal(publication_id: int, file_id: int) -> ResponseReturnValue:
    publication, form = _changeable(publication_id), ActForm()
    found = _one(publication, file_id)
    if form.validate_on_submit():
        service.remove_file(found, by=by(), now=clock.now())
        return _to_list(publication)
    return render_template(
        "publications/desk/file_removal.html", publication=publication, file=found, form=form
    )


@bp.post("/<int:file_id>/place")
def place(publication_id: int, file_id: int) -> ResponseReturnValue:
    """One further up or down in the list."""
    publication = _changeable(publication_id)
    earlier = request.form.get("to") == "earlier"
    service.place_file(_one(publication, file_id), earlier=earlier, by=by(), now=clock.now())
    return _to_list(publication)


def _form(publication: Publication, found: PublicationFile | None) -> ResponseReturnValue:
    form = PublicationFileForm(publication, found)
    status = 409 if form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        kept = uploads.from_field(form.file, uploads.keep)
        if not form.errors:
            _save(publication, found, form, kept)
            return _to_list(publication)
    page = render_template(
        "publications/desk/file.html", publication=publication, file=found, form=form
    )
    return page, 422 if form.errors and status == 200 else status


def _save(
    publication: Publication,
    found: PublicationFile | None,
    form: PublicationFileForm,
    kept: uploads.Kept | None,
) -> None:
    if found is not None:
        service.change_file(found, form.facts, kept, by=by(), now=clock.now())
    elif kept is not None:
        service.add_file(publication, form.facts, kept, by=by(), now=clock.now())


def _changeable(publication_id: int) -> Publication:
    publication = held(publication_id)
    if publication.state is State.WITHDRAWN:
        raise Refused(_("A withdrawn publication stays as it is."))
    return publication


def _one(publication: Publication, file_id: int) -> PublicationFile:
    return listing.file(publication, file_id) or abort(404)


def _to_list(publication: Publication) -> ResponseReturnValue:
    return redirect(url_for("publication_files.index", publication_id=publication.id), 303)
