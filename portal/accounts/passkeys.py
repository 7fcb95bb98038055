"""Passkeys, by py_webauthn: what a browser is asked for, and what its answer proves.

https://www.w3.org/TR/webauthn-3/, sections 7.1 and 7.2.
"""

import ipaddress
import json
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app, session
from limits import parse
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, generate_challenge
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal import clock
from portal.accounts.models import Passkey, User
from portal.accounts.rules import CHALLENGE_HOLDS, Made
from portal.extensions import limiter
from portal.tokens import digest

CHALLENGE = "challenge"
LONGEST_ANSWER = 20_000
USED_UP = "1 per hour"


class NotProven(Exception):
    """The browser's answer is not that of a passkey to what it was just asked."""


def work_here() -> bool:
    """Browsers make passkeys for a name and over https alone; for this machine also without."""
    parts = urlsplit(_public_url())
    return bool(parts.hostname) and not _is_number(_relying_party()) and (
        parts.scheme == "https" or _relying_party() == "localhost"
    )  # fmt: skip


def ask_for_new(user: User, name: str) -> str:
    """What the browser needs to make a passkey for the account, as JSON."""
    return options_to_json(
        generate_registration_options(
            rp_id=_relying_party(),
            rp_name=name,
            user_id=base64url_to_bytes(user.passkey_handle or ""),
            user_name=user.email,
            user_display_name=user.name or user.email,
            challenge=_new_challenge("make"),
            exclude_credentials=_described(user.passkeys),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
    )


def made(answer: str) -> Made:
    """The passkey that the browser made; NotProven where it is not an answer to us."""
    challenge = _challenge("make")
    try:
        found = verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=_relying_party(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise NotProven from error
    return Made(
        credential_id=bytes_to_base64url(found.credential_id),
        public_key=bytes_to_base64url(found.credential_public_key),
        sign_count=found.sign_count,
    )


def ask_for_one(passkeys: Iterable[Passkey] = ()) -> str:
    """What the browser needs to use a passkey: one of these, or any that it holds for us."""
    return options_to_json(
        generate_authentication_options(
            rp_id=_relying_party(),
            challenge=_new_challenge("use"),
            allow_credentials=_described(passkeys),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def credential_id(answer: str) -> str:
    """Which passkey the answer says it is from; nothing is proven by that."""
    found = _read(answer).get("id")
    if not isinstance(found, str):
        raise NotProven
    return found


def proven(answer: str, passkey: Passkey) -> int:
    """How often the passkey was used, now that it proved itself; NotProven where it did not.

    A count that does not rise is a copy of the key (section 6.1.1), and proves nothing.
    """
    challenge = _challenge("use")
    try:
        found = verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=_relying_party(),
            expected_origin=_origin(),
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise NotProven from error
    return found.new_sign_count


# What an answer that somebody made up runs into, in the library and below it.
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError)


def _read(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST_ANSWER:
        raise NotProven
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise NotProven from error
    if not isinstance(found, dict):
        raise NotProven
    return found


def _new_challenge(purpose: str) -> bytes:
    """Kept in the signed session, so that only this browser can answer it."""
    challenge = generate_challenge()
    session[CHALLENGE] = [purpose, bytes_to_base64url(challenge), clock.now().isoformat()]
    return challenge


def _challenge(purpose: str) -> bytes:
    """The challenge of this browser, while it is fresh, and once: also for who copied the cookie.

    That it was used is kept outside the transaction, which a wrong answer rolls back.
    """
    asked, challenge, at = session.pop(CHALLENGE, None) or ("", "", "")
    if asked != purpose or datetime.fromisoformat(at) + CHALLENGE_HOLDS <= clock.now():
        raise NotProven
    if not limiter.limiter.hit(parse(USED_UP), CHALLENGE, digest(challenge)):
        raise NotProven
    return base64url_to_bytes(challenge)


def _described(passkeys: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    ids = (base64url_to_bytes(each.credential_id) for each in passkeys)
    return [PublicKeyCredentialDescriptor(id=each) for each in ids]


def _relying_party() -> str:
    return urlsplit(_public_url()).hostname or ""


def _origin() -> str:
    """The public address as a browser names it: without the port that goes without saying."""
    parts = urlsplit(_public_url())
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _public_url() -> str:
    return str(current_app.extensions["portal"].public_url)
