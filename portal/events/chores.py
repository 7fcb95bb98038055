"""The worker's duty about speakers."""

from datetime import datetime

from portal.audit.service import WORKER
from portal.db import transaction
from portal.events import privacy, speaker_service


def forget_speakers_addresses(now: datetime) -> bool:
    """The mail address of a speaker is forgotten some time after the event."""
    if privacy.next_forgotten(now) is None:
        return False
    with transaction():
        speaker = privacy.next_forgotten(now)
        if speaker is not None:
            speaker_service.forget_address(speaker, by=WORKER, now=now)
    return True


CHORES = (forget_speakers_addresses,)
