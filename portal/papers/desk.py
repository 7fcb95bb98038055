"""An event's papers at the desk: which there are, who signs, where claims are made."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, pdf
from portal.accounts.guards import by
from portal.events import service as events
from portal.events.guards import guard_event, own_event
from portal.papers import queries, service
from portal.papers.forms import PapersForm
from portal.papers.models import EventPapers
from portal.papers.rules import Paper
from portal.registrations import papers
from portal.registrations.models import Registration
from portal.registrations.rules import Attendance
from portal.registrations.serving import pdf_response

bp = Blueprint("papers_desk", __name__, url_prefix="/desk/events/<slug>/papers")
guard_event(bp)

NO_NUMBER = "i0-00000000-000000000000"
"""Stands in samples; the portal never gives it out."""


@bp.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    event = own_event()
    if request.method == "POST":
        event = events.locked(event.id)
    found = queries.of_event(event.id)
    form = PapersForm(event, found)
    if not form.validate_on_submit():
        return _page(form, found), 422 if form.errors else 200
    if form.revision.data != str(found.revision if found else 0):
        form.revision.data = str(found.revision if found else 0)
        return _page(form, found, meanwhile=True), 409
    service.keep(event, form.facts, by=by(), now=clock.now())
    return redirect(url_for("papers_desk.index", slug=event.slug, saved="yes"), 303)


@bp.get("/sample/<lang>/<paper_kind>.pdf")
def sample(paper_kind: str) -> ResponseReturnValue:
    """A letter to nobody, as it would be now."""
    event = own_event()
    found = queries.of_event(event.id)
    if found is None or paper_kind not in set(Paper):
        abort(404)
    paper = Paper(paper_kind)
    octets = papers.letter(paper, _nobody(), found, number=NO_NUMBER, now=clock.now())
    return pdf_response(octets, f"{event.slug}-{paper.value}-sample")


def _nobody() -> Registration:
    """Belongs to no session of the database: it is shown, and gone."""
    return Registration(
        event=own_event(),
        title="",
        first_name=_("First name"),
        last_name=_("Last name"),
        organisation=_("Organisation"),
        role=_("Role"),
        attendance=Attendance.IN_PERSON if own_event().in_person else Attendance.ONLINE,
        entitled=True,
    )


def _unwritable(found: EventPapers | None) -> str:
    """The event has words of its own, and may have been renamed since the letters were offered."""
    if found is None or not (found.invites or found.confirms):
        return ""
    return pdf.named(papers.unwritable(own_event(), found))


def _page(form: PapersForm, found: EventPapers | None, *, meanwhile: bool = False) -> str:
    return render_template(
        "papers/desk/index.html",
        event=own_event(), form=form, found=found, meanwhile=meanwhile,
        saved=request.args.get("saved") == "yes",
        unwritable=_unwritable(found),
    )  # fmt: skip
