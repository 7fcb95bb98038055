"""Events made from nothing, from a template, and the templates of the house."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by, guard, organiser
from portal.events import editions_service, queries
from portal.events.making_forms import NewEventForm
from portal.events.models import Template
from portal.forms import ActForm

bp = Blueprint("events_making", __name__, url_prefix="/desk")
guard(bp)

LARGEST_ID = 2**31 - 1


@bp.route("/events/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The few questions that a draft needs; then one lands on the event."""
    asked = request.args.get("template", "")
    template = _template(asked) if asked else None
    form = NewEventForm(**_known(template))
    if form.validate_on_submit():
        pattern = template.pattern if template else None
        event = editions_service.make(
            form.facts, pattern, organiser=organiser(), by=by(), now=clock.now()
        )
        return redirect(url_for("events_desk.show", slug=event.slug), 303)
    page = render_template("events/desk/new.html", form=form, template=template)
    return page, 422 if form.errors else 200


@bp.get("/templates")
def templates() -> ResponseReturnValue:
    return render_template("events/desk/templates.html", templates=queries.templates())


@bp.route("/templates/<template_id>/removal", methods=["GET", "POST"])
def removal(template_id: str) -> ResponseReturnValue:
    """For administrators: they are the house's, not a team's."""
    if not organiser().admin:
        abort(403)
    template, form = _template(template_id), ActForm()
    if form.validate_on_submit():
        editions_service.remove_template(template, by=by(), now=clock.now())
        return redirect(url_for("events_making.templates"), 303)
    return render_template("events/desk/template_removal.html", template=template, form=form)


def _template(number: str) -> Template:
    if not (
        number.isascii() and number.isdigit() and len(number) <= 10 and int(number) <= LARGEST_ID
    ):
        abort(404)
    return queries.template(int(number)) or abort(404)


def _known(template: Template | None) -> dict[str, Any]:
    """What the template answers already; the title is there to be changed."""
    if template is None:
        return {}
    facts = template.pattern["facts"]
    return {
        "zone": facts["zone"],
        "data": {name: facts[name] for name in ("title", "kind", "format")},
    }
