"""The worker's duties for letters to a selection."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import InterfaceError, OperationalError

from portal import wiping
from portal.circulars import letters, privacy, queries
from portal.circulars.models import Circular, Recipient
from portal.circulars.rules import CircularState, Outcome
from portal.db import db, transaction
from portal.registrations.models import Registration

log = logging.getLogger("portal.circulars")

AT_ONCE = 10
"""As few as of other letters, since on SQLite whoever registers waits for the transaction's end."""

Write = Callable[[Circular, Recipient, Registration], None]


def write_next_circulars(now: datetime) -> bool:
    """Write the next copies; when all are written, that is noted.

    A copy and its note are one commit, so that a worker that is killed writes none twice.
    """
    if queries.sending() is None:
        return False

    def with_the_others(
        circular: Circular, recipient: Recipient, registration: Registration
    ) -> None:
        letters.write(circular, recipient, registration, now)

    def on_its_own(circular: Circular, recipient: Recipient, registration: Registration) -> None:
        _on_its_own(circular, recipient, registration, now)

    try:
        with transaction() as session, session.no_autoflush:
            return _write_some(with_the_others, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # whose fault it was is found out, and logged, one by one
        with transaction():
            return _write_some(on_its_own, now)


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


def _write_some(write: Write, now: datetime) -> bool:
    circular = queries.sending()
    if circular is None:
        return False
    recipients = queries.next_waiting(circular.id, AT_ONCE)
    people = queries.registrations_of(recipients)
    for recipient in recipients:
        write(circular, recipient, people[recipient.registration_id])
    if not recipients:
        if queries.someone_waits(circular.id):
            return False
        circular.state, circular.ended_at = CircularState.SENT, now
    return True


def _on_its_own(
    circular: Circular, recipient: Recipient, registration: Registration, now: datetime
) -> None:
    """A copy that cannot be written is set aside and does not hold up the others."""
    try:
        with db.session.begin_nested(), db.session.no_autoflush:
            letters.write(circular, recipient, registration, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.error("a letter could not be written", exc_info=error)
        recipient.outcome, recipient.reason = Outcome.FAILED, type(error).__name__
        recipient.at, recipient.message_id = now, ""


CHORES = (write_next_circulars, renew_refused_circulars, forget_the_erased)
