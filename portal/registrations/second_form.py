"""The second form and the people of an event: who is asked, who has answered, who has not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select, true

from portal.db import db
from portal.events.models import Event
from portal.events.rules import State
from portal.questions import queries
from portal.questions import rules as question_rules
from portal.questions.models import Given, SecondForm, Turn
from portal.questions.rules import Asked, Kind, Stage
from portal.registrations import rules
from portal.registrations.models import Registration
from portal.registrations.offices import HAS_NO_OTHER_MAILBOX
from portal.registrations.rules import Status

HAS_SENT = (
    exists()
    .where(Turn.registration_id == Registration.id, Turn.answered_at.is_not(None))
    .correlate(Registration)
)


_HAS_A_TURN = (
    exists()
    .where(
        Turn.registration_id == Registration.id,
        or_(Turn.asked_at.is_not(None), Turn.answered_at.is_not(None)),
    )
    .correlate(Registration)
)
_FAILS = Registration.failing_at.is_not(None)
CAN_BE_ASKED = or_(_HAS_A_TURN, not_(or_(HAS_NO_OTHER_MAILBOX, _FAILS)))
"""Whose own mailbox works, as far as is known; who was asked is counted whatever it does since."""


def is_asked(event_id: int) -> ColumnElement[bool]:
    """Whether the second form has a question for somebody with a place."""
    form = _Form(event_id)
    return _with_a_place(event_id, or_(false(), *(form.is_for_them(each) for each in form.asked)))


def is_open(event_id: int) -> ColumnElement[bool]:
    """Whether somebody is asked and has not sent the form, or not answered what is needed.

    Nobody can answer where everything to choose from is full, so that nobody has to.
    """
    form = _Form(event_id)
    lacks = (and_(form.is_for_them(each), ~form.is_answered(each)) for each in form.needed)
    return and_(is_asked(event_id), or_(not_(HAS_SENT), *lacks))


def can_answer(event_id: int, now: datetime) -> ColumnElement[bool]:
    """The same as `may_answer`, of everybody with a place."""
    form, event = queries.second_form(event_id), db.session.get_one(Event, event_id)
    if form is None or now >= event.starts_at:
        return false()
    return true() if now < form.deadline(event.starts_at, event.zone) else not_(HAS_SENT)


def has_answered(event_id: int) -> ColumnElement[bool]:
    """Whether somebody is asked and has answered all that is needed."""
    return and_(is_asked(event_id), not_(is_open(event_id)))


def cannot_be_asked(event_id: int) -> ColumnElement[bool]:
    """Whether the form has a question for somebody whom no letter about it would reach."""
    return and_(is_asked(event_id), not_(CAN_BE_ASKED))


FILTERS = {
    "answered": has_answered,
    "open": lambda event_id: and_(is_open(event_id), CAN_BE_ASKED),
    "unasked": cannot_be_asked,
}
"""Codes of a filter of the attendee list."""


def fits(event_id: int, code: str) -> ColumnElement[bool]:
    """Whom that filter shows; nobody while the form is not open, since nobody was asked."""
    return FILTERS[code](event_id) if queries.second_form(event_id) else false()


def _with_a_place(event_id: int, asked: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(Registration.event_id == event_id, Registration.status == Status.CONFIRMED, asked)


class _Form:
    """The questions of the second form, read once, as conditions on whoever answers them."""

    def __init__(self, event_id: int) -> None:
        self.asked = queries.asked(event_id, Stage.SECOND)
        full = queries.full(event_id, self.asked)
        self.needed = [
            each
            for each in self.asked
            if each.required and not question_rules.is_closed(each, full)
        ]
        self._versions = queries.ids_by_number(event_id) if self.asked else {}

    def is_for_them(self, question: Asked) -> ColumnElement[bool]:
        """Only answers to what was asked are kept: whoever gave the one was asked it."""
        on = question.condition
        if on is None:
            return true()
        return _gave(self._versions.get(on.number, []), Given.value == on.code)

    def is_answered(self, question: Asked) -> ColumnElement[bool]:
        """Nobody agrees to words that are new to them."""
        versions = [question.id]
        if question.kind is not Kind.CONSENT:
            versions = self._versions.get(question.number, [])
        return _gave(versions, Given.wish.is_(False))


_OF_ITS_PERSON = Given.question_id + 0
"""Found among the few answers of a person, and not among those of everybody to a question."""


def _gave(question_ids: Sequence[int], which: ColumnElement[bool]) -> ColumnElement[bool]:
    given = exists().where(
        Given.registration_id == Registration.id, _OF_ITS_PERSON.in_(question_ids), which
    )
    return given.correlate(Registration)


def open_among(event_id: int, registration_ids: Collection[int]) -> set[int]:
    """Who of these is asked and has not answered all that is needed."""
    if queries.second_form(event_id) is None:
        return set()
    theirs = Registration.id.in_(registration_ids), is_open(event_id)
    return set(db.session.scalars(select(Registration.id).where(*theirs)))


@dataclass(frozen=True, slots=True)
class Standing:
    """How many are asked, and have answered or not; apart, how many cannot be asked, and why.

    `incomplete` are those of the open who have sent the form, and lack what was added since.
    """

    asked: int
    answered: int
    incomplete: int
    failing: int
    without_mailbox: int

    @property
    def unasked(self) -> int:
        return self.failing + self.without_mailbox

    @property
    def open(self) -> int:
        return self.asked - self.answered


def standing(event_id: int) -> Standing:
    """The same for an event now, in one question: of those whom the list shows as well."""
    is_kept = func.coalesce(Registration.erased_at, Registration.erase_asked_at).is_(None)
    whom = is_asked(event_id), is_kept
    found = db.session.execute(
        select(
            func.count().filter(CAN_BE_ASKED),
            func.count().filter(CAN_BE_ASKED, not_(is_open(event_id))),
            func.count().filter(CAN_BE_ASKED, is_open(event_id), HAS_SENT),
            func.count().filter(not_(CAN_BE_ASKED), not_(HAS_NO_OTHER_MAILBOX)),
            func.count().filter(not_(CAN_BE_ASKED), HAS_NO_OTHER_MAILBOX),
        ).where(*whom)
    ).one()
    return Standing(*found)


def words_by_person(event_id: int) -> dict[int, str]:
    """“answered” or “open” of everybody who is asked, “unasked” of who cannot be, for files;
    nothing before the form is open."""
    if queries.second_form(event_id) is None:
        return {}
    rows = db.session.execute(
        select(Registration.id, is_open(event_id), CAN_BE_ASKED).where(is_asked(event_id))
    ).all()
    return {
        person: ("open" if is_open else "answered") if can_be else "unasked"
        for person, is_open, can_be in rows
    }


def date_of(form: SecondForm, event: Event) -> datetime | None:
    """Until when answers are wanted; none while the event has no date itself."""
    is_dated = event.state is not State.POSTPONED
    return form.deadline(event.starts_at, event.zone) if is_dated else None


def may_answer(
    registration: Registration, form: SecondForm | None, turn: Turn | None, now: datetime
) -> bool:
    """Whoever has a place can change their answers until the form's date.

    Who has sent none can still do it after that, until the event starts: late is better than
    never, and nobody loses a place by it.
    """
    if form is None or not registration.holds_place:
        return False
    event = registration.event
    has_sent = turn is not None and turn.answered_at is not None
    return rules.may_change(
        status=registration.standing,
        event_state=event.state.value,
        starts_at=event.starts_at,
        changes_until=form.deadline(event.starts_at, event.zone) if has_sent else None,
        now=now,
    )
