"""Registering, one's own registration, and the way to the joining link."""

from portal.registrations.views import (
    own,
    registering,
    resending,
    transfer,
)  # they hang their pages on it
from portal.registrations.views.shared import bp

__all__ = ["bp", "own", "registering", "resending", "transfer"]
