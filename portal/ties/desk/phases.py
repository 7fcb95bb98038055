"""The phases of a project at the desk, each on a page of its own."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by, guard_library
from portal.forms import ActForm
from portal.ties import queries, service
from portal.ties.forms import PhaseForm
from portal.ties.models import Project

bp = Blueprint("phases_desk", __name__, url_prefix="/desk/projects/<int:gathering_id>/phases")
guard_library(bp, under="projects_desk")


@bp.route("/new", methods=["GET", "POST"])
def new(gathering_id: int) -> ResponseReturnValue:
    project = _project(gathering_id)
    form = PhaseForm(None, project.phases)
    if form.validate_on_submit():
        service.add_phase(project, form.facts, by=by(), now=clock.now())
        return _to(project)
    return _form(form, project, 0)


@bp.route("/<int:number>", methods=["GET", "POST"])
def phase(gathering_id: int, number: int) -> ResponseReturnValue:
    """What it looks at, and when; two who write at once lose nothing."""
    project = _project(gathering_id)
    found = _phase(project, number)
    others = [each for each in project.phases if each is not found]
    form = PhaseForm(found, others)
    if form.is_outdated:
        return _form(form, project, number, 409)
    if form.validate_on_submit():
        service.change_phase(project, number, form.facts, by=by(), now=clock.now())
        return _to(project)
    return _form(form, project, number)


@bp.route("/<int:number>/removal", methods=["GET", "POST"])
def removal(gathering_id: int, number: int) -> ResponseReturnValue:
    """What belonged to it stays with the project."""
    project, form = _project(gathering_id), ActForm()
    found = _phase(project, number)
    if form.validate_on_submit():
        service.remove_phase(project, number, by=by(), now=clock.now())
        return _to(project)
    tied = [tie for tie in queries.ties_with_phases(project.id) if tie.phase == number]
    return render_template(
        "ties/desk/phase_removal.html",
        gathering=project, phase=found, number=number, form=form, tied=len(tied),
    )  # fmt: skip


def _project(gathering_id: int) -> Project:
    hold = request.method == "POST"
    return queries.one(Project, gathering_id, hold=hold) or abort(404)


def _phase(project: Project, number: int) -> dict[str, Any]:
    if not 1 <= number <= len(project.phases):
        abort(404)
    found: dict[str, Any] = project.phases[number - 1]
    return found


def _form(form: PhaseForm, project: Project, number: int, status: int = 200) -> ResponseReturnValue:
    page = render_template("ties/desk/phase.html", form=form, gathering=project, number=number)
    return page, 422 if form.errors and status == 200 else status


def _to(project: Project) -> ResponseReturnValue:
    return redirect(url_for("projects_desk.edit", gathering_id=project.id, saved="yes"), 303)
