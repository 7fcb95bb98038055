"""Signed links, each good for one purpose, and random codes."""

import hashlib
import hmac
import secrets
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, URLSafeSerializer, URLSafeTimedSerializer

from portal.config import Settings


class BadLink(Exception):
    """A link that was tampered with, belongs to another purpose, or is too old."""


def sign(purpose: str, *values: Any) -> str:
    """A link's token without an end; a value that the row can change revokes it."""
    return str(URLSafeSerializer(_keys(), salt=purpose, signer_kwargs=_SIGNER).dumps(values))


def read(purpose: str, token: str) -> list[Any]:
    """The values of a token made by `sign`; BadLink otherwise."""
    try:
        return list(URLSafeSerializer(_keys(), salt=purpose, signer_kwargs=_SIGNER).loads(token))
    except (BadSignature, TypeError, UnicodeError) as error:
        raise BadLink from error


def sign_for_a_while(purpose: str, *values: Any) -> str:
    """A token that carries the second of its making."""
    signer = URLSafeTimedSerializer(_keys(), salt=purpose, signer_kwargs=_SIGNER)
    return str(signer.dumps(values))


def read_within(purpose: str, token: str, seconds: int) -> list[Any]:
    """The values of a token of `sign_for_a_while`, not older than `seconds`; BadLink otherwise."""
    signer = URLSafeTimedSerializer(_keys(), salt=purpose, signer_kwargs=_SIGNER)
    try:
        return list(signer.loads(token, max_age=seconds))
    except (BadSignature, SignatureExpired, TypeError, UnicodeError) as error:
        raise BadLink from error


def code(size: int = 16) -> str:
    """A random code of `size` bytes, safe in an address."""
    return secrets.token_urlsafe(size)


def digest(value: str) -> str:
    """What is kept of a secret code, so that the database alone opens nothing."""
    return hashlib.sha256(value.encode()).hexdigest()


def keyed(purpose: str, *values: object) -> str:
    """A digest that nobody without our key can compare with what they guess."""
    facts = "\x1f".join((purpose, *map(str, values)))
    return hmac.digest(_keys()[-1].encode(), facts.encode(), "sha256").hex()


def keyed_are(purpose: str, *values: object) -> list[str]:
    """The same with each of our keys: of what was written down before the newest came."""
    facts = "\x1f".join((purpose, *map(str, values))).encode()
    return [hmac.digest(key.encode(), facts, "sha256").hex() for key in _keys()]


_SIGNER = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}


def _keys() -> list[str]:
    """The keys as itsdangerous wants them: the last one signs."""
    settings: Settings = current_app.extensions["portal"]
    return list(reversed(settings.secret_keys))
