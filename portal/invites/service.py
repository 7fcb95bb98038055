"""The difference between what a calendar holds and what it should hold, and its message."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from portal.db import db
from portal.invites import rules
from portal.invites.models import Invite, OfficeInvite, OneCalendar
from portal.invites.rules import Entry, Partstat


@dataclass(frozen=True, slots=True)
class Calendar:
    """What goes into a mail: the method (RFC 5546) and the octets."""

    method: str
    octets: bytes


def of(registration_id: int, *, domain: str, now: datetime) -> Invite:
    """The registration's invite; made with its UID for ever when first asked for."""
    return of_all([registration_id], domain=domain, now=now)[registration_id]


def of_all(registration_ids: Sequence[int], *, domain: str, now: datetime) -> dict[int, Invite]:
    """The invites of these registrations, by registration, in one read."""
    found = db.session.scalars(_OF_ALL, {"ids": registration_ids})
    invites = {invite.registration_id: invite for invite in found}
    for registration_id in registration_ids:
        if registration_id not in invites:
            uid = f"registration-{registration_id}@{domain}"
            invite = Invite(registration_id=registration_id, uid=uid, created_at=now)
            invites[registration_id] = invite
            db.session.add(invite)
    return invites


_OF_ALL = select(Invite).where(Invite.registration_id.in_(bindparam("ids", expanding=True)))


def of_office(registration_id: int, *, domain: str, now: datetime) -> OfficeInvite:
    """What the calendar of whoever acts for the person holds of this registration.

    Its UID is its own: who reads two mailboxes in one program would else lose both entries by the
    CANCEL of one.
    """
    found = db.session.scalar(_OF_OFFICE, {"id": registration_id})
    if found is None:
        uid = f"registration-{registration_id}-office@{domain}"
        found = OfficeInvite(registration_id=registration_id, uid=uid, created_at=now)
        db.session.add(found)
    return found


_OF_OFFICE = select(OfficeInvite).where(OfficeInvite.registration_id == bindparam("id"))


def renew(invite: OneCalendar, entry: Entry, *, now: datetime) -> Calendar | None:
    """A REQUEST that makes the calendar hold `entry`, or None where it does already."""
    content = rules.content(entry)
    if invite.held is not None and invite.content == content:
        return None
    substance = rules.substance(entry)
    before = invite.sequence
    invite.sequence = rules.next_sequence(
        before,
        told_substance=invite.substance,
        substance=substance,
        was_cancelled=invite.held is None,
        is_cancelled=False,
    )
    if invite.sequence != before:
        _ask_anew(invite)
    invite.stamped_at = rules.next_stamp(invite.stamped_at, now)
    invite.substance, invite.content = substance, content
    invite.held = _to_json(entry)
    octets = rules.request(
        entry, sequence=invite.sequence, stamped_at=invite.stamped_at, answered=invite.partstat
    )
    return Calendar("REQUEST", octets)


def _ask_anew(invite: OneCalendar) -> None:
    """Another time or place is another question: what was answered to the old one is void."""
    invite.partstat = invite.replied_at = invite.reply_stamped_at = None


def sequence_to_be(invite: Invite, entry: Entry | None) -> int:
    """The SEQUENCE of the mail by which the calendar will hold `entry`, or nothing.

    What a feed or a file shows before that mail leaves, the mail does not contradict.
    """
    if entry is None:
        return (invite.sequence or 0) + (invite.held is not None)
    return rules.next_sequence(
        invite.sequence,
        told_substance=invite.substance,
        substance=rules.substance(entry),
        was_cancelled=invite.held is None,
        is_cancelled=False,
    )


def cancel(invite: OneCalendar, *, now: datetime) -> Calendar | None:
    """A CANCEL of what the calendar holds, or None where it holds nothing of ours."""
    if invite.held is None:
        return None
    entry = _from_json(invite.held)
    invite.sequence = (invite.sequence or 0) + 1
    invite.stamped_at = rules.next_stamp(invite.stamped_at, now)
    invite.held = None
    octets = rules.cancel(entry, sequence=invite.sequence, stamped_at=invite.stamped_at)
    return Calendar("CANCEL", octets)


def decline_counter(invite: OneCalendar, *, now: datetime) -> Calendar | None:
    """No to a time that the calendar proposed, or None where it holds nothing of ours."""
    if invite.held is None or invite.sequence is None:
        return None
    invite.stamped_at = rules.next_stamp(invite.stamped_at, now)
    entry = _from_json(invite.held)
    octets = rules.decline_counter(entry, sequence=invite.sequence, stamped_at=invite.stamped_at)
    return Calendar("DECLINECOUNTER", octets)


def take_replies(invite: OneCalendar) -> None:
    """Give it the code of the address to which answers come, unless an invite left without one."""
    if invite.reply_code is None and invite.sequence is None:
        invite.reply_code = secrets.token_hex(10)


def note_reply(
    invite: OneCalendar, partstat: Partstat | None, *, stamped_at: datetime, now: datetime
) -> None:
    """What the calendar answered, and the stamp that orders answers (RFC 5546, 2.1.5)."""
    invite.reply_stamped_at = stamped_at
    if partstat is not None:
        invite.partstat, invite.replied_at = partstat, now


def state(invite: OneCalendar) -> dict[str, Any]:
    """What the calendar holds now, to come back to if the next message is never sent."""
    return {
        "held": invite.held,
        "sequence": invite.sequence,
        "substance": invite.substance,
        "content": invite.content,
        "first_message_id": invite.first_message_id or "",
        "partstat": invite.partstat,
        "replied_at": _as_text(invite.replied_at),
        "reply_stamped_at": _as_text(invite.reply_stamped_at),
    }


def restore(invite: OneCalendar, state: dict[str, Any]) -> None:
    """The messages since `state` never left the house: the calendar still holds what it held."""
    invite.held = state["held"]
    invite.sequence = state["sequence"]
    invite.substance = state["substance"]
    invite.content = state["content"]
    invite.first_message_id = state["first_message_id"]
    answered = state.get("partstat")
    invite.partstat = Partstat(answered) if answered else None
    invite.replied_at = _as_moment(state.get("replied_at"))
    invite.reply_stamped_at = _as_moment(state.get("reply_stamped_at"))


def forget(invite: OneCalendar) -> None:
    """Keep no name and address of whoever is to be forgotten; SEQUENCE still only rises."""
    invite.held = None
    invite.first_message_id = ""
    invite.reply_code = None
    _ask_anew(invite)


def forget_of_office(registration_id: int) -> None:
    """The same of whoever acted for them, whose calendar names the person."""
    found = db.session.scalar(_OF_OFFICE, {"id": registration_id})
    if found is not None:
        forget(found)


def _as_text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _as_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _to_json(entry: Entry) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in vars(entry).items()
    }


def _from_json(values: dict[str, Any]) -> Entry:
    moments = ("starts_at", "ends_at", "created_at")
    read: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name in moments else value
        for name, value in values.items()
    }
    return Entry(**read)
