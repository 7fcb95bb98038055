"""The worker's duties towards people whose time with us is over."""

from datetime import datetime

from portal import wiping
from portal.audit.service import WORKER
from portal.db import transaction
from portal.extensions import limiter
from portal.limits import Counts
from portal.retention import letters, queries, service

A_FEW = 10


def forget_what_is_over(now: datetime) -> bool:
    """What the event's record lets be kept no longer is emptied, some people at a time."""
    if not queries.due(now):
        return False
    with transaction():
        emptied = service.empty_some(queries.due(now), by=WORKER, now=now) > 0
        if emptied:
            wiping.ask()
    return emptied


def end_copies_of_erased_lists(now: datetime) -> bool:
    """An event is cancelled, or its access list switched off: copies of it end with the list."""
    if not queries.copies_of_erased_lists():
        return False
    with transaction():
        for export, erased_at in queries.copies_of_erased_lists():
            export.expires_at = erased_at
    return True


def ask_about_copies(now: datetime) -> bool:
    """Whoever took a list out is asked once to delete it, when its time is over."""
    ids = [each.id for each in queries.expired(now)][:A_FEW]
    if not ids:
        return False
    with transaction():
        for export in queries.held_exports(ids):
            letters.ask_about(export, now=now)
    return True


def forget_counts(now: datetime) -> bool:
    """Whom limits counted is forgotten also while nobody new is counted."""
    storage = limiter.storage
    if isinstance(storage, Counts):
        storage.forget()
    return False


CHORES = (forget_what_is_over, end_copies_of_erased_lists, ask_about_copies, forget_counts)
