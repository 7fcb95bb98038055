"""Questions about organisers and their sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Membership, SignIn, User
from portal.accounts.rules import (
    EVERY_RIGHT,
    NO_RIGHTS,
    RIGHTS,
    Right,
    TeamRole,
    session_holds,
)
from portal.db import db, for_update
from portal.tokens import digest


def by_address(address: str) -> User | None:
    """The account of this mailbox, however it is spelled."""
    return db.session.scalar(select(User).where(User.email_key == address_key(address)))


def by_id(user_id: int) -> User | None:
    """The account, unless it was removed."""
    return db.session.scalar(select(User).where(User.id == user_id, User.active))


def locked(user_id: int) -> User | None:
    """The account, held until the end of the transaction: a code is good for one of two at once."""
    question = for_update(select(User).where(User.id == user_id, User.active))
    found: User | None = db.session.scalar(question.execution_options(populate_existing=True))
    return found


def sign_in(code: str, now: datetime) -> SignIn | None:
    """The session that this code opens, with its person; None when it is over."""
    found = db.session.scalar(
        select(SignIn)
        .join(SignIn.user)
        .where(SignIn.code_digest == digest(code), User.active)
        .options(joinedload(SignIn.user))
    )
    return found if found is not None and _holds(found, now) else None


def sign_ins(user_id: int, now: datetime) -> Sequence[SignIn]:
    """Where the person is signed in, the latest first."""
    found = db.session.scalars(
        select(SignIn).where(SignIn.user_id == user_id).order_by(SignIn.seen_at.desc())
    )
    return [each for each in found if _holds(each, now)]


def _holds(found: SignIn, now: datetime) -> bool:
    return session_holds(began_at=found.began_at, seen_at=found.seen_at, now=now)


def event_ids(user: User, right: Right = Right.LOOK) -> list[int] | None:
    """The events at which the person may do this; None where they may at all."""
    if user.admin:
        return None
    roles = [role for role in TeamRole if right in RIGHTS[role]]
    return list(
        db.session.scalars(
            select(Membership.event_id).where(
                Membership.user_id == user.id, Membership.role.in_(roles)
            )
        )
    )


def rights(user: User, event_id: int) -> frozenset[Right]:
    """What the person may do at this event; nothing where they are not of its team."""
    if user.admin:
        return EVERY_RIGHT
    role = db.session.scalar(
        select(Membership.role).where(
            Membership.user_id == user.id, Membership.event_id == event_id
        )
    )
    return NO_RIGHTS if role is None else RIGHTS[role]


def who_else_runs(event_id: int, user: User) -> Sequence[User]:
    """The other organisers of the event; where there is none, the other administrators."""
    others = select(User).where(User.active, User.id != user.id).order_by(User.id)
    members = select(Membership.user_id).where(
        Membership.event_id == event_id,
        Membership.role.in_([role for role in TeamRole if Right.RUN in RIGHTS[role]]),
    )
    team = db.session.scalars(others.where(User.id.in_(members))).all()
    return team or db.session.scalars(others.where(User.admin)).all()


def demonstration_organiser() -> User | None:
    """Who works at the demonstration's desk."""
    return db.session.scalar(
        select(User).where(User.demonstration, User.active).order_by(User.id).limit(1)
    )


def address_key(address: str) -> str:
    """What makes two spellings one mailbox."""
    return address.strip().casefold()
