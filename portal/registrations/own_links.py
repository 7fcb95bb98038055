"""The link by which people reach their own registration."""

from portal import mail, tokens
from portal.registrations.models import Registration


def manage_url(registration: Registration, lang: str) -> str:
    """The link in the letters: one's own registration, in the language of the letter."""
    return mail.public_url("registrations.own", lang=lang, token=token(registration))


def token(registration: Registration) -> str:
    """Good until the registration's `link_code` changes."""
    return tokens.sign("registration", registration.id, registration.link_code)
