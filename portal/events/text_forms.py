"""What organisers may write about an event: its texts, its address, whom to ask."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal import labels
from portal.events import queries
from portal.events.choices import worded
from portal.events.merging import MergingForm
from portal.events.models import Event
from portal.events.rules import RESERVED, Kind, State
from portal.fields import AddressField, TranslatedField, text
from portal.i18n import ENDONYMS, Translated, language_name, languages, translated
from portal.text import fold

LANGUAGE_ROWS = CONTACT_ROWS = (1, 2, 3, 4)
ADDRESS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MARKDOWN = _l(
    "An empty line begins a paragraph. **bold**, *italic*, [words](https://address), lines that "
    "begin with - or 1. make lists, with > a quotation, with ## a heading. No pictures, no HTML."
)
KEPT_WHILE_PUBLIC = _l("The event is public: enter a summary in at least one language.")
SLUG_HELP = _l("The last part of the page’s address: a to z, 0 to 9 and hyphens.")


def title_field() -> TranslatedField:
    return TranslatedField(_l("Title"), 300, _l("Enter a title in at least one language."))


def slug_field(missing: Any = None, **options: Any) -> Field:
    """The last part of the page's address; see `is_free_slug`."""
    return text(_l("Address of the page"), 100, missing, **options)


def is_free_slug(field: Field, but: int | None = None) -> None:
    """An address that can be typed and read out, and that no other event has or had."""
    if not ADDRESS.fullmatch(field.data) or field.data in RESERVED:
        raise ValidationError(
            _l("Write small letters a to z, digits and hyphens, as in skills-in-retail-2027.")
        )
    if queries.slug_is_taken(field.data, but=but):
        raise ValidationError(_l("Another event has or had this address. Choose another."))


def ticks(label: Any, **options: Any) -> SelectMultipleField:
    """Several of a few."""
    return SelectMultipleField(
        label,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        **options,
    )


class TextsForm(MergingForm):
    """Everything that an event's page says in words; what lists hold beyond our rows stays."""

    names: tuple[str, ...] = (
        "title", "summary", "description", "audience", "kind", "sectors", "organisers",
        *(f"language_{row}_{part}" for row in LANGUAGE_ROWS for part in ("code", "how")),
        *(f"contact_{row}_{part}" for row in CONTACT_ROWS for part in ("role", "email")),
        "hashtag", "slug",
    )  # fmt: skip
    to_publish = ("summary",)
    title = title_field()
    summary = TranslatedField(
        _l("Summary"), 500, rows=2, description=_l("One or two sentences, for lists and letters.")
    )
    description = TranslatedField(_l("About"), 10_000, rows=10, description=MARKDOWN)
    audience = TranslatedField(
        _l("Who should come"), 3000, rows=4, description=_l("The same signs as above.")
    )
    kind = SelectField(_l("Kind"), [InputRequired()], choices=worded(labels.KINDS))
    sectors = ticks(_l("Sectors"))
    organisers = TranslatedField(
        _l("Organised by"), 2000, rows=3,
        description=_l("One name a line, in the same order in each language."),
    )  # fmt: skip
    hashtag = text(_l("Hashtag"), 100, description=_l("As in #Microcredentials."))
    slug = slug_field(_l("Enter an address for the page."), description=SLUG_HELP)

    def __init__(self, event: Event, **given: Any) -> None:
        self.event = event
        super().__init__(_known(event), **given)

    def process(self, *args: Any, **given: Any) -> None:
        sectors = {code: labels.SECTORS.get(code, code) for code in self.event.sectors}
        self.sectors.choices = worded(labels.SECTORS | sectors)
        used = {str(each["code"]) for each in self.event.working_languages}
        for row in LANGUAGE_ROWS:
            self[f"language_{row}_code"].choices = _languages(used)
        super().process(*args, **given)

    @property
    def facts(self) -> dict[str, Any]:
        """What `service.edit` wants, beside the address."""
        plain = ("title", "summary", "description", "audience")
        return {
            **{name: self[name].data for name in plain},
            "kind": Kind(self.kind.data),
            "sectors": self.sectors.data,
            "organisers": _names(self.organisers.data),
            "working_languages": self._working_languages(),
            "contacts": self._contacts(),
            "hashtag": f"#{self.hashtag.data.lstrip('#')}" if self.hashtag.data else "",
        }

    def validate_summary(self, field: TranslatedField) -> None:
        """What the event had to have before it was public, it keeps."""
        if self.event.state is not State.DRAFT and self.event.summary and not field.data:
            field.wrong = {languages()[0]: str(KEPT_WHILE_PUBLIC)}
            raise ValidationError(KEPT_WHILE_PUBLIC)

    def validate_slug(self, field: Field) -> None:
        is_free_slug(field, but=self.event.id)

    def validate_hashtag(self, field: Field) -> None:
        if field.data and not re.fullmatch(r"#?\w+", field.data):
            raise ValidationError(_l("Write one word of letters and digits, as in #Skills2027."))

    def validate_organisers(self, field: TranslatedField) -> None:
        """The first name in one language is the first in the other."""
        counts = {lang: len(_lines(names)) for lang, names in field.data.items()}
        if len(set(counts.values())) > 1:
            sentence = _l("Write as many names in each language, one a line, in the same order.")
            field.wrong = {next(iter(counts)): sentence}
            raise ValidationError(sentence)

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        for row in CONTACT_ROWS:
            role, email = self[f"contact_{row}_role"], self[f"contact_{row}_email"]
            if role.data and not email.data and not email.errors:
                email.errors = [_l("Enter the mail address of this contact, or empty its name.")]
            elif email.data and not role.data and not role.errors:
                role.errors = [_l("Say who answers at this address.")]
                role.wrong = {languages()[0]: role.errors[0]}
            is_valid = is_valid and not role.errors and not email.errors
        codes = [self[f"language_{row}_code"] for row in LANGUAGE_ROWS]
        for number, field in enumerate(codes):
            if field.data and field.data in [each.data for each in codes[:number]]:
                field.errors = [_l("This language stands above already.")]
                is_valid = False
        return is_valid

    def _working_languages(self) -> list[dict[str, Any]]:
        rows = [
            {"code": self[f"language_{row}_code"].data, "how": self[f"language_{row}_how"].data}
            for row in LANGUAGE_ROWS
        ]
        rest = self.event.working_languages[len(LANGUAGE_ROWS) :]
        return [row for row in rows if row["code"]] + rest

    def _contacts(self) -> list[dict[str, Any]]:
        rows = [
            {"role": self[f"contact_{row}_role"].data, "email": self[f"contact_{row}_email"].data}
            for row in CONTACT_ROWS
        ]
        return [row for row in rows if row["email"]] + self.event.contacts[len(CONTACT_ROWS) :]


for _row in LANGUAGE_ROWS:
    setattr(
        TextsForm,
        f"language_{_row}_code",
        SelectField(_l("Language %(number)s", number=_row)),
    )
    setattr(
        TextsForm,
        f"language_{_row}_how",
        ticks(_l("How language %(number)s is there", number=_row),
              choices=worded(labels.INTERPRETATION)),
    )  # fmt: skip
for _row in CONTACT_ROWS:
    setattr(
        TextsForm,
        f"contact_{_row}_role",
        TranslatedField(_l("Contact %(number)s: who answers", number=_row), 100),
    )
    setattr(
        TextsForm,
        f"contact_{_row}_email",
        AddressField(_l("Contact %(number)s: mail address", number=_row), optional=True),
    )


def _known(event: Event) -> dict[str, Any]:
    """What stands in each field."""
    plain = ("title", "summary", "description", "audience", "kind", "sectors", "hashtag", "slug")
    known = {name: getattr(event, name) for name in plain}
    known["organisers"] = _joined(event.organisers)
    for row in LANGUAGE_ROWS:
        spoken = event.working_languages[row - 1 : row] or [{}]
        known[f"language_{row}_code"] = spoken[0].get("code", "")
        known[f"language_{row}_how"] = list(spoken[0].get("how", ()))
    for row in CONTACT_ROWS:
        contact = event.contacts[row - 1 : row] or [{}]
        known[f"contact_{row}_role"] = contact[0].get("role") or {}
        known[f"contact_{row}_email"] = contact[0].get("email", "")
    return known


def _joined(organisers: list[Translated]) -> Translated:
    """One a line in each language that they have; a name without it stands in another."""
    written = [lang for lang in languages() if any(name.get(lang) for name in organisers)]
    return {
        lang: "\n".join(translated(name, lang) for name in organisers)
        for lang in (written or languages()[:1])
        if organisers
    }


def _names(joined: Translated) -> list[Translated]:
    lines = {lang: _lines(names) for lang, names in joined.items()}
    longest = max((len(each) for each in lines.values()), default=0)
    return [{lang: each[number] for lang, each in lines.items()} for number in range(longest)]


def _lines(names: str) -> list[str]:
    return [line for line in names.split("\n") if line]


def _languages(used: set[str]) -> list[Any]:
    """The official languages of the Union, and whatever else the event has, by their names."""
    named = {code: language_name(code) for code in {*ENDONYMS, *used}}
    in_order = sorted(named.items(), key=lambda each: fold(each[1]))
    return worded({"": "–"} | dict(in_order))
