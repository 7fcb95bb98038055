"""What the page of an office shows of those whom it registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask_babel import gettext as _

from portal.events.models import Event
from portal.questions import queries as questions
from portal.questions.queries import Answered, Full
from portal.questions.rules import Asked, Stage
from portal.registrations import listing, needed, second_form, waiting
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.registrations.service.answers import may_answer


@dataclass(frozen=True, slots=True)
class Line:
    """One of them: how they stand by the clock, and which questions they have not answered."""

    registration: Registration
    status: Status
    is_offered: bool
    has_let_pass: bool
    position: int | None
    missing: list[str]


def by_event(people: Sequence[Registration], now: datetime) -> list[tuple[Event, list[Line]]]:
    """By event, in the order in which they come; few questions to the database for each event."""
    return [
        (event, _lines(event, list(each), now))
        for event, each in groupby(people, lambda one: one.event)
    ]


def _lines(event: Event, people: Sequence[Registration], now: datetime) -> list[Line]:
    ids = [each.id for each in people]
    every = questions.every(event.id) if event.asks else []
    given = questions.given_by(ids) if every else {}
    asked_again = second_form.open_among(event.id, ids) if every else set()
    waits = event.line_is_plain and any(each.status is Status.WAITLISTED for each in people)
    positions = listing.positions(event) if waits else {}
    full = questions.full(event.id, every)
    return [
        _line(
            each, every, given.get(each.id, []), full, positions.get(each.id), now,
            is_asked_again=each.id in asked_again,
        )
        for each in people
    ]  # fmt: skip


def _line(
    registration: Registration,
    every: Sequence[Asked],
    given: Sequence[Answered],
    full: Full,
    position: int | None,
    now: datetime,
    *,
    is_asked_again: bool,
) -> Line:
    status = waiting.standing_now(registration, now)
    missing = []
    if status.is_live and may_answer(registration, Stage.FIRST, now, given):
        missing += needed.words(every, given, [Stage.FIRST], lambda _missing: full, for_office=True)
    if is_asked_again and now < registration.event.starts_at:
        missing.append(_("Second form"))
    has_let_pass = status is Status.WITHDRAWN and registration.offered_until is not None
    is_offered = registration.is_offered(now)
    return Line(registration, status, is_offered, has_let_pass, position, missing)
