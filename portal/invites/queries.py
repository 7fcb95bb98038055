"""Questions about what calendars hold."""

from sqlalchemy import select

from portal.db import db
from portal.invites.models import Invite


def of(registration_id: int) -> Invite | None:
    """The registration's invite; None where none was ever needed."""
    return db.session.scalar(select(Invite).where(Invite.registration_id == registration_id))
