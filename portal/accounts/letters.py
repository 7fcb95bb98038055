"""What we write to organisers."""

from datetime import datetime

from portal import mail
from portal.accounts.links import INVITATION, RESET, link
from portal.accounts.models import User
from portal.i18n import in_language, languages
from portal.mail import Written

SECURITY = "security"


def invite(user: User, *, now: datetime) -> str:
    """Post the invitation; its link is answered, for the operator's screen."""
    address = link(INVITATION, user)
    _post(user, INVITATION, _write(user, INVITATION, address), now)
    return address


def write_reset(user: User) -> Written:
    """The letter with the link to a new password; for somebody unknown it is written in vain."""
    return _write(user, RESET, link(RESET, user))


def post_reset(user: User, written: Written, *, now: datetime) -> None:
    _post(user, RESET, written, now)


def tell_of_new_password(user: User, *, now: datetime) -> None:
    """Who did not do it themselves has to hear of it."""
    _post(user, SECURITY, _write(user, SECURITY, mail.public_url("accounts.reset")), now)


def _write(user: User, occasion: str, address: str) -> Written:
    language = user.language or languages()[0]
    with in_language(language):
        return mail.write("accounts", occasion, language=language, user=user, address=address)


def _post(user: User, occasion: str, written: Written, now: datetime) -> None:
    mail.post(
        written,
        to=(user.name, user.email),
        facts=(occasion, user.id, now.isoformat()),
        occasion=occasion,
        now=now,
    )
