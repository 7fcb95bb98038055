"""What organisers may send of an access list, and what people give for it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, StopValidation
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal.access.models import AccessList
from portal.access.rules import LONGEST_LIFE, MOST_DAYS, USUAL_DAYS, Asked
from portal.events.models import Event
from portal.fields import CountryField, MomentField, TranslatedField, WholeNumberField, text
from portal.forms import ActForm, Form
from portal.i18n import language_name, languages
from portal.labels import ACCESS_ASKS, BASES, DOCUMENTS
from portal.protection.rules import ARTICLES, Basis, Law
from portal.text import clean

_NUMBER = re.compile(r"(?=.*\d)[^\W_](?:[^\W_]|[ ./-]){2,29}")
"""Letters of any script: those of Greek and Cyrillic documents look Latin and are not."""
_PARTS = ("day", "month", "year")


_DAYS = _l("Enter a number of days from 0 to 30.")


class DaysField(WholeNumberField):
    """A number that has to be there: one sentence, whatever else was typed."""

    def process_formdata(self, values: list[str]) -> None:
        try:
            super().process_formdata(values)
        except ValueError as error:
            raise ValueError(_DAYS) from error

    def pre_validate(self, form: Form) -> None:
        if self.process_errors:
            raise StopValidation


class ListForm(Form):
    """What is asked and by whom, until when, and how long it is kept.

    Once people were asked, what they were told is not in the form any more; see `service.keep`.
    """

    unseen = ("csrf_token", "revision")
    revision = HiddenField()
    asks = SelectMultipleField(
        _l("What the building asks for"), [InputRequired(_l("Choose what the building asks for."))],
        choices=[SelectChoice(code, words) for code, words in ACCESS_ASKS.items()],
        option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False),
        description=_l("No more than it needs. The name comes from the registration."),
    )  # fmt: skip
    receiver = TranslatedField(
        _l("Who gets the list"), 200, _l("Say who gets the list."),
        description=_l("As people know it, for example: Security service of the European "
                       "Parliament."),
    )  # fmt: skip
    basis = SelectField(
        _l("What makes it lawful"), [InputRequired(_l("Choose what makes it lawful."))],
        default=Basis.PUBLIC_TASK.value,
    )  # fmt: skip
    words = TranslatedField(
        _l("What people should know"), 1000, rows=3,
        description=_l("For example which document to bring along. It stands in the letter and on "
                       "the page where they give their data."),
    )  # fmt: skip
    closes_at = MomentField(
        _l("Cut-off"), [InputRequired(_l("Enter the cut-off."))],
        description=_l("Until when the building wants the list. Who gives something later is "
                       "marked as late. It moves with the event."),
    )  # fmt: skip
    days_kept = DaysField(
        _l("Days after the event until everything is erased"),
        [InputRequired(_l("Enter the number of days.")), NumberRange(0, MOST_DAYS, _DAYS)],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 2},
    )

    def __init__(
        self, event: Event, found: AccessList | None, *, law: str, promised: bool, now: datetime
    ) -> None:
        self.event, self.found, self.now = event, found, now
        super().__init__(data=_known(event, found, now))
        allowed = ARTICLES[Law(law)]
        self.basis.choices = [SelectChoice(code, BASES[code]) for code in allowed]
        if promised:
            del self.asks, self.receiver, self.basis

    def process(self, *args: Any, **options: Any) -> None:
        self.closes_at.zone = self.event.zone
        super().process(*args, **options)

    def validate_receiver(self, field: TranslatedField) -> None:
        """The notice names the receiver in each language, as the event's record insists."""
        field.wrong = {
            lang: _("Write it in %(language)s, too.", language=language_name(lang))
            for lang in languages()
            if not field.data.get(lang)
        }
        if field.data and field.wrong:
            raise ValidationError(next(iter(field.wrong.values())))

    def validate_closes_at(self, field: Field) -> None:
        if field.data is None:
            return
        if field.data > self.event.starts_at:
            raise ValidationError(_("The event starts before that."))
        if field.data <= self.now and (self.found is None or field.data != self.found.cut_off):
            raise ValidationError(_("Enter a moment to come."))

    def validate_days_kept(self, field: Field) -> None:
        most = self.found.days_kept if self.found and "asks" not in self else None
        if most is not None and field.data is not None and field.data > most:
            raise ValidationError(
                _("People were told %(days)s days: keep it no longer.", days=most)
            )

    @property
    def facts(self) -> dict[str, Any]:
        """What the verb keeps."""
        told = {name: getattr(self.found, name, None) for name in ("asks", "receiver", "basis")}
        here = {name: self[name].data for name in told if name in self}
        return told | here | {
            "words": self.words.data,
            "closes_at": self.closes_at.data,
            "days_kept": self.days_kept.data,
        }  # fmt: skip


class HandoverForm(ActForm):
    """Which file the building has."""

    number = IntegerField(widget=HiddenInput())


def _known(event: Event, found: AccessList | None, now: datetime) -> dict[str, Any]:
    if found is None:
        week = event.starts_at - timedelta(days=7)
        return {
            "revision": "0", "days_kept": USUAL_DAYS,
            "closes_at": week if week > now else event.starts_at,
        }  # fmt: skip
    names = ("asks", "receiver", "basis", "words", "days_kept")
    known = {name: getattr(found, name) for name in names}
    return known | {"revision": str(found.revision), "closes_at": found.cut_off}


class BirthDateField(Field):
    """A day typed as three numbers: no calendar has to be turned back for decades."""

    def __init__(self, label: Any, missing: Any, **options: Any) -> None:
        super().__init__(label, [], **options)
        self.missing = missing
        self.flags.required = True
        self.typed: Mapping[str, str] = dict.fromkeys(_PARTS, "")
        self.wrong: Sequence[str] = ()

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        self.process_errors: list[str] = []
        self.raw_data: list[str] = []
        self.data: date | None = None
        if formdata:
            self.typed = {each: clean(formdata.get(f"{self.name}-{each}")) for each in _PARTS}

    def pre_validate(self, form: Form) -> None:
        """The sentence for the first thing that is wrong, and which of the three it is in."""
        self.wrong = [each for each in _PARTS if not self.typed[each]]
        if self.wrong:
            raise ValidationError(self.missing)
        self.wrong = [each for each in _PARTS if not _is_number(self.typed[each])]
        if self.wrong:
            raise ValidationError(_("Write day, month and year as numbers, as in 27 3 1985."))
        self.wrong = list(_PARTS)
        day, month, year = (int(self.typed[each]) for each in _PARTS)
        try:
            self.data = date(year, month, day)
        except ValueError as error:
            raise ValidationError(_("There is no such day. Check day, month and year.")) from error

    @property
    def anchor(self) -> str:
        """Where the summary of errors leads to."""
        return f"{self.id}-{next(iter(self.wrong), _PARTS[0])}"

    def inputs(self) -> list[dict[str, Any]]:
        """What the component draws."""
        words = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
        return [
            {
                "id": f"{self.id}-{each}", "name": f"{self.name}-{each}", "label": words[each],
                "value": self.typed[each], "wrong": each in self.wrong,
                "autocomplete": f"bday-{each}", "size": 4 if each == "year" else 2,
            }
            for each in _PARTS
        ]  # fmt: skip

    def widget(self, field: Field, **attributes: Any) -> Markup:
        """Drawn by its component only."""
        raise NotImplementedError


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) <= 4


def _upper(value: str | None) -> str:
    return unicodedata.normalize("NFKC", clean(value)).upper()


class IdentityForm(Form):
    """What the building asks of one person; it never begins with what is kept."""

    birth_date = BirthDateField(
        ACCESS_ASKS["birth_date"],
        _l("Enter your date of birth with day, month and year, as in 27 3 1985."),
        description=_l("As in 27 3 1985."),
    )
    nationality = CountryField(
        ACCESS_ASKS["nationality"], _l("Choose your nationality."),
        description=_l("As in the document that you will bring."),
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    document_kind = RadioField(
        _l("Which document you will bring"), [InputRequired(_l("Choose a document."))],
        choices=[SelectChoice(code, words) for code, words in DOCUMENTS.items()],
    )  # fmt: skip
    document_number = text(
        _l("Number of the document"), 30, _l("Enter the number of the document."),
        description=_l("Letters and numbers as they stand in the document."),
        render_kw={"spellcheck": "false", "autocapitalize": "characters"},
    )  # fmt: skip

    def __init__(self, asked: Sequence[Asked], today: date) -> None:
        self.today = today
        super().__init__()
        if Asked.BIRTH_DATE not in asked:
            del self.birth_date
        if Asked.NATIONALITY not in asked:
            del self.nationality
        if Asked.DOCUMENT not in asked:
            del self.document_kind, self.document_number

    def validate_birth_date(self, field: BirthDateField) -> None:
        if field.data is None:
            return
        if field.data > self.today:
            raise ValidationError(_("This day is still to come. Check the year."))
        if field.data.year < self.today.year - LONGEST_LIFE:
            raise ValidationError(_("This is more than 120 years ago. Check the year."))
        field.wrong = ()

    def validate_document_number(self, field: Field) -> None:
        field.data = _upper(field.data)
        if field.data and not _NUMBER.fullmatch(field.data):
            raise ValidationError(
                _("Write the number as it stands in the document: 3 to 30 letters and numbers, "
                  "with at least one number.")
            )  # fmt: skip

    @property
    def facts(self) -> dict[str, str]:
        """What is sealed."""
        born = self.birth_date.data if "birth_date" in self else None
        names = ("nationality", "document_kind", "document_number")
        given = {name: str(self[name].data) for name in names if name in self}
        return ({"birth_date": born.isoformat()} if born else {}) | given
