"""Passwords and codes, by Flask-Security: Argon2id hashes and encrypted TOTP secrets (RFC 6238)."""

import re
import secrets
from typing import Any

from flask import current_app
from flask_security import Security, Totp, UserMixin, hash_password, verify_and_update_password

from portal.accounts.models import User
from portal.accounts.rules import RECOVERY_CODES
from portal.tokens import digest

CLOCK_MAY_DIFFER = 30


class OnceOnlyTotp(Totp):
    """A code is good once: the counter of the last one is kept with the account."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        return user.totp_counter  # type: ignore[attr-defined]

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        user.totp_counter = tmatch.counter  # type: ignore[attr-defined]


def hashed(password: str) -> str:
    """The Argon2id hash of a new password."""
    return str(hash_password(_security()._password_util.normalize(password)))


def fits(user: User | None, password: str) -> bool:
    """Whether the password opens the account; as slow where there is no such account."""
    if user is None or not user.active or not user.password:
        _security().pwd_context.dummy_verify()
        return False
    return bool(verify_and_update_password(_security()._password_util.normalize(password), user))


def new_secret() -> str:
    """A secret for an authenticator app, encrypted with the portal's own key."""
    return str(_security().totp_factory.generate_totp_secret())


def secret_in_words(user: User) -> str:
    """The secret to type where no camera is at hand, in groups."""
    return str(_security().totp_factory.get_totp_pretty_key(user.tf_totp_secret or ""))


def secret_address(user: User) -> str:
    """The `otpauth:` address that an app reads from the QR code."""
    return str(_security().totp_factory.get_totp_uri(user.email, user.tf_totp_secret or ""))


def code_fits(user: User, typed: str) -> bool:
    """Whether this is the app's code of this moment, not used before."""
    code = re.sub(r"\s", "", typed)
    if not re.fullmatch(r"[0-9]{6}", code) or not user.tf_totp_secret:
        return False
    return bool(
        _security().totp_factory.verify_totp(
            code, user.tf_totp_secret, user, window=CLOCK_MAY_DIFFER
        )
    )


def new_recovery_codes() -> list[str]:
    """Codes for who lost their app, such as 'k3v9-x2mq-77tr'."""
    letters = "abcdefghjkmnpqrstvwxyz23456789"
    return [
        "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(typed: str) -> str:
    """What is kept of a recovery code, however it was typed."""
    return digest(re.sub(r"[\s-]", "", typed).casefold())


def _security() -> Security:
    found: Security = current_app.extensions["security"]
    return found
