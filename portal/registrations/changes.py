"""What differs between two states of an event, in words, old and new side by side."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from portal.i18n import translated, when
from portal.labels import FORMATS
from portal.registrations import programme


@dataclass(frozen=True, slots=True)
class Change:
    """One fact: its name, what it was, what it is."""

    name: str
    old: str
    new: str


def changes(old: dict[str, Any], new: dict[str, Any], *, joins: bool) -> list[Change]:
    """The differences that matter to who comes, in the language of the letter.

    `joins` says whether they have a place, and with it the joining link.
    """
    if not old:
        return []
    pairs = [
        (_("Title"), translated(old["title"]), translated(new["title"])),
        (_("When"), _when(old), _when(new)),
        (_("Where"), _where(old), _where(new)),
        (_("How"), str(FORMATS[old["format"]]), str(FORMATS[new["format"]])),
    ]
    found = [Change(*pair) for pair in pairs if pair[1] != pair[2]]
    if joins and old["joining"] != new["joining"] and new["joining"]:
        found.append(Change(_("Joining link"), *_joining(old)))
    if old["state"] == "postponed" and new["state"] == "published":
        found.insert(0, Change(_("State"), _("postponed"), _("takes place")))
    return found + [Change(*each) for each in programme.differences(old, new)]


def _joining(old: dict[str, Any]) -> tuple[str, str]:
    """The link itself is never written down."""
    if old["joining"]:
        return _("the one you had"), _("a new one, on your own page")
    return _("none yet"), _("on your own page")


def _when(facts: dict[str, Any]) -> str:
    starts_at, ends_at = (datetime.fromisoformat(facts[n]) for n in ("starts_at", "ends_at"))
    return when(starts_at, ends_at, facts["zone"])


def _where(facts: dict[str, Any]) -> str:
    place = ", ".join(part for part in (facts["venue"], facts["address"]) if part)
    if place:
        return place
    return _("Online") if facts["format"] == "online" else _("not known yet")
