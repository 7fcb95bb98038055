"""What organisers may send of a rule for a letter."""

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, TimeField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal import labels
from portal.events.merging import MergingForm
from portal.events.models import Event
from portal.fields import TranslatedField, WholeNumberField
from portal.i18n import moment_words, zone_city
from portal.questions.queries import second_form
from portal.reminders import rules
from portal.reminders.models import Reminder
from portal.reminders.rules import MOST_DAYS, MOST_HOURS, MOST_HOURS_SOON, Audience, Kind, Unit
from portal.reminders.service import TIMING

LONGEST = 5000
NAMES = {
    Kind.REMINDER: (*TIMING, "words"),
    Kind.SOON: ("number", "words"),
    Kind.THANKS: (*TIMING, "audience", "words"),
    Kind.ANSWERS: (*TIMING, "words"),
}
"""What can be said of each kind."""
USUAL = {
    "number": 1, "unit": Unit.DAYS, "at": time(10), "audience": Audience.CAME, "words": {},
}  # fmt: skip


def _usual(event: Event, kind: Kind) -> dict[str, Any]:
    """Of the second form, the day before answers are wanted."""
    form = second_form(event.id) if kind is Kind.ANSWERS else None
    if form is None:
        return USUAL
    zone = ZoneInfo(event.zone)
    start, until = event.starts_at, form.deadline(event.starts_at, event.zone)
    days = (start.astimezone(zone).date() - until.astimezone(zone).date()).days
    return USUAL | {"number": min(days + 1, MOST_DAYS)}


class ClockField(TimeField):
    """An hour of the clock; may stay empty."""

    def process_formdata(self, values: list[str]) -> None:
        if not values or not values[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(values)
        except ValueError as error:
            raise ValueError(_("Enter a time, as in 09:30.")) from error


class ReminderForm(MergingForm):
    """A moment, and what the organisers add to the letter."""

    outdated = _l(
        "Somebody else has changed the letter meanwhile. Nothing of yours is lost, and nothing is "
        "saved yet: look at the form, and send it again."
    )

    number = WholeNumberField(_l("How many"), [InputRequired(_l("Enter a number."))])
    unit = RadioField(
        _l("Days or hours"),
        [InputRequired(_l("Choose days or hours."))],
        choices=[SelectChoice(code, words) for code, words in labels.REMINDER_UNITS.items()],
    )
    at = ClockField(_l("At what time of the day"), render_kw={"autocomplete": "off"})
    audience = RadioField(
        _l("For whom"),
        [InputRequired(_l("Choose for whom it is."))],
        choices=[SelectChoice(code, words) for code, words in labels.REMINDER_AUDIENCES.items()],
    )
    words = TranslatedField(
        _l("Your own words"), LONGEST, rows=6,
        description=_l("They stand first in the letter. An empty line parts paragraphs. **Bold**, "
                       "*italic*, lists with “-”, and [words](https://…) for a link."),
    )  # fmt: skip

    def __init__(self, event: Event, kind: Kind, reminder: Reminder | None) -> None:
        self.event, self.kind, self.reminder = event, kind, reminder
        self.names = NAMES[kind]
        held = {name: getattr(reminder, name, None) for name in self.names}
        known = {name: value for name, value in held.items() if value is not None}
        super().__init__(_usual(event, kind) | known)
        self.at.flags.required = True
        for name in ("unit", "at", "audience"):
            if name not in self.names:
                del self[name]
        self._describe()

    def _describe(self) -> None:
        city = zone_city(self.event.zone)
        if self.kind is Kind.SOON:
            self.number.label.text = _("How many hours before the start")
            return
        self.number.description = (
            _("counted from the end of the event") if self.kind.comes_after
            else _("counted back from the start of the event; 0 is the day itself")
        )  # fmt: skip
        self.at.description = _(
            "Of days only, on the event’s clock: %(city)s time. Hours are counted exactly.",
            city=city,
        )

    @property
    def facts(self) -> dict[str, Any]:
        """What the verbs want."""
        facts = super().facts
        if "audience" in facts:
            facts["audience"] = Audience(facts["audience"])
        unit = Unit.HOURS if self.kind is Kind.SOON else Unit(facts["unit"])
        return facts | {"unit": unit, "at": facts["at"] if unit is Unit.DAYS else None}

    def validate_number(self, field: Field) -> None:
        """A sensible distance."""
        if self.kind is Kind.SOON:
            least, most = 1, MOST_HOURS_SOON
        elif self.unit.data == Unit.HOURS:
            least, most = 1, MOST_HOURS
        else:
            least, most = 0, MOST_DAYS
        if field.data is not None and not least <= field.data <= most:
            raise ValidationError(
                _("Enter a number from %(least)s to %(most)s.", least=least, most=most)
            )

    def validate_at(self, field: Field) -> None:
        if self.unit.data == Unit.DAYS and field.data is None:
            raise ValidationError(_("Enter the time of the day."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field for itself, then the moment that they make."""
        return super().validate(extra_validators) and self._makes_a_moment()

    def _makes_a_moment(self) -> bool:
        facts, event = self.facts, self.event
        moment = rules.moment(
            self.kind, facts["number"], facts["unit"], facts["at"],
            starts_at=event.starts_at, ends_at=event.ends_at, zone=event.zone,
        )  # fmt: skip
        if moment is None:
            start = moment_words(event.starts_at, event.zone)
            self.number.errors = [
                _("That is not before the start, %(start)s. Choose an earlier time.", start=start)
            ]
        return moment is not None
