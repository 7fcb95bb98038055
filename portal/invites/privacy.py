"""What invites hold about a person, and how they forget: the entry in their calendar."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import null, select, update

from portal.db import db
from portal.invites.models import Invite
from portal.keeping import Keeping, Rules, Whose

KEEPING: Rules = {
    Invite: Keeping(
        Whose.REGISTRANTS,
        what=_l("What their calendar holds, with name and address"),
        end=_l("with the mail address, by the record of the event"),
        personal=("held", "first_message_id"),
        of_the_record=("uid", "substance", "content"),
    ),
}


def forget_all(registration_ids: Sequence[int]) -> None:
    """Keep no name and address of these people; SEQUENCE still only rises."""
    db.session.execute(
        update(Invite)
        .where(Invite.registration_id.in_(registration_ids))
        .values(held=null(), first_message_id="")
    )


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
