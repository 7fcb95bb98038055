"""What organisers may send about invitations."""

from collections.abc import Callable
from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, StopValidation

from portal import clock
from portal.events.merging import MergingForm
from portal.events.models import Event
from portal.fields import (
    LONGEST_ADDRESS,
    AddressField,
    CountryField,
    MomentField,
    TranslatedField,
    WholeNumberField,
    text,
)
from portal.forms import Form
from portal.i18n import ENDONYMS, languages, zone_city
from portal.invitations import files
from portal.invitations.models import InvitationList
from portal.invitations.rules import MOST_BYTES, MOST_DAYS, Person
from portal.invitations.words import FAULTS
from portal.labels import STAKEHOLDER_GROUPS
from portal.reminders.forms import ClockField
from portal.reminders.rules import Kind, Unit, moment

LONGEST_WORDS = 5000


def language(label: Any) -> SelectField:
    """One of those that letters are written in."""
    return SelectField(
        label,
        [InputRequired(_l("Choose the language of letters."))],
        choices=lambda: [SelectChoice(code, ENDONYMS.get(code, code)) for code in languages()],
    )


class ListForm(MergingForm):
    """On which terms the people of a list are invited, and the organisers' words to them."""

    outdated = _l(
        "Somebody else has changed the list meanwhile. Nothing of yours is lost, and nothing is "
        "saved yet: look at the form, and send it again."
    )
    names = (
        "name", "source", "language", "words", "answer_until", "binds", "transferable",
        "passes_approval", "passes_closed", "remind_days", "remind_at",
    )  # fmt: skip
    name = text(
        _l("Name of the list"), 100, _l("Give the list a name."),
        description=_l("For you and your colleagues, for example “Members of the network”."),
    )  # fmt: skip
    source = text(
        _l("Where the addresses are from"), 300, _l("Say where the addresses are from."),
        description=_l("Stands in the letter, for example “the members’ list of the network, which "
                       "you joined”."),
    )  # fmt: skip
    language = language(_l("Language of letters where the file names none"))
    words = TranslatedField(
        _l("Your own words"), LONGEST_WORDS, rows=8,
        description=_l("They stand first in the letter. An empty line parts paragraphs. **Bold**, "
                       "*italic*, lists with “-”, and [words](https://…) for a link."),
    )  # fmt: skip
    answer_until = MomentField(
        _l("Answer until"), [Optional()],
        description=_l("From then on the link leads to no form any more. Empty: until the event "
                       "starts."),
    )  # fmt: skip
    binds = BooleanField(
        _l("Only with the address that was invited"),
        description=_l("The link registers nobody with another mail address."),
    )
    transferable = BooleanField(
        _l("May be handed on"),
        description=_l("Somebody else may come in place of the invited person; both are told."),
    )
    passes_approval = BooleanField(
        _l("Without approval"),
        description=_l("Who registers by the link gets a place at once, if there is one for them."),
    )
    passes_closed = BooleanField(
        _l("Also while registration is closed"),
        description=_l("Before it opens, and after it has closed."),
    )
    remind_days = WholeNumberField(
        _l("Remind who has not answered: days before the event"), [Optional()],
        description=_l("Once for the date of the event. Empty: nobody is reminded by itself."),
    )  # fmt: skip
    remind_at = ClockField(_l("At what time of the day"), render_kw={"autocomplete": "off"})

    def __init__(self, event: Event, of_list: InvitationList | None) -> None:
        self.event, self.of_list = event, of_list
        known = {name: getattr(of_list, name) for name in self.names} if of_list else {}
        super().__init__(known, **({} if of_list else {"language": languages()[0]}))
        self.remind_at.description = _(
            "On the event’s clock: %(city)s time. Empty: 10:00.", city=zone_city(event.zone)
        )

    def process(self, formdata: Any = None, *args: Any, **given: Any) -> None:
        self.answer_until.zone = self.event.zone
        super().process(formdata, *args, **given)

    def zone_now(self) -> str:
        return self.event.zone

    def validate_answer_until(self, field: Field) -> None:
        """It may stay as it is, also when it is over."""
        same = self.of_list is not None and field.data == self.of_list.answer_until
        if field.data is None or same:
            return
        if field.data <= clock.now():
            raise ValidationError(_("This is in the past. Enter a moment to come."))
        if field.data > self.event.starts_at:
            raise ValidationError(_("This is after the start of the event. Enter an earlier time."))

    def validate_remind_days(self, field: Field) -> None:
        if field.data is not None and not 1 <= field.data <= MOST_DAYS:
            raise ValidationError(
                _("Enter a number from %(least)s to %(most)s.", least=1, most=MOST_DAYS)
            )

    def validate_remind_at(self, field: Field) -> None:
        """Nobody is reminded of what they cannot answer any more."""
        days, until, event = self.remind_days.data, self.answer_until.data, self.event
        if not days or until is None or self.remind_days.errors or field.errors:
            return
        at = moment(
            Kind.REMINDER, days, Unit.DAYS, field.data or time(10),
            starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone,
        )  # fmt: skip
        if at is not None and at >= until:
            raise ValidationError(
                _("The reminder would come when the time to answer is over. Enter more days, or a "
                  "later end of the time to answer.")
            )  # fmt: skip

    @property
    def facts(self) -> dict[str, Any]:
        """What the verbs want."""
        facts = super().facts
        at = facts["remind_at"] or time(10)
        return facts | {"remind_at": None if facts["remind_days"] is None else at}


class FileForm(Form):
    """A list of people as CSV or XLSX; it is read when nobody waits for the database."""

    file = FileField(
        _l("File"),
        description=_l("CSV or XLSX. Its first row names the columns: email, and if you have them "
                       "title, first name, last name, organisation, role, stakeholder group, "
                       "country, language. At most 10,000 rows."),
        render_kw={"accept": ".csv,.txt,.xlsx"},
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.file.flags.required = True

    def validate_file(self, field: Field) -> None:
        if not field.data or not field.data.filename:
            raise StopValidation(_("Choose a file."))

    def people(self) -> list[Person] | None:
        """The rows of the file; None where the form says what is wrong with all of it."""
        try:
            return read_or(ValidationError, self.file.data.stream.read(MOST_BYTES + 1))
        except ValidationError as error:
            self.file.errors = [str(error)]
            return None


def read_or(complain: Callable[[str], Exception], octets: bytes) -> list[Person]:
    """The rows of a file, or what is wrong with all of it in a sentence."""
    try:
        return files.read(octets)
    except files.NotAList as error:
        which = ", ".join(f"“{name[:60]}”" for name in error.which[:8])
        raise complain(f"{FAULTS[error.fault.value]} {which}".strip()) from error


class OneForm(Form):
    """One person, by hand."""

    email = AddressField(
        _l("Mail address"), missing=_l("Enter a mail address, like name@example.eu."),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_ADDRESS, "spellcheck": "false"},
    )  # fmt: skip
    title = text(_l("Title"), 50, description=_l("For example Dr or Ms."))
    first_name = text(_l("First name"), 100)
    last_name = text(_l("Last name"), 100)
    organisation = text(_l("Organisation"), 200)
    role = text(_l("Role"), 200)
    stakeholder_group = SelectField(
        _l("Takes part as"), [Optional()],
        choices=[
            SelectChoice("", ""),
            *(SelectChoice(c, label) for c, label in STAKEHOLDER_GROUPS.items()),
        ],
    )  # fmt: skip
    country = CountryField(_l("Country"), validators=[Optional()])
    language = language(_l("Language of letters"))

    @property
    def person(self) -> Person:
        names = ("title", "first_name", "last_name", "organisation", "role", "country", "language")
        return Person(
            0,
            address=self.email.data,
            group=self.stakeholder_group.data or "",
            **{name: str(self[name].data or "") for name in names},  # type: ignore[arg-type]
        )


class NewAddressForm(Form):
    """Where the invitation should have gone."""

    email = AddressField(
        _l("Mail address"), missing=_l("Enter a mail address, like name@example.eu."),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_ADDRESS, "spellcheck": "false"},
    )  # fmt: skip
