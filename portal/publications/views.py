"""The public pages of publications."""

from flask import Blueprint

from portal.publications import queries

bp = Blueprint("publications", __name__)

__all__ = ["bp", "queries"]
