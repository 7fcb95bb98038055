"""The link by which people reach their own registration."""

from portal import mail, tokens
from portal.registrations import queries
from portal.registrations.models import Registration

PURPOSE = "registration"


def manage_url(registration: Registration, lang: str) -> str:
    """The link in the letters: one's own registration, in the language of the letter."""
    return mail.public_url("registrations.own", lang=lang, token=token(registration))


def token(registration: Registration) -> str:
    """Good until the registration's `link_code` changes."""
    return tokens.sign(PURPOSE, registration.id, registration.link_code)


def registration_of(token: str) -> Registration | None:
    """Whose page this link opens, if it is whole, ours, and not replaced by a newer one.

    It opens nothing while whoever acts reads the only mailbox: they would consent in the person's
    name.
    """
    found = queries.of_link(tokens.read(PURPOSE, token))
    return None if found is None or found.is_seen_to_by_its_office else found
