"""The worker's duty for files."""

from datetime import datetime

from portal import uploads
from portal.events import programme_queries as programme
from portal.materials import queries
from portal.podcasts import queries as podcasts
from portal.publications import queries as publications
from portal.questions import queries as questions


def sweep_files(now: datetime) -> bool:
    """Files that no row names any more, or never did, are removed after a day."""
    if next(uploads.orphans((), now), None) is None:
        return False
    named = queries.files() | programme.photos() | publications.files() | podcasts.files()
    named |= questions.files()
    return uploads.sweep(named, now) > 0


CHORES = (sweep_files,)
