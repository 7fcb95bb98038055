"""The verbs that change an account's truth."""

import secrets
from datetime import datetime
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import delete, select

from portal.accounts import queries
from portal.accounts.models import Membership, SignIn, User
from portal.accounts.rules import SignedInBy, TeamRole
from portal.audit.service import COMMAND, Actor, record
from portal.db import db
from portal.errors import Refused
from portal.tokens import code, digest

AUTHENTICATOR = "authenticator"


def create(
    address: str,
    *,
    name: str = "",
    language: str = "",
    admin: bool = False,
    demonstration: bool = False,
    by: Actor,
    now: datetime,
) -> User:
    """An account without a password: only an invitation or a link opens it."""
    if queries.by_address(address) is not None:
        raise Refused(_("There is an account with this address already."))
    user = User(
        email=address.strip(),
        email_key=queries.address_key(address),
        name=name,
        language=language,
        admin=admin,
        active=True,
        demonstration=demonstration,
        fs_uniquifier=uuid4().hex,
        link_code=secrets.token_urlsafe(9),
        created_at=now,
    )
    db.session.add(user)
    db.session.flush()
    record("account.created", user, by=by, now=now, admin=admin)
    return user


def make_admin(user: User, *, by: Actor, now: datetime) -> None:
    """Let the person see every event."""
    user.admin = True
    record("account.made_admin", user, by=by, now=now)


def join_team(
    user: User, event_id: int, *, role: TeamRole = TeamRole.ORGANISER, by: Actor, now: datetime
) -> None:
    """Let the person work on this event, in this role from now on."""
    member = db.session.scalar(
        select(Membership).where(Membership.user_id == user.id, Membership.event_id == event_id)
    )
    if member is not None and member.role is role:
        return
    if member is None:
        db.session.add(Membership(user_id=user.id, event_id=event_id, role=role))
    else:
        member.role = role
    record("account.joined_team", user, by=by, now=now, event_id=event_id, role=role.value)


def set_password(user: User, password_hash: str, *, by: Actor, now: datetime) -> None:
    """Another password; every session and every link that was sent ends with the old one."""
    user.password = password_hash
    user.fs_uniquifier = uuid4().hex
    end_sessions(user)
    record("account.password_set", user, by=by, now=now)


def renew_hash(user: User, password_hash: str) -> None:
    """The same password, hashed as is advised today: nothing ends by it."""
    user.password = password_hash


def prepare_second_factor(user: User, secret: str) -> None:
    """A secret that waits for its first code; one that waits already stays."""
    if not user.has_second_factor and not user.tf_totp_secret:
        user.tf_totp_secret = secret


def confirm_second_factor(
    user: User, recovery_digests: list[str], *, by: Actor, now: datetime
) -> None:
    """The first code was right: from now on one is asked for at each sign-in."""
    user.tf_primary_method = AUTHENTICATOR
    user.recovery_codes = recovery_digests
    record("account.second_factor_set", user, by=by, now=now)


def forget_second_factor(user: User, *, by: Actor, now: datetime) -> None:
    """The app is lost: the next sign-in sets up another."""
    user.tf_primary_method = user.tf_totp_secret = user.totp_counter = None
    user.recovery_codes = []
    end_sessions(user)
    record("account.second_factor_forgotten", user, by=by, now=now)


def renew_recovery_codes(
    user: User, recovery_digests: list[str], *, by: Actor, now: datetime
) -> None:
    """New recovery codes; the old ones open nothing."""
    user.recovery_codes = recovery_digests
    record("account.recovery_codes_renewed", user, by=by, now=now)


def use_recovery_code(user: User, recovery_digest: str, *, by: Actor, now: datetime) -> bool:
    """Whether it is one of the person's codes; it is used up by this."""
    if recovery_digest not in user.recovery_codes:
        return False
    user.recovery_codes = [kept for kept in user.recovery_codes if kept != recovery_digest]
    record("account.recovery_code_used", user, by=by, now=now, left=len(user.recovery_codes))
    return True


def use_link(user: User) -> None:
    """Links that stood on this code work no more."""
    user.link_code = secrets.token_urlsafe(9)


def begin_session(user: User, how: SignedInBy, *, by: Actor, now: datetime) -> str:
    """A session; the code that opens it goes into the cookie and is kept as a digest only."""
    opener = code(32)
    db.session.add(
        SignIn(user_id=user.id, code_digest=digest(opener), how=how, began_at=now, seen_at=now)
    )
    record("account.signed_in", user, by=by, now=now, how=how.value)
    return opener


def end_session(opener: str) -> None:
    """The cookie opens nothing any more, wherever it was copied to."""
    db.session.execute(delete(SignIn).where(SignIn.code_digest == digest(opener)))


def end_sessions(user: User, *, but: SignIn | None = None) -> None:
    """Sign the person out everywhere, or everywhere else."""
    ended = delete(SignIn).where(SignIn.user_id == user.id)
    db.session.execute(ended if but is None else ended.where(SignIn.id != but.id))


def choose_language(user: User, language: str) -> None:
    """The language of the person's desk and letters."""
    user.language = language


def remove(user: User, *, by: Actor, now: datetime) -> None:
    """The account opens nothing and is in no team; its audit entries stay true."""
    user.active = False
    user.password = user.tf_primary_method = user.tf_totp_secret = None
    user.recovery_codes = []
    user.fs_uniquifier = uuid4().hex
    use_link(user)
    end_sessions(user)
    db.session.execute(delete(Membership).where(Membership.user_id == user.id))
    record("account.removed", user, by=by, now=now)


def add_demonstration_organiser(*, now: datetime) -> User:
    """Somebody made up who sees everything; only the sign-in link opens this account."""
    return queries.demonstration_organiser() or create(
        "organiser@example.org",
        name="Olga Organiser",
        admin=True,
        demonstration=True,
        by=COMMAND,
        now=now,
    )
