"""Texts for people: gathered from code and templates, held against each language's catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from portal.config import ROOT

TRANSLATIONS = ROOT / "portal" / "translations"
METHODS = [("portal/**.py", "python"), ("templates/**", "jinja2")]
OPTIONS = {"templates/**": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "everywhere": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}


def template() -> Catalog:
    """Every text that the portal says, in English."""
    catalogue = Catalog(charset="utf-8")
    for folder, *_rest in METHODS:
        top = folder.partition("/")[0]
        found = extract_from_dir(
            ROOT / top,
            method_map=[(pattern.partition("/")[2], method) for pattern, method in METHODS
                        if pattern.startswith(top)],
            options_map={p.partition("/")[2]: o for p, o in OPTIONS.items() if p.startswith(top)},
            keywords=KEYWORDS,
        )  # fmt: skip
        for _file, _line, message, _comments, context in found:
            catalogue.add(message, context=context)
    return catalogue


def languages() -> list[str]:
    """Those with a catalogue."""
    return sorted(path.parts[-3] for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))


def catalogue(language: str) -> Catalog:
    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Without the head."""
    return (message for message in catalogue if message.id)


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def _update(language: str) -> None:
    gathered = template()
    kept = catalogue(language)
    kept.update(gathered, no_fuzzy_matching=True)
    kept.obsolete.clear()
    with _path(language).open("wb") as file:
        write_po(file, kept, sort_output=True, no_location=True, width=100, omit_header=False)
    missing = sum(1 for message in messages(kept) if not _is_translated(message))
    print(f"{language}: {missing} of {len(list(messages(kept)))} texts are missing")


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(strings)


if __name__ == "__main__":
    for each in languages():
        _update(each)
