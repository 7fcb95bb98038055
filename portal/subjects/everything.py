"""Everything about an address, in every part: the page and the file say the same.

Regulation (EU) 2018/1725, Articles 17 and 22 (in the GDPR 15 and 20).
"""

from datetime import datetime
from typing import Any

from portal.accounts import privacy as accounts
from portal.events import privacy as events
from portal.invitations import privacy as invitations
from portal.outbox import privacy as outbox
from portal.registrations import privacy as registrations
from portal.subjects import parts, privacy, queries
from portal.subjects.models import Inquiry


def about(inquiry: Inquiry, now: datetime) -> dict[str, Any]:
    """What is kept of this address, as values that JSON knows."""
    found = queries.of_address(inquiry.address_key)
    threads = [each.thread for each in found.own]
    return {
        "address": inquiry.address,
        "made_at": now.isoformat(),
        "registrations": [parts.held(each) for each in found.own],
        "acts_for": [registrations.acts_for(each) for each in found.contacts],
        "speaker": [events.held(each) for each in found.speakers],
        "invitations": invitations.held(inquiry.address_key),
        "account": accounts.held(found.account) if found.account else None,
        "letters": outbox.held_of_mailbox(inquiry.address_key, but=threads),
        "requests": privacy.held(inquiry.address_key),
    }
