"""The verbs that change an account's truth."""

import secrets
from datetime import datetime
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.accounts import queries
from portal.accounts.models import Identity, Membership, Passkey, SignIn, User
from portal.accounts.rules import MOST_PASSKEYS, Made, SignedInBy, TeamRole, nobody_else
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
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:
        raise Refused(_("There is an account with this address already.")) from error
    record("account.created", user, by=by, now=now, admin=admin)
    return user


def make_admin(user: User, *, by: Actor, now: datetime) -> None:
    """Let the person see every event."""
    user.admin = True
    record("account.made_admin", user, by=by, now=now)


def unmake_admin(user: User, *, even_last: bool = False, by: Actor, now: datetime) -> None:
    """From now on the person sees the events of their teams only."""
    if not even_last:
        _leave_an_administrator(user)
    user.admin = False
    record("account.unmade_admin", user, by=by, now=now)


def make_officer(user: User, *, by: Actor, now: datetime) -> None:
    """From now on the person sees what is kept of every event, and nobody's data by that."""
    user.officer = True
    record("account.made_officer", user, by=by, now=now)


def unmake_officer(user: User, *, by: Actor, now: datetime) -> None:
    """The person is no data protection officer any more."""
    user.officer = False
    record("account.unmade_officer", user, by=by, now=now)


def make_editor(user: User, *, by: Actor, now: datetime) -> None:
    """From now on the person writes what the library shows, and sees nobody's data by that."""
    user.edits_library = True
    record("account.made_editor", user, by=by, now=now)


def unmake_editor(user: User, *, by: Actor, now: datetime) -> None:
    """The person is no editor of the library any more."""
    user.edits_library = False
    record("account.unmade_editor", user, by=by, now=now)


def _leave_an_administrator(user: User) -> None:
    """Under a lock: of two who send each other away at once, the second is refused."""
    held = queries.held_administrators()
    db.session.refresh(user)
    if user.admin and nobody_else(held, user.id):
        raise Refused(
            _("Nobody else who has signed in is an administrator. Make a colleague administrator "
              "first, and let them sign in.")
        )  # fmt: skip


def join_team(
    user: User, event_id: int, *, role: TeamRole = TeamRole.ORGANISER, by: Actor, now: datetime
) -> None:
    """Let the person work on this event, in this role from now on."""
    member = queries.membership(user.id, event_id)
    if member is not None and member.role is role:
        return
    if member is None:
        db.session.add(Membership(user_id=user.id, event_id=event_id, role=role))
    else:
        member.role = role
    record("account.joined_team", user, by=by, now=now, event_id=event_id, role=role.value)


def change_role(
    member: Membership, role: TeamRole, *, even_last: bool = False, by: Actor, now: datetime
) -> None:
    """Another task in the team."""
    if role is not TeamRole.ORGANISER and not even_last:
        _leave_an_organiser(member)
    join_team(member.user, member.event_id, role=role, by=by, now=now)


def leave_team(member: Membership, *, even_last: bool = False, by: Actor, now: datetime) -> None:
    """The event is no business of the person's any more."""
    if not even_last:
        _leave_an_organiser(member)
    record("account.left_team", member.user, by=by, now=now, event_id=member.event_id)
    db.session.delete(member)


def _leave_an_organiser(member: Membership) -> None:
    held = queries.held_organisers(member.event_id)
    if member.user_id in held and nobody_else(held, member.user_id):
        raise Refused(
            _("An event needs an organiser. Make somebody else of the team organiser first.")
        )


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
    """App and passkeys are lost: the next sign-in needs the password and sets up another."""
    end_sessions(user)
    user.tf_primary_method = user.tf_totp_secret = user.totp_counter = None
    user.recovery_codes = []
    user.passkeys.clear()
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


def give_handle(user: User) -> None:
    """By which devices know whose passkey it is; it says nothing about the person."""
    user.passkey_handle = user.passkey_handle or code(32)


def add_passkey(user: User, made: Made, name: str, *, by: Actor, now: datetime) -> None:
    """Another way in, and a second step where there was none."""
    if queries.passkey(made.credential_id) is not None:
        raise Refused(_("This passkey is known here already."))
    if len(user.passkeys) >= MOST_PASSKEYS:
        raise Refused(_("That is as many passkeys as an account may have. Remove one first."))
    found = Passkey(
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=name,
        made_at=now,
    )
    user.passkeys.append(found)
    record("account.passkey_added", user, by=by, now=now)


def use_passkey(passkey: Passkey, sign_count: int, *, now: datetime) -> None:
    """Its count is kept, so that a copy of the key is seen."""
    passkey.sign_count, passkey.used_at = sign_count, now


def remove_passkey(passkey: Passkey, *, by: Actor, now: datetime) -> None:
    """The key opens nothing any more; never the last second step."""
    user = passkey.user
    if not user.has_app and len(user.passkeys) == 1:
        raise Refused(_("This is your only second step. Make another passkey first."))
    user.passkeys.remove(passkey)
    record("account.passkey_removed", user, by=by, now=now)


def link_identity(user: User, issuer: str, subject: str, *, by: Actor, now: datetime) -> None:
    """From now on this person of a provider opens the account."""
    if queries.by_identity(issuer, subject) is not None:
        raise Refused(_("This sign-in is linked with an account already."))
    if queries.identity(user.id, issuer) is not None:
        raise Refused(_("Your account is linked with another sign-in. Undo that link first."))
    user.identities.append(Identity(issuer=issuer, subject=subject, linked_at=now))
    record("account.identity_linked", user, by=by, now=now)


def unlink_identity(identity: Identity, *, by: Actor, now: datetime) -> None:
    """The provider opens the account no more."""
    record("account.identity_unlinked", identity.user, by=by, now=now)
    identity.user.identities.remove(identity)


def use_link(user: User) -> None:
    """Links that stood on this code work no more."""
    user.link_code = secrets.token_urlsafe(9)


def begin_session(user: User, how: SignedInBy, *, by: Actor, now: datetime) -> str:
    """A session; the code that opens it goes into the cookie and is kept as a digest only."""
    opener = code(32)
    db.session.add(
        SignIn(user_id=user.id, code_digest=digest(opener), how=how, began_at=now, seen_at=now)
    )
    user.signed_in_at = now
    record("account.signed_in", user, by=by, now=now, how=how.value)
    return opener


def end_session(opener: str) -> None:
    """The cookie opens nothing any more, wherever it was copied to."""
    db.session.execute(delete(SignIn).where(SignIn.code_digest == digest(opener)))


def end_one_session(found: SignIn) -> None:
    """Its browser is led to the sign-in with its next click."""
    db.session.delete(found)


def end_sessions(user: User, *, but: SignIn | None = None) -> None:
    """Sign the person out everywhere, or everywhere else."""
    ended = delete(SignIn).where(SignIn.user_id == user.id)
    db.session.execute(ended if but is None else ended.where(SignIn.id != but.id))


def choose_language(user: User, language: str) -> None:
    """The language of the person's desk and letters."""
    user.language = language


def remove(user: User, *, even_last: bool = False, by: Actor, now: datetime) -> None:
    """The account opens nothing and is in no team; its audit entries stay true."""
    if not even_last:
        _leave_an_administrator(user)
    end_sessions(user)
    user.active = user.admin = user.officer = user.edits_library = False
    user.password = user.tf_primary_method = user.tf_totp_secret = None
    user.recovery_codes = []
    user.passkeys.clear()
    user.identities.clear()
    user.fs_uniquifier = uuid4().hex
    use_link(user)
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
