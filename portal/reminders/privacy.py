"""What reminders and thanks hold about a person, and how they forget.

A telling is a pair of ids: the mail itself, with name and address, is the outbox's and goes with
the person's thread. The row stays for the count; what leads from it to the mail does not.
"""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, update

from portal.circulars.rules import Outcome
from portal.db import db
from portal.keeping import Impersonal, Keeping, Rules, Whose
from portal.registrations.models import Registration
from portal.reminders import queries
from portal.reminders.models import Reminder, Run, Telling

# What a mail server answered may quote the address; the id of the mail is made of it.
PERSONAL = ("reason", "message_id", "office_message_id")

KEEPING: Rules = {
    Reminder: Impersonal(
        "A rule of the organisers: when, to whom in a code, and their words.",
        texts=("kind", "unit", "audience", "words"),
    ),
    Run: Impersonal(
        "That a rule told of a date, with the organisers’ words.",
        texts=("date", "state", "words"),
    ),
    Telling: Keeping(
        Whose.REGISTRANTS,
        what=_l("Which reminders they got, and what the mail server answered"),
        end=_l("the answer with the mail address; that there was a letter stays, without a name"),
        personal=PERSONAL,
        of_the_record=("outcome",),
    ),
}


def answers_by_event(event_ids: Collection[int]) -> dict[int, int]:
    """How many answers of mail servers are kept, by event."""
    question = (
        select(Reminder.event_id, func.count())
        .join(Run, Run.reminder_id == Reminder.id)
        .join(Telling, Telling.run_id == Run.id)
        .where(
            Reminder.event_id.in_(event_ids), or_(*(getattr(Telling, n) != "" for n in PERSONAL))
        )
        .group_by(Reminder.event_id)
    )
    return {row[0]: row[1] for row in db.session.execute(question).all()}


def forget_all(registration_ids: Sequence[int]) -> None:
    """Nothing is written to these people any more, and nothing leads to what was."""
    of_them = update(Telling).where(Telling.registration_id.in_(registration_ids))
    waiting = of_them.where(Telling.outcome == Outcome.WAITING)
    db.session.execute(waiting.values(outcome=Outcome.SKIPPED))
    db.session.execute(of_them.values(dict.fromkeys(PERSONAL, "")))


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
    forget_all([registration.id])
