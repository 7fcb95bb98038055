"""The fields by which people answer: added to whatever form carries them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar, cast

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice, SelectFieldBase
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput

from portal.errors import Refused
from portal.fields import CountryField
from portal.forms import Form
from portal.questions import register, rules
from portal.questions.queries import Answered, Full
from portal.questions.rules import LONGEST, Asked, Kind, Said, Stage, Values
from portal.questions.service.answers import Full as NoPlace
from portal.questions.shown import condition_words, language_of, plain, words
from portal.text import clean, clean_lines

AnyForm = TypeVar("AnyForm", bound=Form)


@dataclass(frozen=True, slots=True)
class FileAsked:
    """A file that is handed in beside the form, and for whom it is."""

    question: Asked
    words: Markup
    condition: Markup


class Asking(Form):
    """A form with a field `q7` for the question of number 7.

    `seen` says which version of each its reader saw: nobody answers words that they did not read.
    """

    asked: Sequence[Asked] = ()
    files: Sequence[FileAsked] = ()
    full: Full = frozenset()
    spoken = ""
    seen = HiddenField(filters=[clean])

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self._read = _versions(self.seen.data)
        self.seen.data = " ".join(f"{each.number}.{each.version}" for each in self.asked)

    def process(self, formdata: Any = None, *args: Any, **given: Any) -> None:
        self._sent = self.meta.wrap_formdata(self, formdata)
        super().process(formdata, *args, **given)

    @property
    def questions(self) -> list[Field]:
        """The fields of the questions, in their order."""
        return [self[_name(each)] for each in self.asked]

    @property
    def answers(self) -> list[Said]:
        """What was answered to the questions that are for this person."""
        return [
            Said(each, self._kept(each), self.spoken)
            for each in self.asked
            if each.number in self.relevant and self.typed[each.number]
        ]

    @property
    def ignored(self) -> list[int]:
        """The numbers of the questions that were answered and are not for this person, or not any
        more since they read them."""
        shown_before = [number for number in self._read if number not in self.typed]
        return [
            *(each for each in shown_before if any(self._sent.getlist(f"q{each}"))),
            *(
                number
                for number, values in self.typed.items()
                if values and number not in self.relevant
            ),
        ]

    @cached_property
    def typed(self) -> Values:
        """What stands in the fields, by the number of the question."""
        return {each.number: _typed(self[_name(each)]) for each in self.asked}

    @cached_property
    def relevant(self) -> set[int]:
        return rules.relevant(self.asked, self.typed)

    @property
    def files_due(self) -> list[int]:
        """The numbers of the files that are needed of who answered this."""
        files = [each.question for each in self.files]
        for_them = rules.relevant([*self.asked, *files], self.typed)
        return [each.number for each in files if each.required and each.number in for_them]

    def is_new_wording(self, question: Asked) -> bool:
        """Whether it was answered by who had read it in other words."""
        read = self._read.get(question.number, question.version)
        return read != question.version and bool(self.typed[question.number])

    def refuse(self, no: Refused) -> None:
        """Say what could not be kept beside where it was answered."""
        if not isinstance(no, NoPlace):
            self.form_errors.append(str(no))
            return
        for each in self.asked:
            if any(number == each.number for number, _code in no.choices):
                field = self[_name(each)]
                field.errors = [*field.errors, str(no)]

    def _kept(self, question: Asked) -> tuple[str, ...]:
        found = (rules.checked(question, value) for value in self.typed[question.number])
        return tuple(value for value in found if value is not None)


def asking(form: type[AnyForm], asked: Sequence[Asked], full: Full) -> type[AnyForm]:
    """The same form with the questions; where nothing is asked it is the form itself.

    A file is handed in on the page of one's registration: no stranger sends any.
    """
    if not asked:
        return form
    lang = language_of(asked)
    files = [
        FileAsked(each, words(each.label, lang), condition_words(each, asked, lang))
        for each in asked
        if each.kind is Kind.FILE
    ]
    asked = [each for each in asked if each.kind is not Kind.FILE]
    fields = {_name(each): _field(each, asked, full, lang) for each in asked}
    facts = {"asked": asked, "full": full, "spoken": lang, "files": files}
    return cast(type[AnyForm], type(form.__name__, (Asking, form), fields | facts))


def known(asked: Sequence[Asked], answers: Sequence[Answered]) -> dict[str, Any]:
    """With what the fields begin: what the person answered before, where it is an answer still."""
    before = {each.question.number: each for each in answers}
    found: dict[str, Any] = {}
    for each in asked:
        was = before.get(each.number)
        if was is None or each.kind is Kind.FILE:
            continue
        if each.kind is Kind.CONSENT and was.question.id != each.id:
            continue  # nobody agreed to these words yet
        values = [
            value for value in was.values if rules.checked(each, value) and value not in was.wishes
        ]
        if values:
            found[_name(each)] = _as_data(each.kind, values)
    return found


def _as_data(kind: Kind, values: Sequence[str]) -> Any:
    if kind is Kind.SEVERAL:
        return list(values)
    return True if kind is Kind.CONSENT else values[0]


def _name(question: Asked) -> str:
    return f"q{question.number}"


def _versions(carried: str | None) -> dict[int, int]:
    pairs = [pair.partition(".") for pair in (carried or "").split()]
    return {
        int(number): int(version)
        for number, _dot, version in pairs
        if _is_small(number) and _is_small(version)
    }


def _is_small(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 9


def _typed(field: Field) -> tuple[str, ...]:
    if isinstance(field.data, list):
        return tuple(dict.fromkeys(field.data))
    if isinstance(field.data, bool):
        return (rules.YES,) if field.data else ()
    return (field.data,) if field.data else ()


class _Checked:
    """The one validator of a question: what is not for this person is not looked at.

    Where all its answers are full (`is_closed`) nobody can answer, and so nobody has to.
    """

    def __init__(self, question: Asked, *, is_closed: bool) -> None:
        self.question, self.is_closed = question, is_closed
        self.field_flags = {"required": True} if question.required and not is_closed else {}

    def __call__(self, form: Asking, field: Field) -> None:
        question = self.question
        if question.number not in form.relevant:
            raise StopValidation
        if form.is_new_wording(question):
            if question.kind is Kind.CONSENT:
                field.data = False  # who ticks it again has read the new words
            raise ValidationError(
                _("This question has just been changed. Check your answer, and send it again.")
            )
        values = form.typed[question.number]
        if question.required and not values and not self.is_closed:
            raise ValidationError(_missing(question, form.spoken))
        if any(rules.checked(question, value) is None for value in values):
            raise ValidationError(_wrong(question.kind))


def _missing(question: Asked, lang: str) -> str:
    if question.kind is Kind.CONSENT and question.stage is Stage.SECOND:
        return _("This has to be ticked before the form can be sent.")
    if question.kind is Kind.CONSENT:
        return _("This has to be ticked: without it you cannot take part.")
    return _("Answer this question: %(question)s", question=plain(question.label, lang))


def _wrong(kind: Kind) -> str:
    if kind is Kind.NUMBER:
        return _("Enter a number.")
    if kind is Kind.DATE:
        return _("Enter a day, as in 2027-01-18.")
    if kind is Kind.REGISTER_NUMBER:
        return _("Enter the number as the register writes it, as in 123456789012-34.")
    if kind in LONGEST:
        return _("Write at most %(most)s characters.", most=f"{LONGEST[kind]:,}")
    return _("Choose one of those in the list.")


def _field(question: Asked, asked: Sequence[Asked], full: Full, lang: str) -> Field:
    notes = [words(question.help, lang), condition_words(question, asked, lang)]
    make: Callable[..., Field] = _FIELDS[question.kind]
    return make(
        question,
        full,
        lang,
        label=words(question.label, lang),
        description=Markup("<br>").join(note for note in notes if note),
        validators=[_Checked(question, is_closed=rules.is_closed(question, full))],
    )


def _written(
    make: type[Field], attributes: dict[str, Any], question: Asked, full: Full, lang: str,
    **given: Any,
) -> Field:  # fmt: skip
    """Required to the browser only where nobody is excused from it."""
    is_needed = question.required and question.condition is None
    render = {"autocomplete": "off", "required": is_needed} | attributes
    return make(render_kw=render, filters=[_FILTERS.get(question.kind, clean)], **given)


def _chosen(make: type[Field], question: Asked, full: Full, lang: str, **given: Any) -> Field:
    """Where no answer is needed, one can take one's own back."""
    choices = [SelectChoice(code, _choice(question, code, full, lang)) for code in question.codes]
    if make is OneOf and not question.required:
        choices.append(SelectChoice("", _("No answer")))
    closed = {code for number, code in full if number == question.number}
    return make(
        choices=choices,
        closed=closed,
        validate_choice=False,
        render_kw={"required": False},
        **given,
    )


class _Closing(SelectFieldBase):
    """Answers of which the last place is taken cannot be chosen, unless one has it."""

    drawn_as: str

    def __init__(self, *args: Any, closed: Collection[str], **given: Any) -> None:
        super().__init__(*args, **given)
        self.closed, self.type = closed, self.drawn_as

    def __iter__(self) -> Iterator[Field]:
        for option in super().__iter__():
            if option.data in self.closed:
                option.render_kw = {"disabled": True}
            yield option


class OneOf(_Closing, RadioField):
    """One answer."""

    drawn_as = "RadioField"


class Several(_Closing, SelectMultipleField):
    """Any number of answers."""

    drawn_as = "SelectMultipleField"
    option_widget = CheckboxInput()


def _consent(question: Asked, full: Full, lang: str, **given: Any) -> Field:
    return BooleanField(**given)


def _choice(question: Asked, code: str, full: Full, lang: str) -> Any:
    """What an answer is called, and that its last place is taken."""
    if question.kind is Kind.YES_NO:
        return _("Yes") if code == rules.YES else _("No")
    label = words(next(each.label for each in question.options if each.code == code), lang)
    if (question.number, code) in full:
        return Markup("{} <span class='soft'>({})</span>").format(label, _("full"))
    return label


_FILTERS = {Kind.LONG_TEXT: clean_lines, Kind.COUNTRY: lambda value: value or ""}
_FIELDS: dict[Kind, Callable[..., Field]] = {
    Kind.TEXT: partial(_written, StringField, {"maxlength": LONGEST["text"]}),
    Kind.LONG_TEXT: partial(
        _written, TextAreaField, {"rows": 4, "maxlength": LONGEST["long_text"]}
    ),
    Kind.NUMBER: partial(_written, StringField, {"inputmode": "decimal", "maxlength": 20}),
    Kind.DATE: partial(_written, StringField, {"type": "date"}),
    Kind.COUNTRY: partial(_written, CountryField, {}),
    Kind.ONE_OF: partial(_chosen, OneOf),
    Kind.YES_NO: partial(_chosen, OneOf),
    Kind.SEVERAL: partial(_chosen, Several),
    Kind.CONSENT: _consent,
    Kind.REGISTER_NUMBER: partial(
        _written, StringField, {"inputmode": "text", "maxlength": register.LONGEST}
    ),
}
