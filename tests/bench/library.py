"""A catalogue of thousands of publications: its pages, new searches, its feed."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

from portal.db import transaction
from portal.publications.rules import Type
from tests.factories import make_publication, make_subject

LIST, FEED = "/en/publications/", "/en/publications/feed.atom"
YEARS = range(2000, 2027)
SUBJECTS = [f"subject-{number}" for number in range(12)]
LANGUAGES = ("en", "fr", "de", "el", "es", "pl")
WORDS = [f"{head}{tail}" for head in ("learn", "work", "skill", "trust", "count", "craft", "trade")
         for tail in ("ing", "er", "s", "able", "ful", "less", "ship", "wise")]  # fmt: skip


@dataclass(frozen=True)
class Read:
    """Against the floor's page: how many in the same time, and how much CPU each takes."""

    speed: float
    cpu: float
    seconds: float
    """What one request takes by itself."""


def searches() -> list[str]:
    """Words with two facets, each asked for once: none of them is kept."""
    asked = itertools.product(WORDS, YEARS, SUBJECTS)
    paths = [f"{LIST}?q={word[:5]}&year={year}&subject={each}" for word, year, each in asked]
    random.Random(1).shuffle(paths)
    return paths


def fill(count: int) -> str:
    """So many records, of which the last one's address is given."""
    chance = random.Random(2)
    with transaction():
        subjects = [make_subject(code) for code in SUBJECTS]
        for number in range(count):
            last = make_publication(
                number=f"bench-{number}",
                title={"en": _words(chance, 9), "fr": _words(chance, 9)},
                abstract={"en": _words(chance, 120)},
                type=chance.choice(list(Type)),
                published=f"{chance.choice(YEARS)}-{chance.randint(1, 12):02}",
                language=chance.choice(LANGUAGES),
                authors=[{"family": _words(chance, 1).capitalize(), "given": "Ada"}],
                subjects=chance.sample(subjects, 3),
            )
        return f"{LIST}{last.number}/"


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count))
