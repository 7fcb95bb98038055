"""Fields that forms share: moments, numbers, addresses, countries, texts in languages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, EmailSyntaxError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import EmailField, Field, IntegerField, SelectField, StringField, ValidationError
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation
from wtforms.widgets import html_params

from portal.forms import Form
from portal.i18n import ENDONYMS, Translated, countries, languages, page_language, zone_mark
from portal.text import clean, clean_lines
from portal.wall_clock import instants

LONGEST_ADDRESS = 254
HANDS = "%Y-%m-%dT%H:%M"


class MomentField(Field):
    """Date and time on the event's own clock; where the clock shows it twice, it asks which."""

    def __init__(self, label: Any, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.zone = "UTC"
        self.typed = ""
        self.twice: list[datetime] = []

    def process_formdata(self, values: list[str]) -> None:
        self.data = None
        self.typed = values[0].strip() if values else ""
        if not self.typed:
            return
        try:
            hands = datetime.strptime(self.typed[:16], HANDS)  # noqa: DTZ007 - the zone comes below
        except ValueError as error:
            raise ValueError(_("Enter a date and a time, as in 2027-01-18 14:00.")) from error
        found = instants(hands, self.zone) if 2000 <= hands.year <= 2100 else []
        if not found:
            raise ValueError(_not_on_this_clock(hands))
        self.twice = found if len(found) > 1 else []
        which = values[1] if len(values) > 1 else ""
        if self.twice and which not in ("0", "1"):
            raise ValueError(_("The clocks go back that night and show this time twice: choose "
                               "which you mean."))  # fmt: skip
        self.data = found[int(which)] if self.twice else found[0]

    def hands(self) -> str:
        """The value as the browser's field wants it."""
        if self.typed or self.raw_data or self.data is None:
            return self.typed
        moment: datetime = self.data
        return moment.astimezone(ZoneInfo(self.zone)).strftime(HANDS)

    def widget(self, field: Field, **attributes: Any) -> Markup:
        attributes.setdefault("id", self.id)
        if self.flags.required:
            attributes.setdefault("required", True)
        shown = html_params(name=self.name, type="datetime-local", value=self.hands(), **attributes)
        return Markup("<input %s>") % Markup(shown) + self._which()  # noqa: S704

    def _which(self) -> Markup:
        """The question which of two, only where it has to be asked."""
        twice = self.twice or _same_hands(self.data, self.zone)
        if not twice:
            return Markup("")
        chosen = twice.index(self.data) if self.data in twice else -1
        options = Markup("").join(
            Markup("<option value='%s'%s>%s</option>")
            % (number, Markup(" selected") if number == chosen else "", zone_mark(each, self.zone))
            for number, each in enumerate(twice)
        )
        none = Markup("<option value=''>%s</option>") % _("Choose")
        start = Markup("<select class='ecl-select' name='%s' aria-label='%s'>") % (
            self.name, _("Which of the two"),
        )  # fmt: skip
        return start + (none if chosen < 0 else Markup("")) + options + Markup("</select>")


def _same_hands(moment: datetime | None, zone: str) -> list[datetime]:
    if moment is None:
        return []
    found = instants(moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None), zone)
    return found if len(found) > 1 else []


def _not_on_this_clock(hands: datetime) -> str:
    if not 2000 <= hands.year <= 2100:
        return _("Enter a year from 2000 to 2100.")
    return _("The clocks go forward that night: there is no %(time)s. Choose another time.",
             time=hands.strftime("%H:%M"))  # fmt: skip


def web_address(form: Form, field: Field) -> None:
    """A link that a page may carry: https or http, and a host."""
    try:
        parts = urlsplit(field.data)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in field.data:
        raise ValidationError(_("Enter a web address that begins with https://."))


def text(label: Any, most: int, missing: Any = None, **options: Any) -> StringField:
    """One line of text, cleaned; required where `missing` says what to do about it."""
    first = InputRequired(missing) if missing else Optional()
    render = {"maxlength": most, "autocomplete": "off"} | options.pop("render_kw", {})
    too_long = _l("Write at most %(most)s characters.", most=most)
    return StringField(
        label, [first, _not_blank, Length(max=most, message=too_long)],
        filters=[clean], render_kw=render, **options,
    )  # fmt: skip


def _not_blank(form: Form, field: Field) -> None:
    """What was cleaned away to nothing was not an answer."""
    if field.flags.required and not field.data:
        message = next(v.message for v in field.validators if isinstance(v, InputRequired))
        raise ValidationError(message)


class AddressField(EmailField):
    """A mail address, kept with its domain in ASCII (RFC 5891)."""

    def __init__(
        self, label: Any, *, optional: bool = False, missing: Any = None, **options: Any
    ) -> None:
        required = InputRequired(missing or _l("Enter your mail address, like name@example.eu."))
        first = Optional() if optional else required
        super().__init__(label, [first, _address], filters=[clean], **options)


def _address(form: Form, field: Field) -> None:
    if len(field.data) > LONGEST_ADDRESS:
        raise ValidationError(_l("Enter an address like name@example.eu."))
    try:
        found = validate_email(
            field.data, check_deliverability=False, allow_smtputf8=True, test_environment=True
        )
    except (EmailSyntaxError, EmailNotValidError) as error:
        raise ValidationError(_l("Enter an address like name@example.eu.")) from error
    if found.ascii_email is None:
        raise ValidationError(
            _l("Addresses with letters beyond a to z before the @ cannot be reached from here. "
               "Use another address.")
        )  # fmt: skip
    field.data = found.ascii_email


class CountryField(SelectField):
    """A country by its ISO code; 250 options are put together once a language."""

    def __init__(
        self, label: Any, missing: Any = None, validators: Sequence[Any] = (), **options: Any
    ) -> None:
        needed = [InputRequired(missing)] if missing else []
        super().__init__(
            label,
            [*needed, *validators],
            choices=lambda: [SelectChoice("", "")],
            validate_choice=False,
            widget=_country_widget,
            **options,
        )

    def iter_choices(self) -> Iterator[Choice]:
        """For who wants the name of one; the widget has its own."""
        for code, name in countries(page_language()):
            yield Choice(code, name, code == self.data, {})

    def pre_validate(self, form: Form) -> None:
        if self.data and self.data not in dict(countries(page_language())):
            raise ValidationError(_l("Choose a country from the list."))


def _country_widget(field: CountryField, **attributes: Any) -> Markup:
    attributes.setdefault("id", field.id)
    attributes.setdefault("required", bool(field.flags.required))
    options = _country_options(page_language())
    if field.data:
        chosen = f'value="{escape(field.data)}"'
        options = options.replace(chosen, f"selected {chosen}", 1)
    return Markup(  # noqa: S704 - made of constants and escaped names
        f"<select {html_params(name=field.name, **attributes)}>{options}</select>"
    )


@lru_cache(maxsize=64)
def _country_options(lang: str) -> str:
    named = (f'<option value="{code}">{escape(name)}</option>' for code, name in countries(lang))
    return '<option value=""></option>' + "".join(named)


class WholeNumberField(IntegerField):
    """A number without a fraction, with our own sentence where it is none."""

    def process_formdata(self, values: list[str]) -> None:
        typed = values[0].strip() if values else ""
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            self.data = None
            is_needed = self.flags.required
            raise ValueError(
                _("Enter a whole number.") if is_needed
                else _("Enter a whole number, or leave it empty.")
            )  # fmt: skip
        self.data = int(typed) if typed else None

    def pre_validate(self, form: Form) -> None:
        """What is no number is not asked how large it is."""
        if self.process_errors:
            raise StopValidation


@dataclass(frozen=True, slots=True)
class InOneLanguage:
    """One input of a `TranslatedField`."""

    lang: str
    endonym: str
    id: str
    name: str
    value: str
    error: str
    theirs: str


class TranslatedField(Field):
    """A text in each language of the portal: one input a language, named `title-en`.

    The data is a dict of language to text, without the languages left empty. Of a text that must
    be there, one language is enough: readers of the others are shown that one.
    """

    def __init__(
        self, label: Any, most: int, missing: Any = None, *, rows: int = 0, **options: Any
    ) -> None:
        super().__init__(label, [], **options)
        self.most, self.missing, self.rows = most, missing, rows
        self.flags.required = missing is not None
        self.wrong: dict[str, str] = {}
        self.theirs: dict[str, str] = {}
        """What somebody else wrote meanwhile; see `events.merging`."""

    def process(
        self, formdata: Any, data: Any = None, extra_filters: Any = None, **options: Any
    ) -> None:
        """Texts in languages that the portal does not offer stay as they are."""
        kept: Translated = dict(data or (self.default or {}) or {})
        if formdata:
            read = clean_lines if self.rows else clean
            given = {
                lang: read(formdata.get(f"{self.name}-{lang}"))
                for lang in languages()
                if f"{self.name}-{lang}" in formdata
            }
            kept = {lang: text for lang, text in (kept | given).items() if text}
        self.process_errors: list[str] = []
        self.raw_data: list[str] = []
        self.object_data = data
        self.data = kept

    def pre_validate(self, form: Form) -> None:
        """One sentence for what is missing, one for each text that is too long."""
        self.wrong = {
            lang: _("Write at most %(most)s characters.", most=self.most)
            for lang, text in self.data.items()
            if len(text) > self.most
        }
        if self.wrong:
            raise ValidationError(next(iter(self.wrong.values())))
        if self.missing is not None and not self.data:
            self.wrong = {languages()[0]: str(self.missing)}
            raise ValidationError(self.missing)

    @property
    def anchor(self) -> str:
        """Where the summary of errors leads to."""
        lang = next(iter(self.wrong), languages()[0])
        return f"{self.id}-{lang}"

    def inputs(self) -> Iterator[InOneLanguage]:
        """What the component draws, the portal's own language first."""
        for lang in languages():
            yield InOneLanguage(
                lang=lang,
                endonym=ENDONYMS.get(lang, lang),
                id=f"{self.id}-{lang}",
                name=f"{self.name}-{lang}",
                value=self.data.get(lang, ""),
                error=self.wrong.get(lang, ""),
                theirs=self.theirs.get(lang, ""),
            )
