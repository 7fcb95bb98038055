"""What reminders and thanks hold about a person, and how they forget.

A telling is a pair of ids: the mail itself, with name and address, is the outbox's and goes with
the person's thread. The row stays for the count; what leads from it to the mail does not.
"""

from typing import Any

from sqlalchemy import update

from portal.circulars.rules import Outcome
from portal.db import db
from portal.registrations.models import Registration
from portal.reminders import queries
from portal.reminders.models import Telling

PERSONAL: tuple[str, ...] = ()


def held(registration: Registration) -> dict[str, Any]:
    """The letters that rules of the event wrote to the person."""
    return {
        "reminders": [
            {
                "kind": each.run.reminder.kind.value,
                "begun_at": each.run.begun_at.isoformat(),
                "outcome": each.outcome.value,
            }
            for each in queries.received(registration.id)
        ]
    }


def erase(registration: Registration) -> None:
    """Nothing is written to them any more, and nothing leads to what was."""
    of_them = update(Telling).where(Telling.registration_id == registration.id)
    waiting = of_them.where(Telling.outcome == Outcome.WAITING)
    db.session.execute(waiting.values(outcome=Outcome.SKIPPED))
    db.session.execute(of_them.values(message_id="", reason=""))
