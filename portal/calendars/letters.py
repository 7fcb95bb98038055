"""What we write to who asked for the address of their calendar."""

from datetime import datetime

from portal import mail, tokens
from portal.calendars import service
from portal.calendars.models import PersonalFeed
from portal.i18n import in_language
from portal.registrations.models import Registration
from portal.registrations.own_links import manage_url

OCCASION = "calendar_address"
ENDED = "calendars_ended"
PURPOSE = "calendar"


def write(feed: PersonalFeed, *, now: datetime) -> None:
    """The address, as every program takes it, and the page on which it is ended."""
    registration = feed.registration
    language, code = registration.language, service.give(feed, now=now)
    address = mail.public_url("calendars.feed", lang=language, token=code)
    with in_language(language):
        written = mail.write(
            "calendars", OCCASION, language=language,
            address=address,
            webcal="webcal://" + address.partition("://")[2],
            page=mail.public_url("calendars.show", lang=language, token=token(feed)),
        )  # fmt: skip
        mail.post(
            written,
            to=("", registration.email),
            facts=(OCCASION, feed.id),
            occasion=OCCASION,
            thread=registration.thread,
            event_id=registration.event_id,
            now=now,
        )


def write_ended(registration: Registration, *, now: datetime) -> None:
    """All addresses of the mailbox were ended from the page of one of its registrations."""
    language = registration.language
    with in_language(language):
        written = mail.write(
            "calendars", ENDED, language=language, page=manage_url(registration, language)
        )
        mail.post(
            written,
            to=("", registration.email),
            facts=(ENDED, registration.id, now.isoformat()),
            occasion=ENDED,
            thread=registration.thread,
            event_id=registration.event_id,
            now=now,
        )


def reaches(registration: Registration) -> bool:
    """Whether there is a mailbox to write to; nobody writes to who asked to be forgotten."""
    return bool(registration.email) and registration.erase_asked_at is None


def token(feed: PersonalFeed) -> str:
    """Of the page behind the letter's link; whoever knows the calendar's address cannot make it."""
    return tokens.sign(PURPOSE, feed.id, feed.code_digest)
