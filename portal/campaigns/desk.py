"""The desk's pages of campaign links."""

from io import BytesIO

import segno
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.accounts.guards import by, guard_library
from portal.campaigns import queries, service
from portal.campaigns.forms import IssueForm, LinkForm
from portal.campaigns.models import Issue, Link
from portal.campaigns.shown import PLACES, Figures, day_words
from portal.campaigns.targets import public_path
from portal.db import LARGEST_ID
from portal.events import queries as events
from portal.forms import ActForm
from portal.sheets import csv_response
from portal.site import absolute

bp = Blueprint("campaigns_desk", __name__, url_prefix="/desk/campaigns")
guard_library(bp, _l("Campaign links"))


@bp.get("/")
def index() -> ResponseReturnValue:
    """Every issue, with its links and visits in numbers."""
    return render_template(
        "campaigns/desk/index.html",
        issues=queries.issues(),
        totals=queries.totals(),
        day_words=day_words,
    )


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """An issue of a newsletter; then one adds its links."""
    form = IssueForm()
    if form.validate_on_submit():
        issue = service.create(form.facts, by=by(), now=clock.now())
        return redirect(url_for("campaigns_desk.show", issue_id=issue.id), 303)
    page = render_template("campaigns/desk/issue.html", form=form, issue=None)
    return page, 422 if form.errors else 200


@bp.get("/<issue_id>/")
def show(issue_id: str) -> ResponseReturnValue:
    """An issue's links and how often each was followed, by day."""
    issue = _issue(issue_id)
    figures = Figures(issue, queries.visits(issue.id))
    return render_template(
        "campaigns/desk/show.html",
        issue=issue,
        figures=figures,
        places=PLACES,
        address=_address,
        day_words=day_words,
    )


@bp.route("/<issue_id>/details", methods=["GET", "POST"])
def details(issue_id: str) -> ResponseReturnValue:
    """Its name, number and day."""
    issue = _issue(issue_id)
    form = IssueForm(issue)
    if form.validate_on_submit():
        service.change(issue, form.facts, by=by(), now=clock.now())
        return redirect(url_for("campaigns_desk.show", issue_id=issue.id), 303)
    page = render_template("campaigns/desk/issue.html", form=form, issue=issue)
    return page, 422 if form.errors else 200


@bp.get("/<issue_id>/figures.csv")
def figures(issue_id: str) -> Response:
    """The same numbers as a file: a line for each link and day."""
    issue = _issue(issue_id)
    links = {link.id: link for link in issue.links}
    head = ("newsletter", "issue", "place", "target", "code", "day", "visits")
    rows = [
        (issue.newsletter, issue.number, links[link_id].place.value, links[link_id].target,
         links[link_id].code, day.isoformat(), str(count))
        for (link_id, day), count in queries.visits(issue.id).items()
    ]  # fmt: skip
    return csv_response(f"campaign-{issue.id}", head, rows)


@bp.route("/<issue_id>/links/new", methods=["GET", "POST"])
def new_link(issue_id: str) -> ResponseReturnValue:
    """A place in the issue, and the page that it leads to."""
    issue = _issue(issue_id)
    form = LinkForm(list(events.upcoming(clock.now())))
    if form.validate_on_submit():
        link = service.add_link(issue, form.where, form.target, by=by(), now=clock.now())
        return redirect(url_for("campaigns_desk.link", link_id=link.id), 303)
    page = render_template("campaigns/desk/new_link.html", form=form, issue=issue)
    return page, 422 if form.errors else 200


@bp.get("/links/<link_id>/")
def link(link_id: str) -> ResponseReturnValue:
    """A link's address, to be copied or read by a camera."""
    found = _link(link_id)
    is_there = public_path(found.target) is not None
    return render_template(
        "campaigns/desk/link.html",
        link=found, address=_address(found), place=PLACES[found.place], form=ActForm(),
        is_there=is_there,
    )  # fmt: skip


@bp.route("/links/<link_id>/target", methods=["GET", "POST"])
def target(link_id: str) -> ResponseReturnValue:
    """To another page: what is printed or sent already stays good."""
    found, form = _link(link_id), LinkForm(list(events.upcoming(clock.now())))
    del form.place
    if form.validate_on_submit():
        held = service.locked(found.id)
        service.lead_to(held, form.target, by=by(), now=clock.now())
        return redirect(url_for("campaigns_desk.link", link_id=held.id), 303)
    page = render_template("campaigns/desk/target.html", form=form, link=found)
    return page, 422 if form.errors else 200


@bp.get("/links/<link_id>/code.svg")
def code(link_id: str) -> Response:
    """The same for a camera."""
    picture = BytesIO()
    segno.make(_address(_link(link_id)), error="m").save(
        picture, kind="svg", scale=8, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return Response(picture.getvalue(), content_type="image/svg+xml")


@bp.post("/links/<link_id>/state")
def state(link_id: str) -> ResponseReturnValue:
    """Not to be used any more, or to be used again."""
    found, now = service.locked(_link(link_id).id), clock.now()
    verb = service.take_up if request.form.get("to") == "use" else service.retire
    verb(found, by=by(), now=now)
    return redirect(url_for("campaigns_desk.link", link_id=found.id), 303)


def _address(link: Link) -> str:
    return absolute(url_for("campaigns.follow", code=link.code))


def _issue(number: str) -> Issue:
    return queries.issue(_id(number)) or abort(404)


def _link(number: str) -> Link:
    return queries.link(_id(number)) or abort(404)


def _id(number: str) -> int:
    is_id = number.isascii() and number.isdigit() and len(number) <= 10
    if not is_id or int(number) > LARGEST_ID:
        abort(404)
    return int(number)
