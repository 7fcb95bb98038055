"""Decisions about topics, projects and ties: values in, a value out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

AT_ONCE = 6
"""How many things of a kind a page shows before the reader asks for all of them."""

MOST_PHASES = 9
RESERVED = frozenset({"new"})
"""Addresses that pages of the desk have, and no topic or project can."""


class Kind(StrEnum):
    """What can be tied to something of another kind."""

    EVENT = "event"
    PUBLICATION = "publication"
    EPISODE = "episode"
    NEWS = "news"
    TOPIC = "topic"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class End:
    """A thing at the other end of a tie."""

    kind: Kind
    id: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.id}"


def read_end(written: str) -> End | None:
    """What a form wrote as 'publication-5'; anything else is none."""
    kind, _dash, number = written.partition("-")
    if kind not in list(Kind) or not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return End(Kind(kind), int(number))


def without(phases: Sequence[Mapping[str, Any]], number: int) -> dict[int, int | None]:
    """Where each phase of a project goes when one is taken away, counted from 1."""
    return {
        each: None if each == number else each - (each > number)
        for each in range(1, len(phases) + 1)
    }
