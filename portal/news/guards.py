"""What lets editors of news and campaign links in."""

from flask import Blueprint, abort

from portal.accounts.guards import guard, organiser


def guard_library(bp: Blueprint) -> None:
    """Every page of the blueprint is for administrators; to others it is not there."""
    guard(bp)
    bp.before_request(_administrators_only)


def _administrators_only() -> None:
    if not organiser().admin:
        abort(404)
