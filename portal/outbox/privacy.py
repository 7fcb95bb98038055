"""What the outbox holds about a person, and how it forgets.

A mail's octets go when it is sent; its recipient and subject stay listed for some time, so that an
organiser can answer who was told what. A parked mail that nobody helped goes as late. Whoever asks
to be forgotten is forgotten at once (`service.forget_thread`).
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, or_, select

from portal.db import db
from portal.outbox.models import Message

PERSONAL = ("recipient", "subject", "octets", "before")
MAILS_ARE_KEPT = timedelta(days=90)
A_FEW = 500


def something_is_old(now: datetime) -> bool:
    """Whether any mail was listed long enough."""
    return db.session.execute(_old(now).limit(1)).first() is not None


def forget_old(now: datetime) -> None:
    """Remove some of the mails that were listed long enough."""
    db.session.execute(delete(Message).where(Message.id.in_(_old(now).limit(A_FEW))))


def _old(now: datetime) -> Select[int]:
    before = now - MAILS_ARE_KEPT
    return select(Message.id).where(or_(Message.sent_at < before, Message.parked_at < before))
