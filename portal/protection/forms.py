"""What organisers may write into a record of processing."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, FormField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from portal.fields import AddressField, TranslatedField, WholeNumberField, text, web_address
from portal.forms import Form
from portal.labels import BASES, KEPT, LAWS
from portal.protection.rules import LONGEST, USUAL_DAYS, Facts, Kept, Law

MOST_ENTRIES = 20
LISTS = ("controllers", "purposes", "processors")


class Part(Form):
    """One entry of a list; the whole form guards it."""

    class Meta(Form.Meta):
        csrf = False

    @property
    def facts(self) -> dict[str, Any]:
        return {field.short_name: field.data or "" for field in self}

    @property
    def is_blank(self) -> bool:
        return not any(self.facts.values())


class ControllerForm(Part):
    name = text(_l("Name of the body"), 200)
    address = text(_l("Postal address"), 300)
    email = AddressField(_l("Mailbox for questions about data"), optional=True,
                         render_kw={"autocomplete": "off", "maxlength": 254})  # fmt: skip


class PurposeForm(Part):
    what = TranslatedField(_l("What for"), 500, rows=2)
    basis = SelectField(
        _l("What makes it lawful"),
        [Optional()],
        choices=[
            SelectChoice("", ""), *(SelectChoice(code, words) for code, words in BASES.items())
        ],
    )  # fmt: skip

    @property
    def facts(self) -> dict[str, Any]:
        return {"what": self.what.data, "basis": self.basis.data or ""}


class ProcessorForm(Part):
    name = text(_l("Name of the company or body"), 200)
    what = TranslatedField(_l("What it does for you"), 300)

    @property
    def facts(self) -> dict[str, Any]:
        return {"name": self.name.data or "", "what": self.what.data}


def _days(kept: Kept) -> WholeNumberField:
    return WholeNumberField(
        KEPT[kept.value],
        [Optional(), NumberRange(0, LONGEST, _l("Enter a number of days from 0 to 3650."))],
        default=USUAL_DAYS[kept],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4},
    )


class RecordForm(Form):
    """A record as a whole; `number` is the version that its reader has seen."""

    number = HiddenField()
    law = RadioField(
        _l("Which law the responsible body is under"),
        choices=[SelectChoice(code, words) for code, words in LAWS.items()],
        default=Law.EUDPR.value,
    )
    controllers = FieldList(FormField(ControllerForm), min_entries=1, max_entries=MOST_ENTRIES)
    arrangement = TranslatedField(
        _l("What the responsible bodies have agreed"), 2000, rows=3,
        description=_l("Only where there are several: who does what, and whom people can turn to."),
    )  # fmt: skip
    officer_email = AddressField(
        _l("Mailbox of the data protection officer"), optional=True,
        render_kw={"autocomplete": "off", "maxlength": 254},
    )  # fmt: skip
    register_url = text(
        _l("Link to the public register of processing"), 500,
        description=_l("Where the body publishes this processing (Article 31(5))."),
    )  # fmt: skip
    authority_name = text(
        _l("Supervisory authority"), 200,
        description=_l("Only under the GDPR. For bodies of the Union it is the European Data "
                       "Protection Supervisor."),
    )  # fmt: skip
    authority_url = text(_l("Web address of the supervisory authority"), 500)
    purposes = FieldList(FormField(PurposeForm), min_entries=1, max_entries=MOST_ENTRIES)
    recipients = TranslatedField(
        _l("Who gets to see the data"), 2000, rows=3,
        description=_l("Inside and outside your body. One on each line."),
    )  # fmt: skip
    processors = FieldList(FormField(ProcessorForm), min_entries=1, max_entries=MOST_ENTRIES)
    transfers = RadioField(
        _l("Do data leave the European Economic Area?"),
        choices=[SelectChoice("", _l("No")), SelectChoice("yes", _l("Yes"))],
        default="",
    )
    safeguards = TranslatedField(
        _l("Where to, and what protects them there"), 2000, rows=3,
        description=_l("Only where data leave the European Economic Area."),
    )  # fmt: skip
    name = _days(Kept.NAME)
    contact = _days(Kept.CONTACT)
    organisation = _days(Kept.ORGANISATION)
    needs = _days(Kept.NEEDS)

    def validate_register_url(self, field: Field) -> None:
        if field.data:
            web_address(self, field)

    def validate_authority_url(self, field: Field) -> None:
        if field.data:
            web_address(self, field)

    @property
    def facts(self) -> dict[str, Any]:
        """What the verbs keep; entries without a word are no entries."""
        return {
            "law": self.law.data if self.law.data in set(Law) else Law.EUDPR.value,
            **{name: _entries(self[name]) for name in LISTS},
            **{
                name: self[name].data or ""
                for name in ("officer_email", "register_url", "authority_name", "authority_url")
            },
            **{name: self[name].data for name in ("arrangement", "recipients", "safeguards")},
            "transfers": self.transfers.data == "yes",
            "retention": {kept.value: self[kept.value].data for kept in Kept},
        }

    def add_entry(self, name: str) -> None:
        """One more empty entry; nothing is kept by this."""
        if name in LISTS and len(self[name].entries) < MOST_ENTRIES:
            self[name].append_entry()


def filled(facts: Facts | None, number: int) -> dict[str, Any]:
    """What the form begins with."""
    if not facts:
        return {"number": str(number)}
    return {
        **facts,
        **facts["retention"],
        "transfers": "yes" if facts["transfers"] else "",
        "number": str(number),
    }


def _entries(field: FieldList) -> list[dict[str, Any]]:
    return [entry.form.facts for entry in field.entries if not entry.form.is_blank]
