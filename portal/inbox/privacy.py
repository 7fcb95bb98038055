"""What reading the mailbox leaves: digests for a month, and a person's words until they leave.

What calendars answered is the invites'.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from portal.db import db
from portal.inbox.models import Reading
from portal.inbox.queries import written_thread
from portal.keeping import Impersonal, Rules
from portal.outbox import privacy as outbox
from portal.registrations.models import Registration

KEPT = timedelta(days=30)
A_FEW = 500

KEEPING: Rules = {
    Reading: Impersonal(
        "That a mail to the portal was read, under a digest, for thirty days.",
        texts=("digest", "outcome"),
    ),
}


def erase(registration: Registration) -> None:
    """What the person wrote goes with them, also where the letter with it could not be sent."""
    forget_all([registration.id])


def forget_all(registration_ids: Sequence[int]) -> None:
    """The same of many."""
    outbox.forget_threads([written_thread(each) for each in registration_ids])


def held(registration: Registration) -> dict[str, Any]:
    """The letters by which organisers got what the person wrote."""
    return {"words_passed_on": outbox.held(written_thread(registration.id))["letters"]}


def something_is_old(now: datetime) -> bool:
    """Whether any mail was read long enough ago."""
    return db.session.execute(_old(now).limit(1)).first() is not None


def forget_old(now: datetime) -> None:
    """Some of these digests go."""
    db.session.execute(delete(Reading).where(Reading.id.in_(_old(now).limit(A_FEW))))


def _old(now: datetime):  # type: ignore[no-untyped-def]
    return select(Reading.id).where(Reading.at < now - KEPT)
