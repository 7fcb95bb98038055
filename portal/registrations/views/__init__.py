"""Registering, one's own registration, and the way to the joining link."""

from portal.registrations.views import (  # they hang their pages on it
    answering,
    behalf,
    calendar_addresses,
    choosing,
    consents,
    contact,
    files,
    invited,
    invited_somebody,
    last_details,
    offers,
    office,
    own,
    papers,
    registering,
    resending,
    transfer,
)
from portal.registrations.views.shared import bp

__all__ = [
    "answering",
    "behalf",
    "bp",
    "calendar_addresses",
    "choosing",
    "consents",
    "contact",
    "files",
    "invited",
    "invited_somebody",
    "last_details",
    "offers",
    "office",
    "own",
    "papers",
    "registering",
    "resending",
    "transfer",
]
