"""What invitations hold about a person, and how they forget.

The invited gave nothing themselves: the letter says where their data are from (Regulation (EU)
2018/1725, Article 16), and the page behind it lets them object.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, or_, select

from portal import wiping
from portal.audit.service import Actor, deleted
from portal.db import db, for_update
from portal.events.models import Event
from portal.events.rules import State
from portal.invitations import service
from portal.invitations.models import Invitation, InvitationImport, InvitationList
from portal.invitations.service.lists import FILES_HOLD
from portal.keeping import Impersonal, Keeping, Rules, Whose
from portal.outbox import privacy as outbox

A_FEW = 200
NAMED = ("title", "first_name", "last_name", "email", "organisation", "role")

KEEPING: Rules = {
    Invitation: Keeping(
        Whose.REGISTRANTS,
        what=_l("Invitation: names, mail address, organisation, and what became of it"),
        end=_l("when they object or are deleted, or with the mail addresses of the event"),
        personal=(*service.PERSONAL, "address_key", "stakeholder_group", "digest"),
        of_the_record=(
            "stage", "language", "reply_code", "bounce_code", "reminded_of", "stuck_reason",
            "told_state",
        ),
    ),
    InvitationImport: Keeping(
        Whose.VISITORS,
        what=_l("A file of people who are to be invited, while an organiser looks at it"),
        end=_l("as soon as it is imported, after a day at most"),
        personal=("people",),
        of_the_record=("state",),
    ),
    InvitationList: Impersonal(
        "The organisers’ own words to many, and on which terms they are invited.",
        texts=("name", "source", "language", "words"),
    ),
}  # fmt: skip


def by_event(event_ids: Collection[int]) -> dict[int, int]:
    """How many invited people of these events are named somewhere."""
    question = (
        select(Invitation.event_id, func.count())
        .where(Invitation.event_id.in_(event_ids), _is_kept())
        .group_by(Invitation.event_id)
    )
    return {row[0]: row[1] for row in db.session.execute(question).all()}


def held(address_key: str) -> list[dict[str, Any]]:
    """All invitations of a mailbox."""
    question = (
        select(Invitation, InvitationList.source, Event.title)
        .join(Invitation.of_list)
        .join(Event, Event.id == Invitation.event_id)
        .where(Invitation.address_key == address_key)
        .order_by(Invitation.id)
    )
    return [
        {
            "event": title,
            "stage": each.stands.value,
            **{name: getattr(each, name) for name in NAMED},
            "stakeholder_group": each.stakeholder_group.value if each.stakeholder_group else None,
            "country": each.country,
            "language": each.language,
            "source": source,
            "made_at": each.made_at.isoformat(),
            "invited_at": _moment(each.invited_at),
            "opened_at": _moment(each.opened_at),
            "registered_at": None if each.handed_on else _moment(each.used_at),
            "handed_on": each.handed_on,
            "reminded_at": _moment(each.reminded_at),
            "declined_at": _moment(each.declined_at),
            "mail_came_back_at": _moment(each.bounced_at),
        }
        for each, source, title in db.session.execute(question).all()
    ]


def of_address(address_key: str) -> Sequence[Invitation]:
    """The same, to be forgotten."""
    return db.session.scalars(
        select(Invitation).where(Invitation.address_key == address_key).order_by(Invitation.id)
    ).all()


def forget_letters(invitation: Invitation) -> None:
    """What was written to them, of which nothing is still to be sent."""
    outbox.forget_threads([invitation.thread])


def events_with_people(now: datetime) -> Sequence[Event]:
    """Events that may be over, and of which somebody who was invited is still named."""
    kept = select(Invitation.id).where(Invitation.event_id == Event.id, _is_kept()).exists()
    over = or_(Event.ends_at <= now, Event.state == State.CANCELLED)
    question = select(Event).where(over, Event.state != State.POSTPONED, kept)
    return db.session.scalars(question.order_by(Event.id).limit(A_FEW)).all()


def forget_some(event_id: int, *, by: Actor, now: datetime) -> None:
    """Some people of an event, with what was written to them."""
    question = select(Invitation).where(Invitation.event_id == event_id, _is_kept()).limit(A_FEW)
    found = db.session.scalars(for_update(question, skip_locked=True)).all()
    letters = outbox.forget_threads([each.thread for each in found])
    for each in found:
        each.digest = ""
        if each.forgotten_at is None:
            service.forget(each, now=now)
    deleted("letters", letters, by=by, now=now)
    deleted("invitations", Counter(each.event_id for each in found), by=by, now=now)


def _is_kept() -> ColumnElement[bool]:
    """A name, or what tells an objection again."""
    return or_(Invitation.forgotten_at.is_(None), Invitation.digest != "")


def a_file_is_old(now: datetime) -> bool:
    """Whether a file was left lying there."""
    old = select(InvitationImport.id).where(_old(now)).limit(1)
    return db.session.execute(old).first() is not None


def forget_old_files(now: datetime) -> None:
    """No byte of them stays."""
    db.session.execute(delete(InvitationImport).where(_old(now)))
    wiping.ask()


def _old(now: datetime) -> ColumnElement[bool]:
    return InvitationImport.created_at <= now - FILES_HOLD


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
