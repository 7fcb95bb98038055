"""Mails as letters put them into the outbox, for the tests of the postman."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.outbox import service
from portal.outbox.models import Message

_numbers = itertools.count(1)


def post(**facts: Any) -> Message:
    """A finished mail waits for the postman; `thread="registration:1"` can be given."""
    usual: dict[str, Any] = {
        "message_id": f"<{next(_numbers)}@localhost>",
        "recipient": "ada@example.org",
        "subject": "Your place",
        "octets": b"Subject: Your place\r\n\r\nAda\r\n",
        "occasion": "confirmed",
        "now": clock.now(),
    }
    given = usual | facts
    with transaction():
        service.post(**given)
    return db.session.scalars(select(Message).filter_by(message_id=given["message_id"])).one()


def all_mails() -> list[Message]:
    """What the outbox holds, as the database has it now."""
    db.session.rollback()
    return list(db.session.scalars(select(Message).order_by(Message.id)))
