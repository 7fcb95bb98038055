"""The worker's duties for letters to a selection."""

from datetime import datetime
from functools import partial

from portal import wiping
from portal.batches import AT_ONCE, Attempt, together_or_one_by_one
from portal.circulars import letters, privacy, queries
from portal.circulars.models import Recipient
from portal.circulars.rules import CircularState, Outcome
from portal.db import transaction


def write_next_circulars(now: datetime) -> bool:
    """Write the next copies; when all are written, that is noted."""
    if queries.sending() is None:
        return False

    return together_or_one_by_one(partial(_write_some, now=now))


def renew_refused_circulars(now: datetime) -> bool:
    """A copy that a mistyped address refused goes to the address that was corrected."""
    if queries.refused_at_an_old_address() is None:
        return False
    with transaction():
        recipient = queries.refused_at_an_old_address()
        if recipient is not None:
            letters.renew(recipient)
    return recipient is not None


def forget_the_erased(now: datetime) -> bool:
    """Whoever was forgotten before their letters were is found, too."""
    if not privacy.next_of_the_erased():
        return False
    with transaction():
        privacy.forget_all(privacy.next_of_the_erased())
        wiping.ask()
    return True


def _write_some(attempt: Attempt, *, now: datetime) -> bool:
    circular = queries.sending()
    if circular is None:
        return False
    recipients = queries.next_waiting(circular.id, AT_ONCE)
    people = queries.registrations_of(recipients)
    for recipient in recipients:
        person = people[recipient.registration_id]
        attempt(
            partial(letters.write, circular, recipient, person, now),
            partial(_set_aside, recipient, now),
        )
    if not recipients:
        if queries.someone_waits(circular.id):
            return False
        circular.state, circular.ended_at = CircularState.SENT, now
    return True


def _set_aside(recipient: Recipient, now: datetime, reason: str) -> None:
    recipient.outcome, recipient.reason = Outcome.FAILED, reason
    recipient.at, recipient.message_id = now, ""


CHORES = (write_next_circulars, renew_refused_circulars, forget_the_erased)
