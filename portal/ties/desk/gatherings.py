"""Topics and projects at the desk: a list in its order, a form, and the way out."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.accounts.guards import by, guard_library
from portal.forms import ActForm
from portal.ties import queries, service
from portal.ties.forms import GatheringForm, ProjectForm, TopicForm
from portal.ties.models import Project, Topic
from portal.ties.rules import End

_WORDS = {Topic: _l("Topics"), Project: _l("Projects")}
_FORMS: dict[type[Any], type[Any]] = {Topic: TopicForm, Project: ProjectForm}


def _pages(table: Any) -> Blueprint:
    """The same pages for both."""
    kind = table.kind.value
    bp = Blueprint(f"{kind}s_desk", __name__, url_prefix=f"/desk/{kind}s")
    guard_library(bp, _WORDS[table])

    @bp.context_processor
    def names() -> dict[str, Any]:
        return {"kind": kind, "desk": bp.name}

    @bp.get("/")
    def index() -> ResponseReturnValue:
        return render_template(
            "ties/desk/gatherings.html", gatherings=queries.every(table), form=ActForm()
        )

    @bp.route("/new", methods=["GET", "POST"])
    def new() -> ResponseReturnValue:
        form = _FORMS[table](None)
        if form.validate_on_submit():
            made = service.make(table, form.facts, by=by(), now=clock.now())
            return _to(made)
        return _form(form, None)

    @bp.route("/<int:gathering_id>", methods=["GET", "POST"])
    def edit(gathering_id: int) -> ResponseReturnValue:
        """What its page says; two who write at once lose nothing."""
        found = _one(gathering_id)
        form = _FORMS[table](found)
        if form.is_outdated:
            return _form(form, found, 409)
        if form.validate_on_submit():
            service.change(found, form.facts, by=by(), now=clock.now())
            return _to(found, saved="yes")
        return _form(form, found)

    @bp.post("/<int:gathering_id>/place")
    def place(gathering_id: int) -> ResponseReturnValue:
        """One further up or down in the list."""
        found = _one(gathering_id)
        service.place(found, request.form.get("to", ""), by=by(), now=clock.now())
        return redirect(url_for(f"{bp.name}.index"), 303)

    @bp.route("/<int:gathering_id>/removal", methods=["GET", "POST"])
    def removal(gathering_id: int) -> ResponseReturnValue:
        """What would go, and what stands in the way."""
        found, form, now = _one(gathering_id), ActForm(), clock.now()
        if form.validate_on_submit():
            service.remove(found, by=by(), now=now)
            return redirect(url_for(f"{bp.name}.index"), 303)
        return render_template(
            "ties/desk/gathering_removal.html",
            gathering=found,
            form=form,
            tied=len(queries.ties_of(End(found.kind, found.id))),
            public=len(queries.gathered(found, now)) if found.public else 0,
        )

    def _one(gathering_id: int) -> Any:
        hold = request.method == "POST"
        return queries.one(table, gathering_id, hold=hold) or abort(404)

    def _to(found: Any, **asked: Any) -> ResponseReturnValue:
        return redirect(url_for(f"{bp.name}.edit", gathering_id=found.id, **asked), 303)

    return bp


def _form(form: GatheringForm, found: Any, status: int = 200) -> ResponseReturnValue:
    saved = request.args.get("saved") == "yes" and not form.errors
    page = render_template("ties/desk/gathering.html", form=form, gathering=found, saved=saved)
    return page, 422 if form.errors and status == 200 else status


topics = _pages(Topic)
projects = _pages(Project)
