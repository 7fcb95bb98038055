"""How complete each language is: the portal's own texts, and those that people wrote."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, get_args

from babel.messages.pofile import read_po
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from portal.db import Model, db
from portal.i18n import TEXTS, Translated, languages


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    done: int
    of: int

    @property
    def is_whole(self) -> bool:
        return self.done == self.of


def own_texts(lang: str) -> Share:
    """How many of the portal's own texts a language has; English stands in the code."""
    if lang == "en":
        most = max((own_texts(each).of for each in languages() if each != "en"), default=0)
        return Share(most, most)
    with (TEXTS / lang / "LC_MESSAGES" / "messages.po").open(encoding="utf-8") as file:
        texts = [each for each in read_po(file, locale=lang) if each.id]
    whole = (all(_strings(each.string)) and not each.fuzzy for each in texts)
    return Share(sum(whole), len(texts))


def written_texts() -> dict[str, dict[str, Share]]:
    """By table and language: of the texts that people wrote in any, how many are there in it."""
    found: dict[str, dict[str, Share]] = {}
    for table, columns in sorted(translated_columns().items()):
        texts = list(_each(db.session.execute(select(*columns))))
        found[table] = {
            lang: Share(sum(bool(text.get(lang)) for text in texts), sum(map(any_of, texts)))
            for lang in languages()
        }
    return found


def translated_columns() -> dict[str, list[InstrumentedAttribute[Any]]]:
    """By table, the columns with a text in several languages."""
    found: dict[str, list[InstrumentedAttribute[Any]]] = {}
    for mapper in Model.registry.mappers:
        columns = [getattr(mapper.class_, name) for name in _translated(mapper.class_)]
        if columns:
            found[str(mapper.local_table)] = columns
    return found


def any_of(text: Translated) -> bool:
    """Whether somebody wrote it in any language that the portal offers."""
    return any(text.get(lang) for lang in languages())


def _each(rows: Iterable[Iterable[Any]]) -> Iterator[Translated]:
    """Also those of columns with several, such as the organisers of an event."""
    for text in chain.from_iterable(rows):
        yield from text if isinstance(text, list) else [text or {}]


def _translated(model: type[Any]) -> Iterator[str]:
    """By what the class says: `Mapped[Translated]`, or the same or None, or several."""
    hints = (vars(each).get("__annotations__", {}).items() for each in model.__mro__)
    for name, hint in chain.from_iterable(hints):
        if Translated in (kinds := get_args(hint)) or Translated in get_args(*kinds[:1] or (None,)):
            yield name


def _strings(string: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return list(string) if isinstance(string, list | tuple) else [string or ""]
