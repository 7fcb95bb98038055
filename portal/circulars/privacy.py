"""What letters to a selection hold about a person, and how they forget.

A recipient is a pair of ids: the mail itself, with name and address, is the outbox's and goes with
the person's thread. A draft keeps the filter in codes, and no words of a search.
"""

from typing import Any

from portal.circulars import queries
from portal.registrations.models import Registration

PERSONAL: tuple[str, ...] = ()


def held(registration: Registration) -> dict[str, Any]:
    """The letters that organisers wrote to the person among others."""
    return {
        "circulars": [
            {
                "subject": circular.subject,
                "sent_at": circular.sent_at.isoformat() if circular.sent_at else None,
                "outcome": recipient.outcome.value,
            }
            for circular, recipient in queries.received(registration.id)
        ]
    }
