"""What invites hold about a person, and how they forget: the entry in their calendar."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import null, update

from portal.db import db
from portal.invites import queries
from portal.invites.models import Invite, OfficeInvite
from portal.keeping import Keeping, Rules, Whose

KEEPING: Rules = {
    Invite: Keeping(
        Whose.REGISTRANTS,
        what=_l("What their calendar holds, with name and address, and what it answered"),
        end=_l("with the mail address, by the record of the event"),
        personal=("held", "first_message_id", "reply_code", "partstat"),
        of_the_record=("uid", "substance", "content"),
    ),
    OfficeInvite: Keeping(
        Whose.REGISTRANTS,
        what=_l("What the calendar of whoever acts for them holds, with names and address"),
        end=_l("with the mail address, by the record of the event"),
        personal=("held", "first_message_id", "reply_code", "partstat"),
        of_the_record=("uid", "substance", "content"),
    ),
}


def forget_all(registration_ids: Sequence[int]) -> None:
    """Keep no name and address of these people; SEQUENCE still only rises."""
    for kind in (Invite, OfficeInvite):
        db.session.execute(
            update(kind)
            .where(kind.registration_id.in_(registration_ids))
            .values(
                held=null(), first_message_id="", reply_code=None, partstat=None, replied_at=None,
                reply_stamped_at=None,
            )
        )  # fmt: skip


def held(registration_id: int) -> dict[str, Any]:
    """The calendar entry that was sent, as the person's calendar holds it, and its answer."""
    invite = queries.of(registration_id)
    return {} if invite is None else _entry(invite) | _reply(invite)


def _reply(invite: Invite) -> dict[str, Any]:
    if invite.partstat is None or invite.replied_at is None:
        return {}
    said, at = invite.partstat.value, invite.replied_at.isoformat()
    return {"calendar_reply": {"answer": said, "noted_at": at}}


def _entry(invite: Invite) -> dict[str, Any]:
    if invite.held is None:
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
