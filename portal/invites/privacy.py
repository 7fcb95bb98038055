"""What invites hold about a person: the entry in their calendar; `service.forget` empties it."""

from typing import Any

from sqlalchemy import select

from portal.db import db
from portal.invites.models import Invite

PERSONAL = ("held",)


def held(registration_id: int) -> dict[str, Any]:
    """The calendar entry that was sent, as the person's calendar holds it."""
    invite = db.session.scalar(select(Invite).where(Invite.registration_id == registration_id))
    if invite is None or invite.held is None:
        return {}
    shown = ("summary", "location", "attendee_name", "attendee_address")
    return {
        "calendar_entry": {
            "uid": invite.uid,
            "sequence": invite.sequence,
            "sent_at": invite.stamped_at.isoformat() if invite.stamped_at else None,
            **{name: invite.held.get(name) for name in shown},
        }
    }
