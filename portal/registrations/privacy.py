"""What registrations hold about a person, and how they forget."""

from datetime import datetime

from portal.audit.service import WORKER, record
from portal.registrations.models import Registration

# Every column that says something about the person; the rest are counts, order and proof.
PERSONAL = (
    "title", "first_name", "last_name", "badge_name", "email", "organisation", "role",
    "access_needs", "diet", "address_key", "name_key", "sort_name", "search_text", "told_address",
)  # fmt: skip
# Codes that are kept for statistics: they name nobody.
STATISTICAL = ("stakeholder_group", "country", "attendance", "language")


def blank(registration: Registration) -> None:
    """Forget at once all that the last letter does not need."""
    for name in ("title", "first_name", "last_name", "badge_name", "organisation", "role",
                 "access_needs", "diet", "sort_name", "search_text"):  # fmt: skip
        setattr(registration, name, "")
    registration.consents = {}


def erase(registration: Registration, *, now: datetime) -> None:
    """Forget the person; the row stays, so that counts and the order of the line stay true."""
    for name in PERSONAL:
        setattr(registration, name, "")
    nobody = f"erased-{registration.id}"
    registration.email = f"{nobody}@invalid"
    registration.address_key = registration.name_key = nobody
    registration.consents = {}
    registration.links_asked_at = registration.erase_asked_at = None
    registration.erased_at = now
    record("registration.erased", registration, by=WORKER, now=now, event_id=registration.event_id)
