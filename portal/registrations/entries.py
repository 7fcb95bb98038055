"""What stands in the calendars of people and of whoever acts for them."""

from flask_babel import gettext as _

from portal import mail
from portal.i18n import translated
from portal.invites.models import OneCalendar
from portal.invites.rules import Entry
from portal.registrations.acting import Contact
from portal.registrations.models import Registration
from portal.registrations.taking_part import description, place
from portal.sessions import queries as sessions

Reader = Registration | Contact
"""Who is told how a registration stands: its person, or whoever acts for them."""


def entry(registration: Registration, invite: OneCalendar, reader: Reader | None = None) -> Entry:
    """What the person's calendar should hold while they have a place, in their language.

    In the calendar of whoever acts for them it says for whom it is.
    """
    event, reader = registration.event, reader or registration
    own_language = reader.language
    page = mail.public_url("events.show", lang=own_language, slug=event.slug)
    mine = sessions.of(registration.id) if event.chooses else []
    name, address = mail.sender()
    if invite.reply_code:
        address = mail.address_of(invite.reply_code)
    return Entry(
        uid=invite.uid,
        summary=translated(event.title, own_language),
        description=_for_whom(registration, reader)
        + description(registration, page, own_language, mine),
        location=place(registration),
        url=page,
        conference="",
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        organizer_name=name,
        organizer_address=address,
        attendee_name=reader.full_name or reader.email,
        attendee_address=reader.email,
        created_at=invite.created_at,
        asks=reader is registration and bool(invite.reply_code) and mail.reads_replies(),
    )


def _for_whom(registration: Registration, reader: Reader) -> str:
    if reader is registration:
        return ""
    return _("%(label)s: %(value)s", label=_("For"), value=registration.full_name) + "\n\n"


def return_path(invite: OneCalendar) -> str:
    """Where a letter comes back to that nobody takes; empty where the portal reads no mail."""
    is_read = invite.reply_code and mail.reads_replies()
    return mail.address_of(invite.reply_code) if is_read and invite.reply_code else ""
