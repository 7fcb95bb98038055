"""Whose costs are reimbursed: a mark that organisers set, and nothing about anybody's account."""

from collections.abc import Sequence
from datetime import datetime

from portal.audit.service import Actor, record
from portal.registrations.models import Registration


def mark(people: Sequence[Registration], *, entitled: bool, by: Actor, now: datetime) -> int:
    """Set the mark or take it away; of how many people it was otherwise. Nobody is written to."""
    others = [each for each in people if each.entitled is not entitled]
    act = "registration.entitled" if entitled else "registration.not_entitled"
    for each in others:
        each.entitled = entitled
        record(act, each, by=by, now=now, event_id=each.event_id)
    return len(others)
