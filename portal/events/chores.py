"""The worker's duties towards events and who speaks there."""

from datetime import datetime

from portal.audit.service import WORKER
from portal.db import transaction
from portal.events import privacy, publication_service, queries, service, speaker_service


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


def forget_speakers_addresses(now: datetime) -> bool:
    """The mail address of a speaker is forgotten some time after the event."""
    if privacy.next_forgotten(now) is None:
        return False
    with transaction():
        speaker = privacy.next_forgotten(now)
        if speaker is not None:
            speaker_service.forget_address(speaker, by=WORKER, now=now)
    return True


CHORES = (publish_next, forget_speakers_addresses)
