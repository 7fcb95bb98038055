"""What becomes of a publication: published, kept back, withdrawn, or deleted as a draft."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.guards import by, guard_library
from portal.errors import Refused
from portal.forms import ActForm, Form
from portal.publications import service
from portal.publications.desk.shared import held
from portal.publications.forms import EmbargoForm, WithdrawalForm
from portal.publications.models import Publication
from portal.publications.rules import State

bp = Blueprint("publication_acts", __name__, url_prefix="/desk/publications/<int:publication_id>")
guard_library(bp, under="publications_desk")


@bp.route("/publication", methods=["GET", "POST"])
def publication(publication_id: int) -> ResponseReturnValue:
    """Make a draft public, its files at once or later."""
    found = held(publication_id)
    if found.state is not State.DRAFT:
        raise Refused(_("This publication is public already, or was withdrawn."))
    form = _embargo_form()
    if form.validate_on_submit():
        service.publish(found, form.embargo_until.data, by=by(), now=clock.now())
        return _to(found)
    return _page("publication", found, form)


@bp.route("/embargo", methods=["GET", "POST"])
def embargo(publication_id: int) -> ResponseReturnValue:
    """Another moment for the files of what is public."""
    found = held(publication_id)
    if found.state is not State.PUBLISHED:
        raise Refused(_("An embargo is for the files of a public publication."))
    form = _embargo_form(embargo_until=found.embargo_until)
    if form.validate_on_submit():
        service.set_embargo(found, form.embargo_until.data, by=by(), now=clock.now())
        return _to(found)
    return _page("embargo", found, form)


@bp.route("/withdrawal", methods=["GET", "POST"])
def withdrawal(publication_id: int) -> ResponseReturnValue:
    """Take it back: its address stays, and says why."""
    found = held(publication_id)
    if found.state is not State.PUBLISHED:
        raise Refused(_("Only what is public can be withdrawn."))
    form = WithdrawalForm(found)
    if form.validate_on_submit():
        service.withdraw(found, form.reason.data, form.replacement, by=by(), now=clock.now())
        return _to(found)
    return _page("withdrawal", found, form)


@bp.route("/removal", methods=["GET", "POST"])
def removal(publication_id: int) -> ResponseReturnValue:
    """Delete a draft, with its files."""
    found, form = held(publication_id), ActForm()
    if found.state is not State.DRAFT:
        raise Refused(_("What was public is never deleted. Withdraw it instead."))
    if form.validate_on_submit():
        service.remove(found, by=by(), now=clock.now())
        return redirect(url_for("publications_desk.index"), 303)
    return _page("removal", found, form)


def _embargo_form(**given: object) -> EmbargoForm:
    return EmbargoForm(current_app.extensions["portal"].zone, clock.now(), **given)


def _page(name: str, found: Publication, form: Form) -> ResponseReturnValue:
    page = render_template(f"publications/desk/{name}.html", publication=found, form=form)
    return page, 422 if form.errors else 200


def _to(found: Publication) -> ResponseReturnValue:
    return redirect(url_for("publications_desk.show", publication_id=found.id), 303)
