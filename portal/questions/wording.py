"""What organisers may send about a question."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.fields import TranslatedField, WholeNumberField
from portal.forms import Form
from portal.i18n import page_language
from portal.questions import ready_made
from portal.questions.rules import Asked, Condition, Kind
from portal.questions.shown import answer_plain, plain
from portal.text import clean

MOST_OPTIONS = 40
EVERYBODY = "everybody"


class OptionForm(Form):
    """One of the answers to choose from; without words in any language it is none."""

    class Meta(Form.Meta):
        csrf = False

    code = HiddenField(filters=[clean])
    label = TranslatedField(_l("Answer"), 200)
    places = WholeNumberField(
        _l("Places"),
        [Optional()],
        description=_l("How many people can choose it. Leave it empty where there is no limit."),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 6},
    )


class QuestionForm(Form):
    """A question of any kind; what its kind does not have is not there."""

    version = HiddenField(filters=[clean])
    label = TranslatedField(_l("Question"), 500, _l("Enter the question in one language at least."))
    help = TranslatedField(
        _l("Help"), 1000, rows=2,
        description=_l("What people should know before they answer. It stands below the question."),
    )  # fmt: skip
    options = FieldList(FormField(OptionForm), min_entries=3, max_entries=MOST_OPTIONS)
    required = BooleanField(_l("An answer is needed"))
    condition = SelectField(
        _l("Who is asked"),
        choices=[],
        description=_l("All see the question and for whom it is. What others answer to it is not "
                       "kept."),
    )  # fmt: skip

    def __init__(self, kind: Kind, before: Sequence[Asked], known: Asked | None) -> None:
        self.kind, self.before = kind, before
        super().__init__(data=_data(known) | (ready_made.words(kind) if known is None else {}))
        self.condition.flags.required = True
        if not kind.has_options:
            del self.options
        if kind is Kind.CONSENT:
            self.label.label.text = _l("What people agree to")

    def process(self, *args: Any, **given: Any) -> None:
        self.condition.choices = [SelectChoice(EVERYBODY, _("everybody")), *self._conditions()]
        super().process(*args, **given)

    def add_option(self) -> None:
        """One more empty answer; nothing is kept by this."""
        if "options" in self and len(self.options.entries) < MOST_OPTIONS:
            self.options.append_entry()

    def validate_options(self, field: FieldList) -> None:
        if len(self._options) < 2:
            raise ValidationError(_("Enter two answers at least."))

    @property
    def facts(self) -> dict[str, Any]:
        """What the verbs want."""
        number, _comma, code = str(self.condition.data).partition(",")
        return {
            "label": self.label.data,
            "help": self.help.data,
            "required": self.required.data,
            "options": self._options if "options" in self else [],
            "condition": Condition(int(number), code) if code else None,
        }

    @property
    def _options(self) -> list[dict[str, Any]]:
        entries = (entry.form for entry in self.options.entries)
        return [
            {name: each[name].data for name in ("code", "label", "places")}
            for each in entries
            if each.label.data
        ]

    def _conditions(self) -> list[SelectChoice]:
        """Every answer to each earlier question that one can choose from."""
        lang = page_language()
        return [
            SelectChoice(
                f"{each.number},{code}",
                _("those who answered “%(answer)s” to “%(question)s”",
                  answer=_answer(each, code, lang), question=_short(plain(each.label, lang))),
            )
            for each in self.before
            for code in each.codes
        ]  # fmt: skip


def _answer(question: Asked, code: str, lang: str) -> str:
    return _short(answer_plain(question, (code,), lang))


def _short(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:59]}…"


def _data(known: Asked | None) -> dict[str, Any]:
    if known is None:
        return {"version": "0", "condition": EVERYBODY}
    on = known.condition
    return {
        "version": str(known.version),
        "label": dict(known.label),
        "help": dict(known.help),
        "required": known.required,
        "condition": f"{on.number},{on.code}" if on else EVERYBODY,
        "options": [
            {"code": each.code, "label": dict(each.label), "places": each.places}
            for each in known.options
        ],
    }


def earlier(asked: Sequence[Asked], number: int | None) -> list[Asked]:
    """The questions that stand before this one; all of them before a new one."""
    found = []
    for each in asked:
        if each.number == number:
            break
        found.append(each)
    return [each for each in found if each.codes and each.kind in DECIDE]


DECIDE = (Kind.ONE_OF, Kind.SEVERAL, Kind.YES_NO, Kind.CONSENT)
"""Kinds whose answers can be a condition."""
