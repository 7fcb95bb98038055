"""The worker's duties towards events."""

from datetime import datetime

from portal.db import transaction
from portal.events import publication_service, queries, service


def publish_next(now: datetime) -> bool:
    """A draft whose time has come goes public, once."""
    if queries.due_to_publish(now) is None:
        return False
    with transaction():
        due = queries.due_to_publish(now)
        if due is not None:
            event = service.locked(due.id)
            if event.publish_at is not None and event.publish_at <= now:
                publication_service.publish_when_due(event, now)
    return True


CHORES = (publish_next,)
