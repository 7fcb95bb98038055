"""What reading the mailbox leaves: digests for a month. What calendars answered is the invites'."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from portal.db import db
from portal.inbox.models import Reading
from portal.keeping import Impersonal, Rules

KEPT = timedelta(days=30)
A_FEW = 500

KEEPING: Rules = {
    Reading: Impersonal(
        "That a mail to the portal was read, under a digest, for thirty days.",
        texts=("digest", "outcome"),
    ),
}


def something_is_old(now: datetime) -> bool:
    """Whether any mail was read long enough ago."""
    return db.session.execute(_old(now).limit(1)).first() is not None


def forget_old(now: datetime) -> None:
    """Some of these digests go."""
    db.session.execute(delete(Reading).where(Reading.id.in_(_old(now).limit(A_FEW))))


def _old(now: datetime):  # type: ignore[no-untyped-def]
    return select(Reading.id).where(Reading.at < now - KEPT)
