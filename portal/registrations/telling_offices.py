"""The worker's duties towards whoever acts for others."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

from portal import mail
from portal.batches import AT_ONCE, Attempt, on_its_own, together_or_one_by_one
from portal.db import transaction
from portal.invites import service as invites
from portal.outbox import queries as outbox
from portal.registrations import letters, office_letters, offices
from portal.registrations.acting import Contact

FLOOD = 20
FLOOD_RESTS = timedelta(hours=1)


def write_next_letters(now: datetime) -> bool:
    """Tell the next who act for somebody, after the person was seen to."""
    if not offices.somebody_is_due(now):
        return False

    def write_some(attempt: Attempt) -> bool:
        due = offices.next_due(now, AT_ONCE)
        written: Counter[str] = Counter()
        for contact in due:
            if _is_flooded(contact, now, just_now=written[contact.address_key]):
                contact.letter_due_at = now + FLOOD_RESTS
            else:
                attempt(partial(_tell, contact, now), partial(_set_aside, contact, now))
                written[contact.address_key] += 1
        return bool(due)

    return together_or_one_by_one(write_some)


def write_next_links(now: datetime) -> bool:
    """Send the next office that asked for it the link to all whom it registered."""
    if not offices.someone_asked():
        return False
    with transaction():
        office = offices.next_asked()
        if office is not None:
            office.links_asked_at = None
            on_its_own(partial(office_letters.write_link, office, now=now), lambda _reason: None)
    return True


def _tell(contact: Contact, now: datetime) -> None:
    invite = invites.of_office(contact.registration_id, domain=mail.domain(), now=now)
    letters.write_to_office(contact, invite, now=now)


def _is_flooded(contact: Contact, now: datetime, *, just_now: int) -> bool:
    """Somebody fills a stranger's mailbox by naming it: first letters come slower then."""
    if contact.told_revision:
        return False
    return outbox.written_to(contact.email, now - FLOOD_RESTS) + just_now >= FLOOD


def _set_aside(contact: Contact, now: datetime, reason: str) -> None:
    """The desk shows beside the person whose letter cannot be written, and why."""
    contact.is_due = False
    contact.registration.stuck_at, contact.registration.stuck_reason = now, reason
