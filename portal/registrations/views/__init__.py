"""Registering, one's own registration, and the way to the joining link."""

from portal.registrations.views import (  # they hang their pages on it
    answering,
    files,
    last_details,
    own,
    registering,
    resending,
    transfer,
)
from portal.registrations.views.shared import bp

__all__ = [
    "answering",
    "bp",
    "files",
    "last_details",
    "own",
    "registering",
    "resending",
    "transfer",
]
