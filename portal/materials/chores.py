"""The worker's duty for files."""

from datetime import datetime

from portal import uploads
from portal.events import programme_queries as programme
from portal.materials import queries


def sweep_files(now: datetime) -> bool:
    """Files that no row names any more, or never did, are removed after a day."""
    if next(uploads.orphans((), now), None) is None:
        return False
    return uploads.sweep(queries.files() | programme.photos(), now) > 0


CHORES = (sweep_files,)
