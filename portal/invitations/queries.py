"""Questions about invitations."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, defer, joinedload

from portal import tokens
from portal.db import LARGEST_ID, db, for_update
from portal.events.models import Event
from portal.invitations.models import Invitation, InvitationImport, InvitationList
from portal.invitations.rules import Fate, ImportState, Stage
from portal.registrations.models import Registration
from portal.registrations.queries import LIVE
from portal.registrations.rules import Status

AT_ONCE = 400
ROWS_A_STEP = 100


def lists(event: Event) -> Sequence[InvitationList]:
    """The lists of an event, the oldest first."""
    question = select(InvitationList).where(InvitationList.event_id == event.id)
    return db.session.scalars(question.order_by(InvitationList.id)).all()


def list_of(event: Event, list_id: int) -> InvitationList | None:
    """The list, if it is of this event."""
    if list_id > LARGEST_ID:
        return None
    which = InvitationList.id == list_id, InvitationList.event_id == event.id
    question = select(InvitationList).where(*which).options(joinedload(InvitationList.event))
    return db.session.scalar(question)


def list_named(event_id: int, name: str) -> InvitationList | None:
    """The list of this name."""
    which = InvitationList.event_id == event_id, InvitationList.name == name
    return db.session.scalar(select(InvitationList).where(*which).limit(1))


def import_of(event: Event, import_id: int) -> InvitationImport | None:
    """A file that is looked at, or taken over, for a list of this event."""
    if import_id > LARGEST_ID:
        return None
    return db.session.scalar(
        select(InvitationImport)
        .join(InvitationImport.of_list)
        .where(InvitationImport.id == import_id, InvitationList.event_id == event.id)
        .options(contains_eager(InvitationImport.of_list))
    )


def last_import(of_list: InvitationList) -> InvitationImport | None:
    """The file of this list that is looked at or taken over, if there is one."""
    question = select(InvitationImport).where(
        InvitationImport.list_id == of_list.id, InvitationImport.state != ImportState.DONE
    )
    return db.session.scalar(question.order_by(InvitationImport.id.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Portion:
    """The next rows of a file, read before anything is locked, and how many were done by then."""

    import_id: int
    done: int
    rows: list[dict[str, Any]]


def next_portion(import_id: int | None = None) -> Portion | None:
    """Of this file, or of the next that the worker is to take over."""
    which = (
        InvitationImport.state == ImportState.RUNNING
        if import_id is None
        else InvitationImport.id == import_id
    )
    facts = InvitationImport.id, InvitationImport.done, InvitationImport.people
    found = db.session.execute(select(*facts).where(which).order_by(facts[0]).limit(1)).first()
    if found is None:
        return None
    number, done, people = found
    return Portion(number, done, people[done : done + ROWS_A_STEP])


def held_import(portion: Portion) -> InvitationImport | None:
    """Its file, held without the rows; None where another worker holds it or has done them."""
    question = select(InvitationImport).where(
        InvitationImport.id == portion.import_id, InvitationImport.done == portion.done
    )
    return db.session.scalar(
        for_update(question, skip_locked=True)
        .options(defer(InvitationImport.people))
        .execution_options(populate_existing=True)
    )


def one(event: Event, invitation_id: int) -> Invitation | None:
    """The invitation, if it is of this event and its person was not forgotten."""
    if invitation_id > LARGEST_ID:
        return None
    return db.session.scalar(
        select(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.event_id == event.id,
            Invitation.forgotten_at.is_(None),
        )
        .options(joinedload(Invitation.of_list), joinedload(Invitation.registration))
    )


def held(invitation_id: int) -> Invitation:
    """The invitation as it is now, held until the end of the transaction."""
    question = for_update(select(Invitation).where(Invitation.id == invitation_id))
    return db.session.scalars(question.execution_options(populate_existing=True)).one()


def of_link(values: Sequence[Any]) -> Invitation | None:
    """The invitation that a signed link names, unless the link was replaced or ended."""
    if len(values) != 2 or not isinstance(values[0], int) or not 0 < values[0] <= LARGEST_ID:
        return None
    question = select(Invitation).where(Invitation.id == values[0])
    found = db.session.scalar(
        question.options(
            joinedload(Invitation.event), joinedload(Invitation.of_list),
            joinedload(Invitation.registration),
        )
    )  # fmt: skip
    if found is None or not found.link_code or found.link_code != values[1]:
        return None
    return found


def digest(event_id: int, address_key: str) -> str:
    """What is left of an address that is not to be asked again to this event."""
    return tokens.keyed("invitation", event_id, address_key)


def fates(event_id: int, keys: Collection[str]) -> dict[str, Fate]:
    """Who of these mailboxes is known, and as what; whoever is not in it can be invited."""
    found: dict[str, Fate] = {}
    known = sorted(set(keys))
    for start in range(0, len(known), AT_ONCE):
        some = known[start : start + AT_ONCE]
        found |= _invited(event_id, some) | _objected(event_id, some) | _registered(event_id, some)
    return found


def _registered(event_id: int, keys: Sequence[str]) -> dict[str, Fate]:
    """Several people may share a mailbox: one who comes is enough."""
    rows = db.session.execute(
        select(Registration.address_key, Registration.status).where(
            Registration.event_id == event_id,
            Registration.address_key.in_(keys),
            Registration.erased_at.is_(None),
        )
    ).all()
    left = {key: Fate.WITHDRAWN for key, status in rows if status is Status.WITHDRAWN}
    refused = {key: Fate.DECLINED for key, status in rows if status is Status.DECLINED}
    return left | refused | {key: Fate.REGISTERED for key, status in rows if status in LIVE}


def _objected(event_id: int, keys: Sequence[str]) -> dict[str, Fate]:
    by_digest = {digest(event_id, key): key for key in keys}
    question = select(Invitation.digest).where(
        Invitation.event_id == event_id, Invitation.digest.in_(list(by_digest))
    )
    return {by_digest[each]: Fate.OBJECTED for each in db.session.scalars(question)}


def _invited(event_id: int, keys: Sequence[str]) -> dict[str, Fate]:
    rows = db.session.execute(
        select(Invitation.address_key, Invitation.stage).where(
            Invitation.event_id == event_id, Invitation.address_key.in_(keys)
        )
    ).all()
    return {key: _FATES.get(stage, Fate.INVITED) for key, stage in rows}


_FATES = {
    Stage.REGISTERED: Fate.REGISTERED,
    Stage.DECLINED: Fate.DECLINED,
    Stage.WITHDRAWN: Fate.WITHDRAWN,
}
