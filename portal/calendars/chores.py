"""The worker's duties towards personal calendars."""

from datetime import datetime
from functools import partial

from portal.batches import on_its_own
from portal.calendars import letters, privacy, queries, service
from portal.calendars.models import PersonalFeed
from portal.db import transaction


def write_next_address(now: datetime) -> bool:
    """Make the next address that was asked for, and send it to its mailbox."""
    if not queries.someone_untold():
        return False
    with transaction():
        feed = queries.next_untold()
        if feed is None:
            return False
        if feed.is_live and letters.reaches(feed.registration):
            on_its_own(partial(letters.write, feed, now=now), partial(_set_aside, feed, now))
        else:
            service.drop(feed, now=now)
    return True


def forget_those_of_nobody(now: datetime) -> bool:
    """A mailbox without a registration is not kept for its calendar."""
    if not privacy.some_are_of_nobody():
        return False
    with transaction():
        privacy.forget_those_of_nobody()
    return True


def _set_aside(feed: PersonalFeed, now: datetime, reason: str) -> None:
    service.drop(feed, now=now)


CHORES = (write_next_address, forget_those_of_nobody)
