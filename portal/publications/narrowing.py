"""What narrows a search down: what is chosen already, and what else there is to choose."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from portal import labels
from portal.i18n import Translated, language_name, translated
from portal.publications.queries import Count
from portal.publications.wishes import FACETS, Wish
from portal.text import fold

AT_FIRST = 7
"""So many values are shown at once, the others behind “More”."""

Labels = Mapping[str, Translated]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet; its address takes it up, or gives it up where it is chosen."""

    words: str
    url: str
    count: int = 0
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """One question that narrows a search down, with its answers."""

    name: str
    words: str
    choices: list[Choice]

    @property
    def at_first(self) -> list[Choice]:
        return self.choices[:AT_FIRST]

    @property
    def more(self) -> list[Choice]:
        return self.choices[AT_FIRST:]


def chosen(wish: Wish, subjects: Labels) -> list[Choice]:
    """Everything that is asked for, each with the address of the search without it."""
    found = [
        Choice(
            _("%(facet)s: %(value)s", facet=labels.FACETS[name],
              value=value_words(name, value, subjects)),
            _url(wish.but(name)),
        )
        for name, value in wish.facets.items()
    ]  # fmt: skip
    if wish.q:
        found.insert(0, Choice(_("Words: %(words)s", words=wish.q), _url(wish.but("q"))))
    return found


def offered(wish: Wish, counts: Mapping[str, list[Count]], subjects: Labels) -> list[Facet]:
    """Every facet that has something to choose, the values that are most often met first."""
    found = []
    for name in FACETS:
        choices = [
            _choice(wish, name, value, count, subjects) for value, count in counts.get(name, [])
        ]
        choices.sort(key=lambda each: (not each.is_chosen, *_order(name, each)))
        if choices:
            found.append(Facet(name, str(labels.FACETS[name]), choices))
    return found


def subjects_named(wish: Wish, counts: Mapping[str, list[Count]]) -> list[str]:
    """The subjects whose labels these pages need."""
    named = [value for value, _count in counts.get("subject", [])]
    return [*named, wish.subject] if wish.subject else named


def title(wish: Wish, site: str) -> str:
    """What a feed of this search is called."""
    whole = _("%(site)s: publications", site=site)
    return " · ".join([whole, *([f"“{wish.q}”"] if wish.q else []), *wish.facets.values()])


def value_words(name: str, value: str, subjects: Labels) -> str:
    """A value in people's words; one that nobody knows stays as it is."""
    match name:
        case "type":
            return str(labels.PUBLICATION_TYPES.get(value, value))
        case "subject":
            return translated(subjects.get(value)) or value
        case "language":
            return language_name(value)
        case _:
            return value


def _choice(wish: Wish, name: str, value: str, count: int, subjects: Labels) -> Choice:
    is_chosen = getattr(wish, name) == value
    return Choice(
        value_words(name, value, subjects),
        _url(wish.but(name, "" if is_chosen else value)),
        count,
        is_chosen,
    )


def _order(name: str, choice: Choice) -> tuple[int, str]:
    """Years from the last one on, all else by how often it is met."""
    if name == "year":
        return -int(choice.words), ""
    return -choice.count, fold(choice.words)


def _url(wish: Wish) -> str:
    return url_for("publications.index", **wish.args)
