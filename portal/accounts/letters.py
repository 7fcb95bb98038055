"""What we write to organisers."""

from datetime import datetime

from flask import current_app
from limits import parse

from portal import mail
from portal.accounts import oidc
from portal.accounts.links import INVITATION, RESET, link
from portal.accounts.models import User
from portal.accounts.rules import TeamRole
from portal.extensions import limiter
from portal.i18n import Translated, in_language, languages
from portal.mail import Written
from portal.tokens import keyed

SECURITY, TEAM = "security", "team"
SECOND_FACTOR_FORGOTTEN = "second_factor_forgotten"
PASSKEY_ADDED, IDENTITY_LINKED = "passkey_added", "identity_linked"


def may_write_to(address_key: str) -> bool:
    """Whether a page may send one more letter to this mailbox within the hour; it is counted."""
    allowed = current_app.extensions["portal"].limits["mail"]
    return not allowed or limiter.limiter.hit(parse(allowed), "mail", keyed("mailbox", address_key))


def invite(user: User, *, now: datetime) -> str:
    """Post the invitation; its link is answered, for the operator's screen."""
    address = link(INVITATION, user)
    provider = oidc.settings()
    written = _write(user, INVITATION, address, provider=provider.name if provider else "")
    _post(user, INVITATION, written, now)
    return address


def write_reset(user: User) -> Written:
    """The letter with the link to a new password; for somebody unknown it is written in vain."""
    return _write(user, RESET, link(RESET, user))


def post_reset(user: User, written: Written, *, now: datetime) -> None:
    _post(user, RESET, written, now)


def tell_of_new_password(user: User, *, now: datetime) -> None:
    """Who did not do it themselves has to hear of it."""
    _post(user, SECURITY, _write(user, SECURITY, mail.public_url("accounts.reset")), now)


def tell_of_team(
    user: User, title: Translated, slug: str, role: TeamRole, *, now: datetime
) -> None:
    """Who has an account already hears that they work on this event from now on."""
    address = mail.public_url("events_desk.show", slug=slug)
    _post(user, TEAM, _write(user, TEAM, address, title=title, role=role), now, slug)


def tell_of_new_passkey(user: User, *, now: datetime) -> None:
    """Who did not make it themselves has to hear of another way in."""
    address = mail.public_url("passkeys_desk.index")
    _post(user, PASSKEY_ADDED, _write(user, PASSKEY_ADDED, address), now, str(len(user.passkeys)))


def tell_of_identity(user: User, *, now: datetime) -> None:
    """Who did not link it themselves has to hear of another way in."""
    provider = oidc.settings()
    address = mail.public_url("accounts_desk.show")
    name = provider.name if provider else ""
    _post(user, IDENTITY_LINKED, _write(user, IDENTITY_LINKED, address, provider=name), now)


def tell_of_forgotten_factor(user: User, *, now: datetime) -> None:
    """Somebody else let the second step be set up anew: its owner has to know."""
    address = mail.public_url("accounts.sign_in")
    written = _write(user, SECOND_FACTOR_FORGOTTEN, address)
    _post(user, SECOND_FACTOR_FORGOTTEN, written, now)


def _write(user: User, occasion: str, address: str, **values: object) -> Written:
    language = user.language or languages()[0]
    with in_language(language):
        return mail.write(
            "accounts", occasion, language=language, user=user, address=address, **values
        )


def _post(user: User, occasion: str, written: Written, now: datetime, about: str = "") -> None:
    mail.post(
        written,
        to=(user.name, user.email),
        facts=(occasion, user.id, about, now.isoformat()),
        occasion=occasion,
        now=now,
    )
