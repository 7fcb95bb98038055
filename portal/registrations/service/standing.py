"""Another status: what comes and goes with it, and the line in the audit."""

from datetime import datetime
from typing import Any

from portal.audit.service import Actor, record
from portal.events.division import Seat
from portal.questions.service import answers as questions
from portal.registrations import queries
from portal.registrations.models import Registration
from portal.registrations.rules import TAKING, Status


def settle(
    registration: Registration,
    status: Status,
    act: str,
    *,
    seat: Seat | None = None,
    by: Actor,
    now: datetime,
    **details: Any,
) -> None:
    """Another status, with the place that it gives, and the line that says who gave it."""
    before = registration.status
    if status is Status.CONFIRMED and registration.answered:
        questions.take_places(registration.event_id, registration.id)
    stand(registration, status, seat, now)
    record(
        act, registration, by=by, now=now, event_id=registration.event_id,
        before=before.value, after=status.value, **details,
    )  # fmt: skip


def stand(registration: Registration, status: Status, seat: Seat | None, now: datetime) -> None:
    """The columns of another status."""
    if status is Status.WAITLISTED:
        registration.queue_number = next_number(registration.event_id)
    if status is not Status.CONFIRMED:
        registration.checked_in_at = registration.checked_in_by = registration.reported_at = None
    registration.status = status
    registration.quota_id = quota_of(status, seat)
    registration.status_at = now
    registration.offered_until = None
    registration.withdrawn_late = False
    registration.revision += 1
    registration.stuck_at = None


def quota_of(status: Status, seat: Seat | None) -> int | None:
    """Which quota the place of who stands like this is from, if there is one."""
    return seat.quota_id if seat is not None and status in TAKING else None


def next_number(event_id: int) -> int:
    """The number of who joins the end of the line."""
    return queries.last_queue_number(event_id) + 1
