"""A person's letters at the desk, and whose costs are reimbursed."""

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import by
from portal.audit.service import record
from portal.db import transaction
from portal.errors import Refused
from portal.events.guards import guard_event, own_event
from portal.papers.rules import Paper
from portal.registrations import listing, papers
from portal.registrations.desk.common import back, id_of, one
from portal.registrations.service import entitlement
from portal.registrations.serving import pdf_response

bp = Blueprint("person_papers_desk", __name__, url_prefix="/desk/events/<slug>/registrations")
guard_event(bp)

MARKS = {"yes": True, "no": False}


@bp.get("/<int:registration_id>/letters/<lang>/<paper_kind>.pdf")
def letter(registration_id: int, paper_kind: str) -> ResponseReturnValue:
    """The letter that the person can have themselves; who made it is noted."""
    if paper_kind not in set(Paper):
        abort(404)
    paper, registration, now = Paper(paper_kind), one(registration_id), clock.now()
    said = papers.offered(registration, paper) or abort(404)
    if why := papers.no(paper, registration, now):
        raise Refused(papers.why_words(why))
    number = papers.number(paper, registration)
    octets = papers.letter(paper, registration, said, number=number, now=now)
    name = f"{own_event().slug}-{paper.value}-{registration.id}"
    with transaction():
        record(
            "registration.letter_taken", registration, by=by(), now=now, event_id=own_event().id,
            paper=paper.value,
        )  # fmt: skip
    return pdf_response(octets, name)


@bp.post("/<int:registration_id>/entitlement")
def entitle(registration_id: int) -> ResponseReturnValue:
    entitlement.mark([one(registration_id)], entitled=_mark(), by=by(), now=clock.now())
    return back(registration_id)


@bp.post("/entitlements")
def entitle_many() -> ResponseReturnValue:
    """Whom was ticked, or all whom the filter shows."""
    event = own_event()
    wish = listing.wish_of(request.form) or abort(404)
    if request.form.get("scope") == "all":
        ids = listing.all_ids(event, wish)
    else:
        ids = [id_of(typed) for typed in request.form.getlist("id")]
    people = listing.some(event, ids)
    if len(people) != len(set(ids)):
        abort(404)
    count = entitlement.mark(people, entitled=_mark(), by=by(), now=clock.now())
    args = {"slug": event.slug, "marked": str(count)} | listing.said(wish)
    return redirect(url_for("registrations_desk.index", **args), 303)  # type: ignore[arg-type]


def _mark() -> bool:
    """What the button that was pressed says; the filter of the list has a name like it."""
    pressed = request.form.get("mark", "")
    return MARKS[pressed] if pressed in MARKS else abort(400)
