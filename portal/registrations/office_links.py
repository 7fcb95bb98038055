"""The link by which a mailbox sees all whom it registered."""

from portal import mail, tokens
from portal.registrations import offices
from portal.registrations.acting import Contact, Office

PURPOSE = "office"


def token(office: Office) -> str:
    """Good until the office's `link_code` changes."""
    return tokens.sign(PURPOSE, office.id, office.link_code)


def office_url(contact: Contact, lang: str) -> str:
    """The page of everybody for whom this mailbox acts."""
    office = offices.of_mailbox(contact.address_key)
    if office is None:
        return mail.public_url("registrations.link", lang=lang)
    return page_url(office, lang)


def withdrawal_url(contact: Contact, lang: str) -> str:
    """Where this mailbox withdraws the person; the page of all where there is no such link."""
    return _of_one(contact, "registrations.office_withdrawal", lang)


def transfer_url(contact: Contact, lang: str) -> str:
    """Where it hands the place of the person over to a colleague."""
    return _of_one(contact, "registrations.office_transfer", lang)


def _of_one(contact: Contact, page: str, lang: str) -> str:
    office = offices.of_mailbox(contact.address_key)
    if office is None:
        return office_url(contact, lang)
    number = contact.registration_id
    return mail.public_url(page, lang=lang, token=token(office), registration_id=number)


def page_url(office: Office, lang: str) -> str:
    """The same of an office that is at hand."""
    return mail.public_url("registrations.office", lang=lang, token=token(office))
