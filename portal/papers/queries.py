"""Questions about papers."""

from sqlalchemy import select

from portal.db import db
from portal.papers.models import EventPapers


def of_event(event_id: int) -> EventPapers | None:
    """What the event says of its papers; None where nobody has said anything."""
    return db.session.scalar(select(EventPapers).where(EventPapers.event_id == event_id))
