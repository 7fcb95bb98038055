"""Speakers as the public sees them: what they agreed to, word for word, else their role alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.events.models import Speaker
from portal.events.shown import Words, words

NOTHING = Words("")


@dataclass(frozen=True, slots=True)
class SpeakerShown:
    """`name` is the role of who has agreed to nothing; only with a real one `is_named` holds."""

    id: int
    name: Words
    role: Words = NOTHING
    affiliation: str = ""
    biography: Words = NOTHING
    photo: str = ""
    photo_text: Words = NOTHING
    is_named: bool = False


def speakers(found: Iterable[Speaker]) -> list[SpeakerShown]:
    """Who speaks; of whom there is nothing to say, nothing is said."""
    shown = [public(each) for each in found]
    return [each for each in shown if each.name]


def public(speaker: Speaker) -> SpeakerShown:
    """What a public page says of them now."""
    return as_shown(speaker, speaker.agreed if speaker.refused_at is None else None)


def as_shown(speaker: Speaker, agreed: Mapping[str, Any] | None) -> SpeakerShown:
    """What a public page says where this was agreed to."""
    if not agreed:
        return SpeakerShown(speaker.id, words(speaker.role))
    role, named = words(agreed["role"]), bool(agreed["name"])
    return SpeakerShown(
        id=speaker.id,
        name=Words(agreed["name"]) if named else role,
        role=role if named else NOTHING,
        affiliation=agreed["affiliation"],
        biography=words(agreed["biography"]),
        photo=agreed["photo"],
        photo_text=words(agreed["photo_text"]),
        is_named=named,
    )
