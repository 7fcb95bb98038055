"""What somebody looks for in the catalogue: the address of a search, read and written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.publications.rules import Type
from portal.text import clean

LONGEST = 200
FACETS = ("type", "year", "subject", "language")


class NoSuchWish(ValueError):
    """An address that no page of ours ever named."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Words, and one value of each facet; what is empty is not asked for."""

    q: str = ""
    type: str = ""
    year: str = ""
    subject: str = ""
    language: str = ""

    @property
    def args(self) -> dict[str, Any]:
        """What stands in the address of this search, always in this order."""
        found = {name: getattr(self, name) for name in ("q", *FACETS)}
        return {name: value for name, value in found.items() if value}

    @property
    def facets(self) -> dict[str, str]:
        return {name: value for name, value in self.args.items() if name != "q"}

    def but(self, name: str, value: str = "") -> "Wish":
        """The same with another value of one facet, or without it."""
        return replace(self, **{name: value})


def wish_of(args: Mapping[str, str]) -> Wish:
    """The wish that an address says; what it says more is passed over."""
    wish = Wish(
        q=clean(args.get("q", ""))[:LONGEST],
        **{name: args.get(name, "").strip() for name in FACETS},
    )
    known = not wish.type or wish.type in set(Type)
    dated = not wish.year or (wish.year.isascii() and wish.year.isdigit() and len(wish.year) == 4)
    if not known or not dated or max(len(wish.subject), len(wish.language)) > LONGEST:
        raise NoSuchWish
    return wish
