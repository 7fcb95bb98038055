"""The public pages of publications, and what machines find at the same addresses."""

from portal.publications.views import catalogue, landing, machines  # they hang their pages on it
from portal.publications.views.shared import bp

__all__ = ["bp", "catalogue", "landing", "machines"]
