"""The verbs of invitations: what the invited do, what organisers do, what the worker notes.

Lists and what is imported into them have files of their own.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from portal import tokens, wiping
from portal.audit.service import REGISTRANT, WORKER, Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events import service as events
from portal.events.rules import State
from portal.invitations import due, queries
from portal.invitations.models import Invitation, InvitationList
from portal.invitations.rules import UNANSWERED, Fate, Occasion, Person, Stage, stood
from portal.invitations.words import KNOWN, NOT_FOR_THEM, SHUT
from portal.registrations import service as registrations
from portal.registrations.models import Registration
from portal.registrations.person import address_key
from portal.registrations.rules import StakeholderGroup, Status
from portal.registrations.service import line
from portal.text import fold

FOUND_BY = ("first_name", "last_name", "email", "organisation", "role")
PERSONAL = (
    "title", "first_name", "last_name", "email", "organisation", "role", "country", "sort_name",
    "search_text", "message_id", "link_code",
)  # fmt: skip


def open_(invitation: Invitation, *, now: datetime) -> None:
    """The person pressed a button behind their link; a program that opens links presses none."""
    if invitation.opened_at is None:
        invitation.opened_at = now
        _note("invitation.opened", invitation, by=REGISTRANT, now=now)
    if invitation.stage in (Stage.NEW, Stage.INVITED, Stage.BOUNCED):
        invitation.stage = Stage.OPENED


def decline(invitation: Invitation, *, now: datetime) -> None:
    """They cannot come; said twice it is said once. The list's letters end."""
    if invitation.stage is Stage.DECLINED:
        return
    if invitation.stage is Stage.REGISTERED and not invitation.came_back:
        raise Refused(_("This invitation was answered already."))
    open_(invitation, now=now)
    invitation.stage, invitation.declined_at = Stage.DECLINED, now
    invitation.reminder_due_at = None
    _note("invitation.declined", invitation, by=REGISTRANT, now=now)


def undo_decline(invitation: Invitation, *, now: datetime) -> None:
    """They can come after all: the link leads to the form again."""
    if invitation.stage is not Stage.DECLINED:
        return
    invitation.stage, invitation.declined_at = Stage.OPENED, None
    _note("invitation.reopened", invitation, by=REGISTRANT, now=now)


def object_to(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Nothing is kept of the person but what tells a later list that they are not to be asked."""
    if invitation.stage is not Stage.REGISTERED:
        invitation.stage, invitation.declined_at = Stage.DECLINED, now
    invitation.digest = queries.digest(invitation.event_id, invitation.address_key)
    forget(invitation, now=now)
    _note("invitation.objected", invitation, by=by, now=now)


def forget(invitation: Invitation, *, now: datetime) -> None:
    """The row stays, so that it is known how many were invited and how many came."""
    if invitation.stage not in (Stage.REGISTERED, Stage.DECLINED):
        invitation.stage = Stage.WITHDRAWN
    for name in PERSONAL:
        setattr(invitation, name, "")
    invitation.address_key = f"forgotten-{invitation.id}"
    invitation.stuck_at = invitation.reminder_due_at = None
    invitation.stuck_reason = invitation.bounce_code = ""
    invitation.stakeholder_group = None
    invitation.forgotten_at = now
    wiping.ask()


def use(
    invitation: Invitation, registration: Registration, *, handed_on: bool, now: datetime
) -> None:
    """Somebody registered by it, under the event's lock: it is used.

    Who was registered already comes by it from now on: needs no approval if the list says so, and
    may move up to a place that is kept for invited people. Nobody else comes by it any more.
    """
    _refuse_who_gains_nothing(invitation, registration, handed_on=handed_on)
    _lead_to(invitation, registration, handed_on=handed_on, now=now)
    if registration.invitation_id != invitation.id:
        _let_in(invitation, registration, now=now)


def _refuse_who_gains_nothing(
    invitation: Invitation, registration: Registration, *, handed_on: bool
) -> None:
    """The link stays as it is then. What the organisers decided of a person stands, as for
    whoever takes a place over.
    """
    if not registration.status.is_live:
        raise Refused(str(NOT_FOR_THEM))
    comes_by_it = registration.invitation_id == invitation.id
    if handed_on and registration.status is Status.CONFIRMED and not comes_by_it:
        raise Refused(_("This colleague has a place already."))


def _lead_to(
    invitation: Invitation, registration: Registration, *, handed_on: bool, now: datetime
) -> None:
    """Who is back was told of already, and who came by it before comes by it no more."""
    before = invitation.registration
    if before is not registration:
        invitation.told_handed_on = False
        if before is not None and before.invitation_id == invitation.id:
            before.invitation_id = None
    invitation.stage, invitation.used_at = Stage.REGISTERED, now
    invitation.opened_at = invitation.opened_at or now
    invitation.declined_at = invitation.reminder_due_at = None
    invitation.registration, invitation.handed_on = registration, handed_on
    _note(
        "invitation.used", invitation, by=REGISTRANT, now=now,
        registration=registration.id, handed_on=handed_on,
    )  # fmt: skip


def _let_in(invitation: Invitation, registration: Registration, *, now: datetime) -> None:
    """What it gives, to who was registered without it."""
    event, before = events.locked(invitation.event_id), registration.status
    if invitation.of_list.passes_closed:
        line.take_kept(registration, by=WORKER, now=now)
    registration.invitation_id = invitation.id
    db.session.flush()
    if before is Status.PENDING and invitation.of_list.passes_approval:
        registrations.approve(registration, by=WORKER, now=now)
    registrations.fill_places(event, now=now)
    if registration.status is not before:
        registration.links_asked_at = None  # the letter that says so has the link


def catch_up(invitation: Invitation, *, now: datetime) -> None:
    """What the worker would note of it soon, under the event's lock: before anybody uses it."""
    follow(invitation, now=now)
    recognise(invitation, now=now)


def recognise(invitation: Invitation, *, now: datetime) -> None:
    """They registered at the front door, or were registered there, without their link.

    Where no place is free, nor a line, what passes approval cannot let them in: the organisers
    decide.
    """
    found = due.registration_without_link(invitation)
    if found is None:
        return
    handed_on = invitation.handed_on and found is invitation.registration
    _lead_to(invitation, found, handed_on=handed_on, now=now)
    try:
        with db.session.begin_nested():
            _let_in(invitation, found, now=now)
    except Refused:
        found.invitation_id = invitation.id


def follow(invitation: Invitation, *, now: datetime) -> None:
    """To what is left of two registrations of one person, and to who took a place over.

    Where nothing is left, since somebody said that they did not register, nobody has used it.
    """
    by = invitation.registration
    if by is None:
        return
    if by.merged_into is not None:
        invitation.registration_id = by.merged_into
    elif (taker := due.taker_of(invitation)) is not None:
        by.invitation_id, taker.invitation_id = None, invitation.id
        invitation.registration_id = taker.id
    elif due.is_disowned(by, now) and invitation.stage is Stage.REGISTERED:
        invitation.registration_id = invitation.used_at = None
        invitation.handed_on = False
        invitation.stage = _stood(invitation)
    db.session.flush()
    db.session.expire(invitation, ["registration"])


def withdraw(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """The organisers take it back: the link says so, and nobody is written to."""
    if invitation.stage is Stage.REGISTERED and not invitation.came_back:
        raise Refused(_("Somebody registered by this invitation. Decide on the registration."))
    if invitation.stage is Stage.WITHDRAWN:
        return
    invitation.stage, invitation.withdrawn_at = Stage.WITHDRAWN, now
    invitation.reminder_due_at = None
    _note("invitation.withdrawn", invitation, by=by, now=now)


def bring_back(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """It was a mistake to withdraw it: it stands where it stood."""
    if invitation.stage is not Stage.WITHDRAWN:
        return
    invitation.stage = _stood(invitation)
    invitation.withdrawn_at = None
    _note("invitation.brought_back", invitation, by=by, now=now)


def _stood(invitation: Invitation) -> Stage:
    return stood(
        invited_at=invitation.invited_at, opened_at=invitation.opened_at,
        bounced_at=invitation.bounced_at, declined_at=invitation.declined_at,
        is_used=invitation.registration_id is not None,
    )  # fmt: skip


def unwrite(invitation: Invitation, occasions: Collection[str]) -> None:
    """These letters never left, and do not leave any more: they are to be written again."""
    if Occasion.INVITATION in occasions:
        invitation.invited_at = None
        if invitation.stage is Stage.INVITED:
            invitation.stage = Stage.NEW
    if Occasion.REMINDER in occasions:
        invitation.reminded_at, invitation.reminded_of = None, ""
    if Occasion.NEW_DATE in occasions:
        invitation.told_state = State.POSTPONED.value


def correct_address(invitation: Invitation, address: str, *, by: Actor, now: datetime) -> None:
    """To another address, with another link, as if for the first time."""
    if invitation.stage not in (Stage.BOUNCED, Stage.NEW, *UNANSWERED):
        raise Refused(_("This invitation was answered already."))
    events.locked(invitation.event_id)
    key = address_key(address)
    known = {} if key == invitation.address_key else queries.fates(invitation.event_id, [key])
    if key in known:
        raise Refused(str(KNOWN[known[key]]))
    invitation.email, invitation.address_key = address, key
    invitation.search_text = search_text(invitation)
    invitation.link_code = secrets.token_urlsafe(9)
    invitation.reply_code = secrets.token_hex(10)
    invitation.message_id = invitation.reminded_of = invitation.bounce_code = ""
    invitation.bounced_at = invitation.invited_at = invitation.opened_at = None
    invitation.reminder_due_at = invitation.stuck_at = invitation.registration_id = None
    invitation.stage = Stage.NEW
    _note("invitation.corrected", invitation, by=by, now=now)


def send_again(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """What came back, or could not be written, is tried once more at the same address."""
    if invitation.stage is not Stage.BOUNCED and invitation.stuck_at is None:
        raise Refused(_("This invitation is on its way, or was answered."))
    invitation.stuck_at, invitation.stuck_reason = None, ""
    if invitation.stage is Stage.BOUNCED:
        invitation.stage, invitation.bounced_at, invitation.bounce_code = Stage.NEW, None, ""
    _note("invitation.tried_again", invitation, by=by, now=now)


def remind(of_list: InvitationList, *, by: Actor, now: datetime) -> None:
    """Have everybody of the list reminded who has not answered, while they still can."""
    registrations.refuse_when_settled(of_list.event, now)
    if of_list.answer_until is not None and of_list.answer_until <= now:
        raise Refused(_("The time to answer is over. Set a later one in the terms of the list."))
    if of_list.is_shut(now):
        raise Refused(str(SHUT))
    wanted = update(Invitation).where(Invitation.id.in_(due.to_remind(of_list)))
    done = db.session.execute(
        wanted.values(reminder_due_at=now).execution_options(synchronize_session=False)
    )
    count: int = done.rowcount  # type: ignore[attr-defined]
    record(
        "invitations.reminded", of_list, by=by, now=now, event_id=of_list.event_id, count=count
    )  # fmt: skip


def note_bounce(
    invitation: Invitation,
    code: str,
    addresses: Collection[str] = (),
    *,
    is_proven: bool = False,
    now: datetime,
) -> bool:
    """A letter came back for good, if it surely was one to the address that is still theirs.

    That is proven by what only our letter to this address carries. Otherwise the report has to name
    the address, which a mailbox that forwards hides.
    """
    if not (is_proven or invitation.address_key in {address_key(each) for each in addresses}):
        return False
    if invitation.stage in UNANSWERED:
        invitation.stage, invitation.bounced_at = Stage.BOUNCED, now
        invitation.bounce_code, invitation.reminder_due_at = code[:20], None
        _note("invitation.came_back", invitation, by=WORKER, now=now, code=code[:20])
    return True


def row(of_list: InvitationList, person: Person, *, by: Actor, now: datetime) -> dict[str, Any]:
    """The columns of a new invitation."""
    facts = {
        "title": person.title, "first_name": person.first_name, "last_name": person.last_name,
        "email": person.address, "organisation": person.organisation, "role": person.role,
    }  # fmt: skip
    return {
        **facts,
        "event_id": of_list.event_id,
        "list_id": of_list.id,
        "stage": Stage.NEW,
        "stakeholder_group": StakeholderGroup(person.group) if person.group else None,
        "country": person.country,
        "language": person.language or of_list.language,
        "address_key": address_key(person.address),
        "sort_name": fold(f"{person.last_name} {person.first_name}")[:300],
        "search_text": fold(" ".join(filter(None, (facts[name] for name in FOUND_BY)))),
        "link_code": tokens.code(9),
        "reply_code": secrets.token_hex(10),
        "made_at": now,
        "made_by": by.id,
    }


def search_text(invitation: Invitation) -> str:
    """By what the desk finds an invited person."""
    found: Mapping[str, str] = {name: getattr(invitation, name) for name in FOUND_BY}
    return fold(" ".join(value for value in found.values() if value))


def refuse_known(fates: Mapping[str, Fate], keys: Sequence[str]) -> None:
    """Whoever is known is not asked again."""
    for key in keys:
        if key in fates:
            raise Refused(str(KNOWN[fates[key]]))


def _note(act: str, invitation: Invitation, *, by: Actor, now: datetime, **details: Any) -> None:
    record(act, invitation, by=by, now=now, event_id=invitation.event_id, **details)
