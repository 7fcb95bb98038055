"""Questions about letters to a selection."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.circulars.models import Circular, Recipient
from portal.circulars.rules import CircularState, Outcome
from portal.db import db, for_update
from portal.events.models import Event
from portal.outbox.models import Message
from portal.registrations import listing
from portal.registrations.models import Registration
from portal.registrations.queries import HAS_ADDRESS

MOST = 200
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def of_event(event: Event) -> Sequence[Circular]:
    """The letters of an event, the newest first."""
    return db.session.scalars(
        select(Circular)
        .where(Circular.event_id == event.id)
        .order_by(Circular.id.desc())
        .limit(MOST)
    ).all()


def one(event: Event, circular_id: int) -> Circular | None:
    """The letter, if it is of this event."""
    return db.session.scalar(
        select(Circular).where(Circular.id == circular_id, Circular.event_id == event.id)
    )


def held(event: Event, circular_id: int) -> Circular | None:
    """The same as it is now, held until the end of the transaction."""
    question = select(Circular).where(Circular.id == circular_id, Circular.event_id == event.id)
    return db.session.scalar(for_update(question).execution_options(populate_existing=True))


def selected(circular: Circular) -> Select[int]:
    """Whom a draft would go to now, to be asked within another question."""
    chosen = circular.selection
    wish = listing.wish_of({name: value for name, value in chosen.items() if name != "ids"})
    found = listing.ids(circular.event, wish or listing.Wish()).where(HAS_ADDRESS)
    return found.where(Registration.id.in_(chosen["ids"])) if "ids" in chosen else found


def languages(circular: Circular) -> dict[str, int]:
    """How many people a draft would go to now, by the language of their letters."""
    rows = db.session.execute(
        select(Registration.language, func.count())
        .where(Registration.id.in_(selected(circular)))
        .group_by(Registration.language)
        .order_by(Registration.language)
    ).all()
    return {language: count for language, count in rows}


def mailboxes(circular: Circular) -> int:
    """How many mailboxes that is."""
    question = select(func.count(Registration.address_key.distinct()))
    return db.session.scalar(question.where(Registration.id.in_(selected(circular)))) or 0


def nth(circular: Circular, number: int) -> Registration | None:
    """One of those whom a draft would go to, by name; 1 is the first."""
    return db.session.scalar(
        select(Registration)
        .where(Registration.id.in_(selected(circular)))
        .order_by(Registration.sort_name, Registration.id)
        .offset(number - 1)
        .limit(1)
    )


def first_names(circular: Circular, count: int) -> list[str]:
    """The first of them, to choose from."""
    rows = db.session.execute(
        select(Registration.first_name, Registration.last_name, Registration.email)
        .where(Registration.id.in_(selected(circular)))
        .order_by(Registration.sort_name, Registration.id)
        .limit(count)
    ).all()
    return [f"{first} {last}".strip() or email for first, last, email in rows]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a letter is: recipients by outcome, and the mails that were written by shelf."""

    outcomes: Counter[Outcome]
    waiting_mails: int = 0
    parked: int = 0

    @property
    def everybody(self) -> int:
        return sum(self.outcomes.values())

    @property
    def written(self) -> int:
        return self.outcomes[Outcome.WRITTEN]

    @property
    def to_write(self) -> int:
        return self.outcomes[Outcome.WAITING]

    @property
    def sent(self) -> int:
        """Taken by the mail server; the outbox does not list what was sent long ago."""
        return self.written - self.waiting_mails - self.parked

    @property
    def can_be_stopped(self) -> bool:
        return self.to_write + self.waiting_mails > 0


def progress(circulars: Sequence[Circular]) -> dict[int, Progress]:
    """How far these letters are, in two questions."""
    ids = [each.id for each in circulars]
    outcomes: dict[int, Counter[Outcome]] = {each: Counter() for each in ids}
    counted = (
        select(Recipient.circular_id, Recipient.outcome, func.count())
        .where(Recipient.circular_id.in_(ids))
        .group_by(Recipient.circular_id, Recipient.outcome)
    )
    for circular_id, outcome, count in db.session.execute(counted).all():
        outcomes[circular_id][outcome] = count
    unsent = _unsent_mails(ids)
    return {each: Progress(outcomes[each], *unsent.get(each, (0, 0))) for each in ids}


def _unsent_mails(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Of each letter, how many mails wait and how many were refused for good."""
    rows = db.session.execute(
        select(Recipient.circular_id, func.count(), func.count(Message.parked_at))
        .join(Message, Message.message_id == Recipient.message_id)
        .where(
            Recipient.circular_id.in_(ids),
            Recipient.outcome == Outcome.WRITTEN,
            Message.sent_at.is_(None),
        )
        .group_by(Recipient.circular_id)
    ).all()
    return {circular_id: (unsent - parked, parked) for circular_id, unsent, parked in rows}


def sending() -> Circular | None:
    """The next letter that is being written: what is urgent first."""
    return db.session.scalar(_SENDING)


_SENDING = (
    select(Circular)
    .where(Circular.state == CircularState.SENDING)
    .order_by(Circular.urgent.desc(), Circular.id)
    .limit(1)
    .options(joinedload(Circular.event))
)


def next_waiting(circular_id: int, count: int) -> Sequence[Recipient]:
    """The next recipients to write to, held so that no other worker writes to them."""
    question = _waiting(circular_id).order_by(Recipient.id).limit(count)
    return db.session.scalars(for_update(question, skip_locked=True)).all()


def someone_waits(circular_id: int) -> bool:
    """Whether anybody is still to be written to, also those another worker holds just now."""
    return db.session.execute(_waiting(circular_id).limit(1)).first() is not None


def _waiting(circular_id: int) -> Select[Recipient]:
    return select(Recipient).where(
        Recipient.circular_id == circular_id, Recipient.outcome == Outcome.WAITING
    )


def is_recipient(circular: Circular, address_key: str) -> bool:
    """Whether this mailbox gets the letter as somebody's own anyway."""
    question = (
        select(Recipient.id)
        .join(Recipient.registration)
        .where(Recipient.circular_id == circular.id, Registration.address_key == address_key)
    )
    return db.session.execute(question.limit(1)).first() is not None


def registrations_of(recipients: Sequence[Recipient]) -> dict[int, Registration]:
    """The people behind these recipients, as they are now."""
    ids = [each.registration_id for each in recipients]
    question = select(Registration).where(Registration.id.in_(ids))
    found = db.session.scalars(question.options(selectinload(Registration.contact)))
    return {each.id: each for each in found}


def refused_at_an_old_address() -> Recipient | None:
    """Somebody whose copy was refused by an address that is not theirs any more."""
    return db.session.scalar(_REFUSED)


# From the few refused mails on: `coalesce` keeps the planner from beginning with all recipients.
_REFUSED = (
    select(Recipient)
    .join(Message, func.coalesce(Message.message_id, "") == Recipient.message_id)
    .join(Registration, Registration.id == Recipient.registration_id)
    .join(Circular, Circular.id == Recipient.circular_id)
    .where(
        Message.parked_at > _LONG_AGO,
        Message.occasion == "circular",
        Message.in_doubt.is_(False),
        func.lower(Message.recipient) != func.lower(Registration.email),
        func.coalesce(Registration.erased_at, Registration.erase_asked_at).is_(None),
        HAS_ADDRESS,
        Circular.state.in_((CircularState.SENDING, CircularState.SENT)),
        Recipient.outcome == Outcome.WRITTEN,
    )
    .order_by(Recipient.id)
    .limit(1)
)


def received(registration_id: int) -> Sequence[tuple[Circular, Recipient]]:
    """The letters that somebody was to get."""
    rows = db.session.execute(
        select(Circular, Recipient)
        .join(Recipient, Recipient.circular_id == Circular.id)
        .where(Recipient.registration_id == registration_id)
        .order_by(Circular.id)
    ).all()
    return [(row[0], row[1]) for row in rows]
