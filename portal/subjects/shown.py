"""Held data as a page: headings, names and values; what is empty is left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup, escape

from portal.i18n import country_name, language_name, languages, moment_words, translated
from portal.subjects import words

Row = tuple[str, Markup]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, the values under it, and what is below that."""

    title: str
    rows: list[Row]
    parts: list["Section"] = field(default_factory=list)


def sections(held: Mapping[str, Any]) -> list[Section]:
    """The page about somebody, in the order of the file."""
    return [part for name, value in held.items() for part in _parts(name, value)]


def _section(title: str, values: Mapping[str, Any]) -> Section:
    found = [(_name(name), _shown(name, value)) for name, value in values.items()]
    return Section(title, [(name, shown) for name, shown in found if shown], sections(values))


def _parts(name: str, value: Any) -> Iterator[Section]:
    """What is no single value: several of a kind, or a group."""
    if not value:
        return
    if isinstance(value, list) and isinstance(value[0], Mapping):
        yield Section(_name(name), [], [_section(_title(each), each) for each in value])
    elif isinstance(value, Mapping) and not _is_translated(value):
        yield _section(_name(name), value)


def _title(values: Mapping[str, Any]) -> str:
    """By what one of several is told from the others."""
    named = values.get("event") or values.get("subject")
    if isinstance(named, Mapping):
        return translated(dict(named))
    if named:
        return str(named)
    for name in ("act", "consent", "kind"):
        if name in values:
            return str(_code(name, values[name]) or values[name])
    return ""


def _name(name: str) -> str:
    return str(words.NAMES.get(name) or name.replace("_", " ").capitalize())


def _shown(name: str, value: Any) -> Markup | None:
    """A value in words, with the value itself where the words are others (HTML: data, time)."""
    if isinstance(value, bool):
        return _data(str(value).lower(), _("yes") if value else _("no"))
    if value is None or value == "" or value == [] or value == {}:
        return None
    if isinstance(value, Mapping):
        return _in_languages(value) if _is_translated(value) else None
    if isinstance(value, list):
        return None if isinstance(value[0], Mapping) else Markup(", ").join(map(escape, value))
    if moment := _moment(value):
        zone = current_app.extensions["portal"].zone
        return Markup('<time datetime="{}">{}</time>').format(value, moment_words(moment, zone))
    said = _code(name, value)
    return _data(value, said) if said else escape(value)


def _code(name: str, value: Any) -> str:
    if name in ("country", "nationality"):
        return country_name(str(value))
    if name == "language":
        return language_name(str(value))
    return str(words.CODES.get(name, {}).get(str(value), ""))


def _data(value: object, said: str) -> Markup:
    return Markup('<data value="{}">{}</data>').format(value, said)


def _in_languages(value: Mapping[str, str]) -> Markup:
    return Markup("<br>").join(
        Markup('<span lang="{}">{}</span>').format(lang, said) for lang, said in value.items()
    )


def _is_translated(value: Mapping[str, Any]) -> bool:
    return set(value) <= {"en", "fr", *languages()} and all(
        isinstance(said, str) for said in value.values()
    )


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) < 25 or value[10:11] != "T":
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
