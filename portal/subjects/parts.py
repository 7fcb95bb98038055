"""What each part holds about the person of a registration, and how it forgets: one list of all."""

from collections.abc import Callable, Sequence
from typing import Any

from portal.access import privacy as access
from portal.audit import privacy as audit
from portal.calendars import privacy as calendars
from portal.circulars import privacy as circulars
from portal.inbox import privacy as inbox
from portal.invites import privacy as invites
from portal.outbox import privacy as outbox
from portal.registrations import privacy as registrations
from portal.registrations.models import Registration
from portal.reminders import privacy as reminders

HOLDING: Sequence[Callable[[Registration], dict[str, Any]]] = (
    registrations.held,
    lambda registration: invites.held(registration.id),
    calendars.held,
    inbox.held,
    circulars.held,
    reminders.held,
    access.held,
    lambda registration: outbox.held(registration.thread),
    lambda registration: audit.held(Registration.__tablename__, registration.id),
)
FORGETTING: Sequence[Callable[[Registration], None]] = (
    calendars.erase,
    inbox.erase,
    circulars.erase,
    reminders.erase,
    access.erase,
)
"""Parts above registrations, which a registration's own erasure cannot reach."""


def held(registration: Registration) -> dict[str, Any]:
    """Everything about the person of one registration, as values that JSON knows."""
    found: dict[str, Any] = {}
    for holding in HOLDING:
        found |= holding(registration)
    return found


def forget(registration: Registration) -> None:
    """Leave nothing of the person in the parts above."""
    for forgetting in FORGETTING:
        forgetting(registration)
