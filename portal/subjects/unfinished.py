"""How long an erasure has been waiting to be done: a number for whoever watches the portal."""

from datetime import datetime

from flask import current_app

from portal import wiping
from portal.subjects import queries


def seconds_unfinished(now: datetime) -> float:
    """Since when one is not done, or not wiped from the files; 0 where none waits."""
    asked, unwiped = queries.oldest_undone(), wiping.asked_at(current_app.extensions["portal"])
    since = [moment for moment in (asked and asked.timestamp(), unwiped) if moment]
    return max(0.0, now.timestamp() - min(since)) if since else 0.0
