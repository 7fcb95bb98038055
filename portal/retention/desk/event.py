"""One event: what is kept of its people, until when, of how many; and the proof of the end."""

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, render_template
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access import privacy as access
from portal.accounts.rules import Right
from portal.events.guards import guard_event, needs, own_event
from portal.outbox.privacy import MAILS_ARE_KEPT
from portal.registrations import listing
from portal.registrations.rules import Status
from portal.retention import proofs, queries

bp = Blueprint("retention_desk", __name__, url_prefix="/desk/events/<slug>/retention")
guard_event(bp)


@bp.get("")
@needs(Right.LOOK)
def show() -> ResponseReturnValue:
    """In numbers: nobody is named here."""
    event, now = own_event(), clock.now()
    return render_template(
        "retention/desk/show.html",
        event=event,
        now=now,
        terms=queries.terms([event]),
        beside=_of(event.id, queries.beside_the_record([event.id])),
        door=access.ends_by_event([event.id]).get(event.id),
        letters_days=MAILS_ARE_KEPT.days,
        deletions=queries.deletions(event.id),
        exports=queries.exports_of([event.id]),
        figures_of=listing.figures(event, with_forgotten=True),
        statuses=Status,
        proofs=proofs,
    )


@bp.get("/certificate")
@needs(Right.LOOK)
def certificate() -> ResponseReturnValue:
    """What was deleted when, under which version, and that nothing is left; counted just now."""
    event = own_event()
    return render_template(
        "retention/desk/certificate.html",
        event=event,
        proof=proofs.of(event, clock.now()),
        proofs=proofs,
    )


@bp.get("/certificate.json")
@needs(Right.LOOK)
def as_json() -> ResponseReturnValue:
    """For programs, with the SHA-256 of its content."""
    event = own_event()
    proof = proofs.of(event, clock.now())
    answer = jsonify({"certificate": proof.facts, "sha256": proof.number})
    return _file(answer, f"{event.slug}-certificate.json")


@bp.get("/certificate.txt")
@needs(Right.LOOK)
def as_text() -> ResponseReturnValue:
    """For people and files, with the SHA-256 of its lines as the last one."""
    event = own_event()
    text = proofs.text(proofs.of(event, clock.now()))
    return _file(Response(text, mimetype="text/plain"), f"{event.slug}-certificate.txt")


def _file(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _of(event_id: int, found: Mapping[str, Mapping[int, int]]) -> dict[str, int]:
    return {name: counts.get(event_id, 0) for name, counts in found.items()}
