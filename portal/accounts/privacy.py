"""What accounts hold about a colleague, and how they forget."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, select

from portal.accounts.models import Identity, Membership, Passkey, SignIn, User
from portal.accounts.rules import LONGEST_SESSION
from portal.audit.service import Actor, deleted
from portal.db import db
from portal.keeping import Keeping, Rules, Whose

PERSONAL = (
    "email", "email_key", "name", "language", "password", "fs_uniquifier", "link_code",
    "tf_primary_method", "tf_totp_secret", "passkey_handle", "signed_in_at",
)  # fmt: skip
A_FEW = 500
_WITH_THE_ACCOUNT = _l("when the account is removed")

KEEPING: Rules = {
    User: Keeping(
        Whose.COLLEAGUES,
        what=_l("Account: name, mail address, how they sign in"),
        end=_WITH_THE_ACCOUNT,
        personal=(*PERSONAL, "recovery_codes"),
    ),
    Membership: Keeping(
        Whose.COLLEAGUES,
        what=_l("In which teams they are"),
        end=_l("when they leave the team, or the account is removed"),
        of_the_record=("role",),
    ),
    Passkey: Keeping(
        Whose.COLLEAGUES,
        what=_l("Passkeys: the public half, and the name they gave it"),
        end=_WITH_THE_ACCOUNT,
        personal=("credential_id", "public_key", "name"),
    ),
    Identity: Keeping(
        Whose.COLLEAGUES,
        what=_l("Who they are at a provider of sign-ins"),
        end=_WITH_THE_ACCOUNT,
        personal=("issuer", "subject"),
    ),
    SignIn: Keeping(
        Whose.COLLEAGUES,
        what=_l("Where they are signed in, since when"),
        end=_l("12 hours after the sign-in"),
        personal=("began_at", "seen_at"),
        of_the_record=("code_digest", "how"),
    ),
}


def a_sign_in_is_over(now: datetime) -> bool:
    """Whether any session has lasted as long as any may."""
    return db.session.execute(select(SignIn.id).where(_is_over(now)).limit(1)).first() is not None


def forget_sign_ins(by: Actor, now: datetime) -> None:
    """Remove some of the sessions that open nothing any more."""
    over = db.session.scalars(select(SignIn.id).where(_is_over(now)).limit(A_FEW)).all()
    db.session.execute(delete(SignIn).where(SignIn.id.in_(over)))
    deleted("sign_ins", {None: len(over)}, by=by, now=now)


def old_sign_ins(now: datetime) -> dict[int | None, int]:
    """How many sessions are kept that open nothing; of no event."""
    count = db.session.scalar(select(func.count()).select_from(SignIn).where(_is_over(now)))
    return {None: count} if count else {}


def _is_over(now: datetime) -> ColumnElement[bool]:
    return SignIn.began_at <= now - LONGEST_SESSION


def held(user: User) -> dict[str, Any]:
    """That there is an account, and what opens it, without any secret."""
    sign_ins = db.session.scalar(select(func.count()).where(SignIn.user_id == user.id))
    return {
        "name": user.name,
        "email": user.email,
        "language": user.language,
        "administrator": user.admin,
        "edits_library": user.edits_library,
        "made_at": user.created_at.isoformat(),
        "last_sign_in": user.signed_in_at.isoformat() if user.signed_in_at else None,
        "signed_in_now": sign_ins,
        "teams": len(user.memberships),
        "passkeys": [each.name for each in user.passkeys],
        "sign_ins_elsewhere": [each.issuer for each in user.identities],
        "app": user.has_app,
    }


def erase(user: User) -> None:
    """Forget who a removed account was; the row stays, since audit entries name its id."""
    user.email = f"removed-{user.id}@invalid"
    user.email_key = user.email
    user.name = user.language = ""
    user.password = user.tf_primary_method = user.tf_totp_secret = user.totp_counter = None
    user.recovery_codes = []
    user.signed_in_at = user.passkey_handle = None
    user.passkeys.clear()
    user.identities.clear()
