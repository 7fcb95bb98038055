"""Decisions about what people ask for: values in, a value out."""

from calendar import monthrange
from datetime import datetime, timedelta
from enum import StrEnum

LINK_HOLDS = timedelta(hours=24)
REQUESTS_ARE_KEPT = timedelta(days=365)
"""After the answer: so long it can be shown that there was one, and in time."""


class RequestKind(StrEnum):
    """What a person asks of the organisers (Regulation (EU) 2018/1725; the GDPR's in brackets)."""

    RECTIFICATION = "rectification"
    """Article 18 (16)."""
    OBJECTION = "objection"
    """Article 23 (21)."""
    RESTRICTION = "restriction"
    """Article 20 (18)."""
    OTHER = "other"


def due_at(asked_at: datetime) -> datetime:
    """One month later, on the same day or the month's last (Article 14(3), in the GDPR 12(3))."""
    year, month = asked_at.year + asked_at.month // 12, asked_at.month % 12 + 1
    day = min(asked_at.day, monthrange(year, month)[1])
    return asked_at.replace(year=year, month=month, day=day)
