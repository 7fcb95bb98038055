"""What editors may write of news and calls: everything but the deadline of what is public."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, ValidationError
from wtforms.validators import InputRequired, NumberRange, Optional

from portal import clock
from portal.events import zones
from portal.events.choices import worded
from portal.events.merging import MergingForm
from portal.events.text_forms import MARKDOWN, SLUG_HELP, slug_field, ticks, title_field
from portal.fields import AddressField, MomentField, TranslatedField, WholeNumberField
from portal.fields import text as line
from portal.i18n import ENDONYMS, languages
from portal.news import service
from portal.news.act_forms import is_free_slug, whole_day_field
from portal.news.links import links_field, pairs
from portal.news.models import Item
from portal.news.rules import LICENCES, ContactFor, State, end_of_day
from portal.news.shown import ABOUT, NEEDS

DOOR_ROWS = (1, 2, 3, 4, 5, 6)
CONTACT_ROWS = (1, 2, 3, 4)
OF_A_CALL = (
    "opens_at", "closes_at", "whole_day", "languages", "carried_out_by", "eligibility",
    "minutes_from", "minutes_to",
    *(f"door_{row}_{part}" for row in DOOR_ROWS for part in ("audience", "links")),
)  # fmt: skip
MENDED_AT = {"contact": "contact_1_email", "doors": "door_1_links", "behind": "responsible"}
KEPT_WHILE_PUBLIC = _l("The item is public and keeps this: %(what)s.")


def _minutes(label: Any) -> WholeNumberField:
    between = NumberRange(1, 600, _l("Enter a number of minutes from 1 to 600."))
    return WholeNumberField(label, [Optional(), between])


class ItemForm(MergingForm):
    """All that is written of an item; of a public one without its deadline."""

    outdated = _l(
        "Somebody else has changed this meanwhile. Nothing of yours is lost, and nothing is saved "
        "yet: look at the form, and send it again."
    )
    names: tuple[str, ...] = (
        "title", "summary", "text", "zone", *OF_A_CALL, "responsible",
        *(f"contact_{row}_{part}" for row in CONTACT_ROWS
          for part in ("about", "role", "person", "email")),
        "hashtag", "licence", "slug",
    )  # fmt: skip
    title = title_field()
    summary = TranslatedField(
        _l("Summary"), 500, rows=2, description=_l("One or two sentences, for lists and feeds.")
    )
    text = TranslatedField(_l("Text"), 10_000, rows=10, description=MARKDOWN)
    zone = SelectField(_l("Time zone"), [InputRequired()],
                       description=_l("Days and hours are on its clock."))  # fmt: skip
    opens_at = MomentField(_l("Opens at"), description=_l("Empty: as soon as it is published."))
    closes_at = MomentField(_l("Closes at"))
    whole_day = whole_day_field()
    languages = ticks(
        _l("Languages of the questionnaire"),
        choices=worded(ENDONYMS),
        description=_l("Those of the links below are ticked by themselves."),
    )
    responsible = TranslatedField(_l("Who is responsible"), 300)
    carried_out_by = TranslatedField(_l("Who carries it out"), 300)
    eligibility = TranslatedField(
        _l("Who can answer"), 3000, rows=3, description=_l("The same signs as in the text.")
    )
    minutes_from = _minutes(_l("It takes at least, in minutes"))
    minutes_to = _minutes(_l("It takes at most, in minutes"))
    hashtag = line(_l("Hashtag"), 100, description=_l("As in #Microcredentials."))
    licence = SelectField(
        _l("Licence of this text"),
        choices=worded({code: name for code, (name, _url) in LICENCES.items()}),
        description=_l("Under what others may publish it again."),
    )
    slug = slug_field(_l("Enter an address for the page."), description=SLUG_HELP)

    def __init__(self, item: Item, **given: Any) -> None:
        self.item = item
        left_out = set() if item.is_call else {*OF_A_CALL}
        if item.state is State.PUBLISHED:
            left_out |= {*service.DEADLINE}
        known = {name: value for name, value in _known(item).items() if name not in left_out}
        super().__init__(known, **given)
        for name in left_out:
            del self[name]

    def process(self, formdata: Any = None, *args: Any, **given: Any) -> None:
        formdata = self.meta.wrap_formdata(self, formdata)
        chosen = (formdata or {}).get("zone", "")
        zone = chosen if chosen in zones.names() else self.item.zone
        self.opens_at.zone = self.closes_at.zone = zone
        self.zone.choices = worded(dict(zones.choices(clock.now(), self.item.zone)))
        super().process(formdata, *args, **given)

    def zone_now(self) -> str:
        return self.item.zone

    @property
    def facts(self) -> dict[str, Any]:
        """What `service.edit` wants: only what the form shows."""
        plain = (
            "title", "summary", "text", "zone", "opens_at", "whole_day", "responsible",
            "carried_out_by", "eligibility", "minutes_from", "minutes_to", "licence", "slug",
        )  # fmt: skip
        facts = {name: self[name].data for name in plain if name in self}
        facts["hashtag"] = f"#{self.hashtag.data.lstrip('#')}" if self.hashtag.data else ""
        facts["contacts"] = self._contacts()
        if self.item.is_call:
            facts["doors"] = self._doors()
            linked = {lang for door in facts["doors"] for lang in door["links"]}
            facts["languages"] = [
                code for code in ENDONYMS if code in linked or code in self.languages.data
            ]
        if "closes_at" in self:
            facts["closes_at"] = self._closes_at()
        return facts

    def validate_slug(self, field: Field) -> None:
        is_free_slug(field, but=self.item.id)

    def validate_hashtag(self, field: Field) -> None:
        if field.data and not re.fullmatch(r"#?\w+", field.data):
            raise ValidationError(_l("Write one word of letters and digits, as in #Skills2027."))

    def validate_closes_at(self, field: Field) -> None:
        opens, closes = self.opens_at.data, self._closes_at()
        if opens is not None and closes is not None and closes <= opens:
            raise ValidationError(_l("A call has to close after it opens."))
        if closes is not None and service.is_too_late(self.item, self.item.publish_at, closes):
            raise ValidationError(
                _l("It is to go public after this moment. Take that back first, or choose a later "
                   "one.")
            )  # fmt: skip

    def validate_minutes_to(self, field: Field) -> None:
        first = self.minutes_from.data
        if first and field.data and field.data < first:
            raise ValidationError(_l("This is less than at least."))

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        for row in CONTACT_ROWS:
            is_valid = self._is_whole_contact(row) and is_valid
        for row in DOOR_ROWS if self.item.is_call else ():
            is_valid = self._is_whole_door(row) and is_valid
        if is_valid and self.item.state is State.PUBLISHED:
            is_valid = self._keeps_what_it_needs()
        return is_valid

    def _is_whole_contact(self, row: int) -> bool:
        role, email = self[f"contact_{row}_role"], self[f"contact_{row}_email"]
        if (
            (role.data or self[f"contact_{row}_person"].data)
            and not email.data
            and not email.errors
        ):
            email.errors = [_l("Enter the mail address of this contact, or empty its name.")]
        elif email.data and not role.data and not role.errors:
            role.errors = [_l("Say who answers at this address.")]
            role.wrong = {languages()[0]: role.errors[0]}
        return not role.errors and not email.errors

    def _is_whole_door(self, row: int) -> bool:
        audience, links = self[f"door_{row}_audience"], self[f"door_{row}_links"]
        if links.data and not audience.data and not audience.errors:
            audience.errors = [_l("Say for whom these questionnaires are.")]
            audience.wrong = {languages()[0]: audience.errors[0]}
        return not audience.errors and not links.errors

    def _keeps_what_it_needs(self) -> bool:
        needs = service.checklist(self.item, clock.now(), self.facts)
        lost = [need.code for need in needs if not need.is_met]
        for code in lost:
            field = self[MENDED_AT.get(code, code)]
            sentence = str(KEPT_WHILE_PUBLIC) % {"what": NEEDS[code]}
            field.errors = [*field.errors, sentence]
            if isinstance(field, TranslatedField):
                field.wrong = {languages()[0]: sentence}
        return not lost

    def _closes_at(self) -> Any:
        closes = self.closes_at.data
        return end_of_day(closes, self.zone.data) if closes and self.whole_day.data else closes

    def _doors(self) -> list[dict[str, Any]]:
        rows = [
            {
                "audience": self[f"door_{row}_audience"].data,
                "links": dict(pairs(self[f"door_{row}_links"].data)),
            }
            for row in DOOR_ROWS
        ]
        return [row for row in rows if row["audience"]] + self.item.doors[len(DOOR_ROWS) :]

    def _contacts(self) -> list[dict[str, Any]]:
        parts = ("about", "role", "person", "email")
        rows = [
            {part: self[f"contact_{row}_{part}"].data for part in parts} for row in CONTACT_ROWS
        ]
        return [row for row in rows if row["email"]] + self.item.contacts[len(CONTACT_ROWS) :]


for _row in DOOR_ROWS:
    for _part, _field in (
        ("audience", TranslatedField(_l("Door %(number)s: for whom", number=_row), 200)),
        ("links", links_field(_l("Door %(number)s: questionnaires", number=_row))),
    ):
        setattr(ItemForm, f"door_{_row}_{_part}", _field)
for _row in CONTACT_ROWS:
    for _part, _field in (
        ("about", SelectField(_l("Contact %(number)s: what about", number=_row),
                              choices=worded(ABOUT))),
        ("role", TranslatedField(_l("Contact %(number)s: who answers, by role", number=_row), 100)),
        ("person", line(_l("Contact %(number)s: name of the person", number=_row), 200)),
        ("email", AddressField(_l("Contact %(number)s: mail address of the role", number=_row),
                               optional=True,
                               render_kw={"autocomplete": "off", "maxlength": 254})),
    ):  # fmt: skip
        setattr(ItemForm, f"contact_{_row}_{_part}", _field)


def _known(item: Item) -> dict[str, Any]:
    """What stands in each field."""
    plain = (
        "title", "summary", "text", "zone", "opens_at", "whole_day", "languages", "responsible",
        "carried_out_by", "eligibility", "minutes_from", "minutes_to", "hashtag", "licence", "slug",
    )  # fmt: skip
    known = {name: getattr(item, name) for name in plain} | {"closes_at": item.closing}
    for row in DOOR_ROWS:
        (door,) = item.doors[row - 1 : row] or [{}]
        known[f"door_{row}_audience"] = door.get("audience") or {}
        links = door.get("links") or {}
        known[f"door_{row}_links"] = "\n".join(f"{lang} {link}" for lang, link in links.items())
    for row in CONTACT_ROWS:
        usual = ContactFor.CONTENT if row == 1 else ContactFor.REST
        (contact,) = item.contacts[row - 1 : row] or [{"about": usual.value}]
        known[f"contact_{row}_about"] = contact["about"]
        known[f"contact_{row}_role"] = contact.get("role") or {}
        known[f"contact_{row}_person"] = contact.get("person", "")
        known[f"contact_{row}_email"] = contact.get("email", "")
    return known
