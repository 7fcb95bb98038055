"""Decisions about materials: values in, a value out."""

from enum import StrEnum


class Visibility(StrEnum):
    """Who finds a material."""

    PUBLIC = "public"
    ATTENDEES = "attendees"
    AFTER = "after"
    """Public once the event is over."""


def is_public(visibility: Visibility, *, event_was_held: bool) -> bool:
    return visibility is Visibility.PUBLIC or (visibility is Visibility.AFTER and event_was_held)


def is_for_attendees(visibility: Visibility, *, event_was_held: bool) -> bool:
    """Who has a place finds what everybody finds, and what is theirs alone."""
    return visibility is Visibility.ATTENDEES or is_public(
        visibility, event_was_held=event_was_held
    )
