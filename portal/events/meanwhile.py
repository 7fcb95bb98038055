"""Two editors at once: the second sees what the first changed, and loses nothing."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from wtforms import HiddenField

from portal.forms import Form


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that somebody else changed while this form was open.

    `mine` says whether its reader changed it too: then theirs stays in the form, and what the
    other wrote stands beside it.
    """

    name: str
    label: str
    theirs: Any
    mine: bool


class Together(Form):
    """A form that knows what its fields held when it was opened.

    `seen` carries a digest of each: whoever changed what meanwhile is told apart field by field,
    and only what both changed has to be decided by a person.
    """

    names: tuple[str, ...] = ()
    seen = HiddenField()

    def begin(self, known: Mapping[str, Any]) -> None:
        """The form is opened now, and shows this."""
        self.seen.data = json.dumps(_digests(self.names, known))

    def conflicts(self, now: Mapping[str, Any]) -> list[Conflict]:
        """What others changed since; the form takes theirs where its reader changed nothing."""
        opened = self._opened()
        theirs = _digests(self.names, now)
        mine = _digests(self.names, {name: self[name].data for name in self.names})
        found = []
        for name in self.names:
            if name in opened and opened[name] != theirs[name] != mine[name]:
                both = mine[name] != opened[name]
                found.append(Conflict(name, str(self[name].label.text), now[name], both))
                if not both:
                    self._take(name, now[name])
        if found:
            self.begin(now)
        return found

    def _opened(self) -> dict[str, str]:
        try:
            opened = json.loads(self.seen.data or "{}")
        except ValueError:
            return {}
        return opened if isinstance(opened, dict) else {}

    def _take(self, name: str, value: Any) -> None:
        field = self[name]
        field.data, field.raw_data = value, []
        if hasattr(field, "typed"):
            field.typed = ""


def in_words(conflicts: Iterable[Conflict], say: Callable[[str, Any], str]) -> list[dict[str, Any]]:
    """For the page: each field, what the other wrote there, and whose word the form holds."""
    return [
        {"label": each.label, "theirs": say(each.name, each.theirs), "mine": each.mine}
        for each in conflicts
    ]


def _digests(names: Iterable[str], values: Mapping[str, Any]) -> dict[str, str]:
    return {name: _digest(values.get(name)) for name in names}


def _digest(value: Any) -> str:
    """Of the value as JSON; nothing, an empty text and no choice are the same."""
    written = json.dumps(value or "", sort_keys=True, default=str, ensure_ascii=False)
    return sha256(written.encode()).hexdigest()[:10]
