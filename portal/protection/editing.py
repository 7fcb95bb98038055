"""One form for every record: opened, extended by an entry, checked, merged with a colleague's."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import request

from portal.forms import Form
from portal.i18n import languages
from portal.protection import queries
from portal.protection.forms import RecordForm, filled
from portal.protection.rules import Facts, merged, missing
from portal.protection.shown import sections, sentences, written

Going = list[tuple[str, int]]


@dataclass
class Editing:
    """A form that was opened or sent, and what is to be said about it.

    `theirs` are sections that a colleague changed meanwhile and that were taken over; `both` are
    sections that both changed, where what was typed stands. `going` is what would be deleted at
    once, (field's code, of how many people), and has to be agreed to.
    """

    form: RecordForm
    status: int = 200
    theirs: list[str] = field(default_factory=list)
    both: list[tuple[str, str]] = field(default_factory=list)
    going: Going = field(default_factory=list)

    @property
    def agreed(self) -> str:
        """What is agreed to by the second press: these fields of so many people, and no others."""
        return said(self.going)

    @property
    def gaps(self) -> list[str]:
        """What is still missing, of what stands in the form."""
        return sentences(missing(self.form.facts, languages()))


def edit(
    event_id: int | None,
    keep: Callable[[dict[str, Any]], None],
    *,
    whole: bool = False,
    going: Callable[[Facts], Going] = lambda facts: [],
) -> Editing | None:
    """What the request asks for; None once the record was kept by the verb `keep`.

    `whole` says that people read it already, so that nothing may be missing; `going` finds out what
    would be deleted at once.
    """
    now = queries.current(event_id)
    facts, number = (now.facts, now.number) if now else (None, 0)
    form = RecordForm(data=filled(facts, number))
    if not form.is_submitted():
        return Editing(form)
    if (more := request.form.get("more")) is not None:
        form.add_entry(more)
        return Editing(form)
    if not form.validate():
        return Editing(form, 422)
    if form.number.data != str(number):
        return _meanwhile(event_id, form, facts or {}, number)
    if whole and (gaps := missing(form.facts, languages())):
        form.form_errors += sentences(gaps)
        return Editing(form, 422)
    gone = going(form.facts)
    if gone and request.form.get("agreed") != said(gone):
        return Editing(form, going=gone)
    keep(form.facts)
    return None


def said(going: Going) -> str:
    """The same as a form carries it."""
    return ",".join(f"{code}-{count}" for code, count in going)


def _meanwhile(event_id: int | None, form: RecordForm, theirs: Facts, number: int) -> Editing:
    """A colleague was quicker: both edits in one form, and nothing kept yet."""
    typed = form.number.data or ""
    seen = queries.numbered(event_id, int(typed)) if typed.isdigit() and len(typed) < 9 else None
    found = merged(seen.facts if seen else {}, theirs, form.facts)
    both = [(sections([name])[0], written(words)) for name, words in found.both]
    return Editing(_unsent(filled(found.facts, number)), 409, sections(found.taken), both)


def _unsent(data: dict[str, Any]) -> RecordForm:
    """A form filled with facts and not with what the request carries."""

    class Unsent(RecordForm):
        class Meta(Form.Meta):
            def wrap_formdata(self, form: Form, formdata: Any) -> None:
                return None

    return Unsent(data=data)
