"""What letters to a selection hold about a person, and how they forget.

A recipient is a pair of ids: the mail itself, with name and address, is the outbox's and goes with
the person's thread. A draft keeps the filter in codes, and no words of a search.
"""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, update

from portal.circulars import queries
from portal.circulars.models import Circular, Recipient
from portal.db import db
from portal.keeping import Impersonal, Keeping, Rules, Whose
from portal.registrations.models import Registration

# What a mail server answered may quote the address; the id of the mail is made of it.
PERSONAL = ("reason", "message_id", "office_message_id")
_IS_KEPT = [getattr(Recipient, name) != "" for name in PERSONAL]
A_FEW = 200

KEEPING: Rules = {
    Circular: Impersonal(
        "The organisers’ own words to many, and to whom in ids and codes.",
        texts=("state", "subject", "body", "selection"),
    ),
    Recipient: Keeping(
        Whose.REGISTRANTS,
        what=_l("Which letters to a selection they got, and what the mail server answered"),
        end=_l("the answer with the mail address; that there was a letter stays, without a name"),
        personal=PERSONAL,
        of_the_record=("outcome",),
    ),
}


def answers_by_event(event_ids: Collection[int]) -> dict[int, int]:
    """How many answers of mail servers are kept, by event."""
    question = (
        select(Circular.event_id, func.count())
        .join(Recipient, Recipient.circular_id == Circular.id)
        .where(Circular.event_id.in_(event_ids), or_(*_IS_KEPT))
        .group_by(Circular.event_id)
    )
    return {row[0]: row[1] for row in db.session.execute(question).all()}


def forget_all(registration_ids: Sequence[int]) -> None:
    """Keep nothing that a mail server said of these people."""
    db.session.execute(
        update(Recipient)
        .where(Recipient.registration_id.in_(registration_ids))
        .values(dict.fromkeys(PERSONAL, ""))
    )


def erase(registration: Registration) -> None:
    """Nothing leads from this person's row to what was written to them."""
    forget_all([registration.id])


def next_of_the_erased() -> Sequence[int]:
    """Some people who were forgotten, and of whom something is kept nevertheless."""
    return db.session.scalars(
        select(Recipient.registration_id)
        .join(Registration, Registration.id == Recipient.registration_id)
        .where(Registration.erased_at.is_not(None), or_(*_IS_KEPT))
        .limit(A_FEW)
    ).all()


def held(registration: Registration) -> dict[str, Any]:
    """The letters that organisers wrote to the person among others."""
    return {
        "circulars": [
            {
                "subject": circular.subject,
                "sent_at": circular.sent_at.isoformat() if circular.sent_at else None,
                "outcome": recipient.outcome.value,
            }
            for circular, recipient in queries.received(registration.id)
        ]
    }
