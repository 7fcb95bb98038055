"""What accounts hold about a colleague, and how they forget."""

from typing import Any

from sqlalchemy import func, select

from portal.accounts.models import SignIn, User
from portal.db import db

PERSONAL = (
    "email", "email_key", "name", "language", "password", "fs_uniquifier", "link_code",
    "tf_primary_method", "tf_totp_secret", "passkey_handle", "signed_in_at",
)  # fmt: skip


def held(user: User) -> dict[str, Any]:
    """That there is an account, and what opens it, without any secret."""
    sign_ins = db.session.scalar(select(func.count()).where(SignIn.user_id == user.id))
    return {
        "name": user.name,
        "email": user.email,
        "language": user.language,
        "administrator": user.admin,
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
