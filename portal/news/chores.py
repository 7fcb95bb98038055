"""The worker's duty towards news and calls."""

from datetime import datetime

from portal.db import transaction
from portal.news import queries, service


def publish_next(now: datetime) -> bool:
    """A draft whose time has come goes public, once."""
    if queries.due_to_publish(now) is None:
        return False
    with transaction():
        due = queries.due_to_publish(now)
        if due is not None:
            service.publish_when_due(service.locked(due), now)
    return True


CHORES = (publish_next,)
