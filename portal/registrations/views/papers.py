"""One's own letters as PDFs, and the page that says whether a letter is genuine."""

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Refused
from portal.events.shown import whom_to_ask
from portal.papers.rules import Paper
from portal.registrations import papers
from portal.registrations.models import Registration
from portal.registrations.serving import pdf_response
from portal.registrations.views.shared import bp, own_registration
from portal.web import personal


@bp.get("/registrations/<token>/invitation.pdf")
@personal
def invitation_letter(token: str) -> ResponseReturnValue:
    """In the language of the address: consulates and employers read others than the person."""
    return _letter(own_registration(token), Paper.INVITATION)


@bp.get("/registrations/<token>/attendance.pdf")
@personal
def attendance_letter(token: str) -> ResponseReturnValue:
    """That the person took part, for whoever wants to know."""
    return _letter(own_registration(token), Paper.ATTENDANCE)


@bp.get("/letters/<number>")
@personal
def paper_number(number: str) -> ResponseReturnValue:
    """What the letter of this number is about, and whether it holds today; nobody is named."""
    found, now = papers.find(number), clock.now()
    if found is None:
        return render_template("registrations/letter_unknown.html"), 404
    paper, registration = found.paper, found.registration
    return render_template(
        "registrations/letter_known.html",
        paper=paper,
        event=registration.event,
        number=papers.plain_number(number),
        holds=found.is_so and papers.no(paper, registration, now) is None,
        contacts=whom_to_ask(registration.event),
    )


def _letter(registration: Registration, paper: Paper) -> Response:
    said, now = papers.offered(registration, paper), clock.now()
    if said is None:
        abort(404)
    if why := papers.no(paper, registration, now):
        asks = papers.whom_to_ask_words(registration.event)
        raise Refused(f"{papers.why_words(why)} {asks}")
    octets = papers.letter(
        paper, registration, said, number=papers.number(paper, registration), now=now
    )
    return pdf_response(octets, f"{registration.event.slug}-{paper.value}")
