"""The words in which each part says what its tables hold of people, and when that ends.

A rule stands beside its table: in the part's `privacy.py`, or in the file of a tool.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from flask_babel import LazyString

from portal.db import Base, db


class Whose(StrEnum):
    """Whom a table is about."""

    REGISTRANTS = "registrants"
    SPEAKERS = "speakers"
    COLLEAGUES = "colleagues"
    VISITORS = "visitors"


@dataclass(frozen=True, slots=True)
class Keeping:
    """A table with something about people.

    `personal` columns are emptied, or go with their row, at the `end`. `statistical` ones name
    nobody and stay. Those `of_the_record` are codes, digests and random values, or words about
    something else than a person.
    """

    whose: Whose
    what: LazyString
    end: LazyString
    personal: tuple[str, ...] = ()
    statistical: tuple[str, ...] = ()
    of_the_record: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        return {*self.personal, *self.statistical, *self.of_the_record}


@dataclass(frozen=True, slots=True)
class Impersonal:
    """A table that holds nothing of a person, and why that is so.

    It names its columns of text, so that a new one is thought about.
    """

    why: str
    texts: tuple[str, ...] = ()


Rules = Mapping[type[Base], Keeping | Impersonal]


def inventory() -> dict[str, Keeping | Impersonal]:
    """The rule of every table, by its name; who adds a table without one is told by a test."""
    rooms = {mapper.class_.__module__ for mapper in Base.registry.mappers}
    found: dict[str, Keeping | Impersonal] = {}
    for room in sorted(rooms):
        rules: Rules = import_module(_privacy(room)).KEEPING
        found |= {str(model.__tablename__): rule for model, rule in rules.items()}
    return {name: found[name] for name in sorted(db.metadata.tables) if name in found}


def _privacy(room: str) -> str:
    """A part's rules stand in its `privacy.py`, those of a tool in itself."""
    part = room.rpartition(".")[0]
    return room if part == "portal" else f"{part}.privacy"
