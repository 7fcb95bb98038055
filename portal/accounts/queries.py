"""Questions about organisers and their sessions."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Identity, Membership, Passkey, SignIn, User
from portal.accounts.rules import (
    EVERY_RIGHT,
    NO_RIGHTS,
    OFFICERS_RIGHTS,
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


def sign_in(code: str, now: datetime, *, hold: bool = False) -> SignIn | None:
    """The session that this code opens, with its person; None when it is over.

    Who holds it finishes what was begun before somebody else can end the session: once a colleague
    is removed, nothing of theirs comes after it.
    """
    question = (
        select(SignIn)
        .join(SignIn.user)
        .where(SignIn.code_digest == digest(code), User.active)
        .options(joinedload(SignIn.user))
    )
    found = db.session.scalar(question.with_for_update(of=SignIn) if hold else question)
    return found if found is not None and _holds(found, now) else None


def own_sign_in(user_id: int, sign_in_id: int) -> SignIn | None:
    """One of the person's sessions."""
    return db.session.scalar(
        select(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id)
    )


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
    if user.admin or (user.officer and right in OFFICERS_RIGHTS):
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
    return (NO_RIGHTS if role is None else RIGHTS[role]) | (
        OFFICERS_RIGHTS if user.officer else NO_RIGHTS
    )


def team(event_id: int) -> Sequence[Membership]:
    """Who works on the event, in the order of the alphabet."""
    return db.session.scalars(
        select(Membership)
        .join(Membership.user)
        .where(Membership.event_id == event_id, User.active)
        .options(joinedload(Membership.user))
        .order_by(*_BY_NAME)
    ).all()


def member(event_id: int, member_id: int) -> Membership | None:
    """This person's place in the team of this event, and of no other."""
    return db.session.scalar(
        select(Membership).where(Membership.id == member_id, Membership.event_id == event_id)
    )


def membership(user_id: int, event_id: int) -> Membership | None:
    """What the person is in the team of the event."""
    return db.session.scalar(
        select(Membership).where(Membership.user_id == user_id, Membership.event_id == event_id)
    )


def held_organisers(event_id: int) -> list[int]:
    """The organisers of the event, held so that two cannot send each other away at once."""
    question = select(Membership.user_id).where(
        Membership.event_id == event_id, Membership.role == TeamRole.ORGANISER
    )
    return list(db.session.scalars(for_update(question.order_by(Membership.id))))


def alone_at(user_id: int) -> Sequence[int]:
    """The events of which the person is the only organiser."""
    organisers = select(Membership.event_id).where(Membership.role == TeamRole.ORGANISER)
    alone = organisers.group_by(Membership.event_id).having(func.count() == 1)
    return db.session.scalars(
        select(Membership.event_id).where(
            Membership.user_id == user_id,
            Membership.role == TeamRole.ORGANISER,
            Membership.event_id.in_(alone),
        )
    ).all()


def held_administrators() -> list[int]:
    """The administrators who have come in at least once, held until the end of the transaction."""
    question = select(User.id).where(User.admin, User.active, User.signed_in_at.is_not(None))
    return list(db.session.scalars(for_update(question.order_by(User.id))))


def colleagues(first: int, most: int) -> Sequence[User]:
    """A page of all accounts, with what the list shows of them."""
    return db.session.scalars(
        select(User)
        .where(User.active)
        .options(selectinload(User.memberships), selectinload(User.passkeys))
        .order_by(*_BY_NAME)
        .offset(first)
        .limit(most)
    ).all()


def how_many_colleagues() -> int:
    return db.session.scalar(select(func.count()).select_from(User).where(User.active)) or 0


def passkey(credential_id: str) -> Passkey | None:
    """The passkey that calls itself so."""
    return db.session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))


def identity(user_id: int, issuer: str) -> Identity | None:
    """Who the person is at this provider."""
    return db.session.scalar(
        select(Identity).where(Identity.user_id == user_id, Identity.issuer == issuer)
    )


def by_identity(issuer: str, subject: str) -> User | None:
    """Whose account this person of a provider opens."""
    return db.session.scalar(
        select(User)
        .join(User.identities)
        .where(Identity.issuer == issuer, Identity.subject == subject, User.active)
    )


def who_else_runs(event_id: int, user: User) -> Sequence[User]:
    """The other organisers of the event; where there is none, the other administrators."""
    return _running(event_id, select(User).where(User.active, User.id != user.id))


def who_runs(event_id: int) -> Sequence[User]:
    """The organisers of the event; where there is none, the administrators."""
    return _running(event_id, select(User).where(User.active))


def _running(event_id: int, among: Select[User]) -> Sequence[User]:
    members = select(Membership.user_id).where(
        Membership.event_id == event_id,
        Membership.role.in_([role for role in TeamRole if Right.RUN in RIGHTS[role]]),
    )
    among = among.order_by(User.id)
    team = db.session.scalars(among.where(User.id.in_(members))).all()
    return team or db.session.scalars(among.where(User.admin)).all()


def demonstration_organiser() -> User | None:
    """Who works at the demonstration's desk."""
    return db.session.scalar(
        select(User).where(User.demonstration, User.active).order_by(User.id).limit(1)
    )


_BY_NAME = (func.lower(User.name), User.email_key)


def address_key(address: str) -> str:
    """What makes two spellings one mailbox."""
    return address.strip().casefold()


def names_of(user_ids: Collection[int | None]) -> dict[int, str]:
    """What those of these people are called who are still here; their address where no name is."""
    if not user_ids:
        return {}
    rows = db.session.execute(
        select(User.id, User.name, User.email).where(User.id.in_(user_ids), User.active)
    )
    return {user_id: name or email for user_id, name, email in rows}
