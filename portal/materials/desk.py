"""An event's materials at the desk."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, uploads
from portal.accounts.guards import by
from portal.accounts.rules import Right
from portal.events.guards import guard_event, needs, own_event
from portal.events.service import locked
from portal.forms import ActForm
from portal.materials import queries, service
from portal.materials.forms import FileForm, LinkForm, MaterialForm
from portal.materials.models import Material
from portal.materials.serving import attachment
from portal.materials.shown import size_words
from portal.web import takes_files

bp = Blueprint("materials_desk", __name__, url_prefix="/desk/events/<slug>/materials")
guard_event(bp)


@bp.get("/")
@needs(Right.EDIT)
def index() -> ResponseReturnValue:
    event = own_event()
    return render_template(
        "materials/desk/index.html",
        event=event,
        materials=queries.of_event(event),
        size_words=size_words,
        form=ActForm(),
    )


@bp.route("/new/file", methods=["GET", "POST"])
@takes_files
@needs(Right.EDIT)
def new_file() -> ResponseReturnValue:
    _hold()
    return _form(FileForm(own_event(), None), None)


@bp.route("/new/link", methods=["GET", "POST"])
@needs(Right.EDIT)
def new_link() -> ResponseReturnValue:
    _hold()
    return _form(LinkForm(own_event(), None), None)


@bp.route("/<int:material_id>", methods=["GET", "POST"])
@takes_files
@needs(Right.EDIT)
def material(material_id: int) -> ResponseReturnValue:
    _hold()
    found = _one(material_id)
    kind = FileForm if found.file else LinkForm
    return _form(kind(own_event(), found), found)


@bp.get("/<int:material_id>/file")
@needs(Right.EDIT)
def file(material_id: int) -> ResponseReturnValue:
    """The file as who may find it gets it."""
    found = _one(material_id)
    return attachment(found) if found.file else abort(404)


@bp.route("/<int:material_id>/removal", methods=["GET", "POST"])
@needs(Right.EDIT)
def removal(material_id: int) -> ResponseReturnValue:
    _hold()
    found, form = _one(material_id), ActForm()
    if form.validate_on_submit():
        service.remove(found, by=by(), now=clock.now())
        return _to_list()
    return render_template(
        "materials/desk/removal.html", event=own_event(), material=found, form=form
    )


@bp.post("/<int:material_id>/place")
@needs(Right.EDIT)
def place(material_id: int) -> ResponseReturnValue:
    """One further up or down in the list."""
    _hold()
    earlier = request.form.get("to") == "earlier"
    service.place(_one(material_id), earlier=earlier, by=by(), now=clock.now())
    return _to_list()


def _form(form: MaterialForm, found: Material | None) -> ResponseReturnValue:
    status = 409 if form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        kept = uploads.from_field(form.file, uploads.keep) if "file" in form else None
        if not form.errors:
            _save(form, found, kept)
            return _to_list()
    page = render_template("materials/desk/form.html", event=own_event(), material=found, form=form)
    return page, 422 if form.errors and status == 200 else status


def _save(form: MaterialForm, found: Material | None, kept: uploads.Kept | None) -> None:
    if found is None:
        service.add(own_event(), form.facts, kept, by=by(), now=clock.now())
    else:
        service.change(found, form.facts, kept, by=by(), now=clock.now())


def _hold() -> None:
    if request.method == "POST":
        locked(own_event().id)


def _one(material_id: int) -> Material:
    return queries.one(own_event(), material_id) or abort(404)


def _to_list() -> ResponseReturnValue:
    return redirect(url_for("materials_desk.index", slug=own_event().slug), 303)
