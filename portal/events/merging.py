"""Two people with one form: what changed meanwhile is shown, and nothing that was typed is lost."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, SelectFieldBase

from portal.fields import HANDS, MomentField, TranslatedField
from portal.forms import Form
from portal.i18n import ENDONYMS, languages
from portal.text import clean_lines

LONGEST_SAID = 200
Changed = tuple[Field, str, str]
"""A field, which part of it (of a text: its language), and what somebody else put there."""


class MergingForm(Form):
    """A form that knows what each field said when it was opened, and what it says now.

    `opened` carries a digest of each value as it was shown. Where only somebody else changed a
    field, theirs is taken; where only its sender did, it stays; where both did, the sender's stays
    in the input with the other's beside it, and nothing is saved before it was sent once more.
    Of what is only being made nothing is `known`, and nobody can have changed it.
    """

    opened = HiddenField()
    names: tuple[str, ...] = ()
    outdated: Any = _l(
        "Somebody else has changed the event meanwhile. Nothing of yours is lost, and nothing is "
        "saved yet: look at the form, and send it again."
    )

    def __init__(self, known: Mapping[str, Any], **given: Any) -> None:
        self.known = known
        super().__init__(data={**known, **given})
        if not self.is_submitted():
            self._open()

    def zone_now(self) -> str:
        """On which clock the known moments are read."""
        return "UTC"

    @property
    def facts(self) -> dict[str, Any]:
        """What the verbs want."""
        return {name: self[name].data for name in self.names}

    @property
    def is_outdated(self) -> bool:
        """Whether somebody else changed what this form shows; then it says so."""
        seen = _seen(self.opened.data)
        taken: list[Changed] = []
        both: list[Changed] = []
        for field, now in self._compared():
            sent = _sent(field)
            for key, theirs in now.items():
                if seen.get(key) == _digest(theirs) or sent[key] == theirs:
                    continue
                ours_is_untouched = seen.get(key) == _digest(sent[key])
                (taken if ours_is_untouched else both).append((field, key, theirs))
        if not taken and not both:
            return False
        self._show(taken, both)
        self._open()
        return True

    def note_added(self, names: Iterable[str]) -> None:
        """Those of these fields that were added since the form was opened were empty then."""
        seen = _seen(self.opened.data)
        added = [f"{name}={_digest('')}" for name in names if name not in seen]
        self.opened.data = " ".join([self.opened.data or "", *added])

    def _open(self) -> None:
        """Note what stands there now: that is what its next sender has seen."""
        self.opened.data = " ".join(
            f"{key}={_digest(value)}"
            for _field, now in self._compared()
            for key, value in now.items()
        )
        self.opened.raw_data = None

    def _compared(self) -> Iterator[tuple[Field, dict[str, str]]]:
        """Each field that is there, and what it says now."""
        for name in self.names:
            if name in self and name in self.known:
                yield self[name], _now(self[name], self.known[name], self.zone_now())

    def _show(self, taken: Iterable[Changed], both: Iterable[Changed]) -> None:
        self.form_errors = [str(self.outdated)]
        for field, key, theirs in taken:
            _take(field, key, theirs, self.known[field.name])
            self.form_errors.append(
                _("%(field)s, as they left it: %(theirs)s",
                  field=_label(field, key), theirs=_words(field, theirs))
            )  # fmt: skip
        for field, key, theirs in both:
            sentence = _("%(field)s: somebody else changed it too. Theirs: %(theirs)s",
                         field=_label(field, key), theirs=_words(field, theirs))  # fmt: skip
            field.errors = [*field.errors, sentence]
            if isinstance(field, TranslatedField):
                lang = key.rpartition("-")[2]
                field.wrong[lang] = sentence
                field.theirs[lang] = theirs


def _seen(carried: str | None) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in (carried or "").split())
    return {key: digest for key, _equals, digest in pairs}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def _now(field: Field, value: Any, zone: str) -> dict[str, str]:
    """What a field says, in texts that can be compared: one, or one a language."""
    if isinstance(field, TranslatedField):
        return {
            f"{field.name}-{lang}": clean_lines((value or {}).get(lang)) for lang in languages()
        }
    if isinstance(field, MomentField):
        return {field.name: _hands(value, zone)}
    return {field.name: _plain(value)}


def _sent(field: Field) -> dict[str, str]:
    if isinstance(field, MomentField) and field.data is None:
        return {field.name: field.typed}
    if field.process_errors:
        return {field.name: json.dumps(field.raw_data)}
    zone = field.zone if isinstance(field, MomentField) else ""
    return _now(field, field.data, zone)


def _hands(moment: datetime | None, zone: str) -> str:
    """The hands of the clock, so that another zone alone is no other time."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    return local.strftime(HANDS) + ("~1" if local.fold else "")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return clean_lines(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, (list, tuple)):
        return json.dumps(sorted(str(each) for each in value))
    return "" if value is None else json.dumps(value)


def _take(field: Field, key: str, theirs: str, value: Any) -> None:
    """Their value into the input, as if the form had been opened now."""
    field.raw_data, field.process_errors = None, []
    if isinstance(field, TranslatedField):
        field.data = field.data | {key.rpartition("-")[2]: theirs}
    elif isinstance(field, MomentField):
        field.typed, field.data, field.twice = theirs.partition("~")[0], None, []
    else:
        field.data = value


def _label(field: Field, key: str) -> str:
    label = str(field.label.text)
    if not isinstance(field, TranslatedField) or len(languages()) == 1:
        return label
    lang = key.rpartition("-")[2]
    return f"{label} ({ENDONYMS.get(lang, lang)})"


def _words(field: Field, theirs: str) -> str:
    """Their value as people read it, in one line; in short where all of it stands beside."""
    if isinstance(field, BooleanField):
        return _("yes") if theirs == "true" else _("no")
    if isinstance(field, MomentField):
        return theirs.partition("~")[0].replace("T", " ") or _("(empty)")
    if isinstance(field, SelectFieldBase):
        chosen = json.loads(theirs) if theirs.startswith("[") else [theirs]
        named = {str(choice.value): str(choice.label) for choice in field.iter_choices()}
        return ", ".join(named.get(code, code) for code in chosen) or _("(empty)")
    line = " ".join(theirs.split())
    stands_beside = isinstance(field, TranslatedField) and field.rows
    if stands_beside and len(line) > LONGEST_SAID:
        line = f"{line[:LONGEST_SAID]}…"
    return line or _("(empty)")
