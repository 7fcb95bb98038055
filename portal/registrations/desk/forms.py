"""What organisers may send about a person."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    FileField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from portal import labels
from portal.events.merging import MergingForm
from portal.events.models import Event
from portal.fields import WholeNumberField, text
from portal.forms import Form
from portal.i18n import page_language
from portal.registrations import reports
from portal.registrations.comparing import half
from portal.registrations.forms import CONSENTS
from portal.registrations.models import Registration
from portal.registrations.person import FIELDS
from portal.registrations.rules import NEEDED_FOR, Placing, Target
from portal.registrations.service import notes
from portal.registrations.somebody import AboutSomebody
from portal.text import clean_lines

LONGEST_REASON = 500
LONGEST_NOTE = 2000
MOST_MINUTES = 24 * 60
CAN_BE_SEEN = _l("The person can ask to see this. Write nothing that you would not tell them.")


class CorrectionForm(AboutSomebody, MergingForm):
    """All of a person's fields, and the consents that they gave."""

    outdated = _l(
        "Somebody else, perhaps the person, has changed the details meanwhile. Nothing of yours is "
        "lost, and nothing is saved yet: look at the form, and save again."
    )
    names = (*FIELDS, "language")
    taken = SelectMultipleField(
        _l("Take a consent away"),
        [Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Only when the person asked you to. Nobody can give one for them."),
    )

    def __init__(self, registration: Registration) -> None:
        given = registration.consents
        needs = [about for consent, about in NEEDED_FOR.items() if consent in given]
        known = {name: str(getattr(registration, name) or "") for name in self.names}
        super().__init__(registration.event, needs=needs, known=known)
        self.taken.choices = [
            SelectChoice(name, labels.CONSENTS[name]) for name in CONSENTS if name in given
        ]
        if not self.taken.choices:
            del self.taken

    @property
    def taken_away(self) -> list[str]:
        return list(self.taken.data or []) if "taken" in self else []


class EntryForm(AboutSomebody):
    """Somebody is entered by hand: who, where the data are from, and where they stand."""

    source = text(
        _l("Where you have their data from"), 300, _l("Say where you have their data from."),
        description=_l("The letter says it, for example: you asked for it by telephone on "
                       "12 November."),
    )  # fmt: skip
    placing = RadioField(
        _l("If there is no free place, or others wait"),
        [Optional()],
        choices=[
            SelectChoice(Placing.END.value, _l("To the end of the line")),
            SelectChoice(Placing.NEXT.value, _l("Before everybody who waits: the free place, or "
                                                "else the next one, is theirs")),
        ],
    )  # fmt: skip

    def __init__(self, event: Event) -> None:
        super().__init__(event, data={"language": page_language()})

    def place(self) -> Placing | None:
        return Placing(self.placing.data) if self.placing.data else None


def _reason(label: Any, missing: Any) -> TextAreaField:
    too_long = _l("Write at most %(most)s characters.", most=LONGEST_REASON)
    return TextAreaField(
        label,
        [InputRequired(missing), Length(max=LONGEST_REASON, message=too_long)],
        filters=[clean_lines],
        render_kw={"rows": 3, "maxlength": LONGEST_REASON, "autocomplete": "off"},
        description=CAN_BE_SEEN,
    )


class ReasonForm(Form):
    """Why something is done out of turn."""

    reason = _reason(_l("Reason"), _l("Say why."))

    def validate_reason(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(field.validators[0].message)


class ToldForm(ReasonForm):
    """The person was told by telephone."""

    reason = _reason(_l("What you told them"), _l("Write what you told them."))


class PositionForm(ReasonForm):
    """Another position in line; `seen` is the one that its reader saw."""

    unseen = ("csrf_token", "seen")
    seen = HiddenField()
    target = RadioField(
        _l("Where to"),
        [InputRequired(_l("Choose where to."))],
        choices=[
            SelectChoice(Target.TO.value, _l("to position")),
            SelectChoice(Target.BEFORE.value, _l("before the person at position")),
            SelectChoice(Target.AFTER.value, _l("behind the person at position")),
        ],
        default=Target.TO.value,
    )
    number = WholeNumberField(_l("Position"), [InputRequired(_l("Enter a position."))])

    def __init__(self, length: int) -> None:
        super().__init__()
        self.number.validators = [
            *self.number.validators,
            NumberRange(1, length, _l("Enter a number from 1 to %(most)s.", most=length)),
        ]


class NoteForm(Form):
    """Something that organisers should know of a person."""

    text = TextAreaField(
        _l("Note"),
        [InputRequired(_l("Write the note.")),
         Length(max=LONGEST_NOTE, message=_l("Write at most %(most)s characters.",
                                             most=LONGEST_NOTE))],
        filters=[clean_lines],
        render_kw={"rows": 3, "maxlength": LONGEST_NOTE, "autocomplete": "off"},
        description=CAN_BE_SEEN,
    )  # fmt: skip
    kept_until = DateField(
        _l("Kept until"),
        [InputRequired(_l("Enter a day, like 2027-02-17."))],
        description=_l("It is deleted then. At most a year from today."),
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, event: Event, now: datetime) -> None:
        self.zone, self.now = ZoneInfo(event.zone), now
        usual = notes.usual_end(event, now).astimezone(self.zone).date()
        super().__init__(data={"kept_until": min(usual, self._last())})

    def validate_text(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_l("Write the note."))

    def validate_kept_until(self, field: Field) -> None:
        today = self.now.astimezone(self.zone).date()
        if field.data is not None and not today <= field.data <= self._last():
            raise ValidationError(_l("Choose a day from today to a year from today."))

    @property
    def expires_at(self) -> datetime:
        """The end of that day on the event's clock."""
        return datetime.combine(self.kept_until.data, time(23, 59, 59), self.zone)

    def _last(self) -> date:
        """The last day that ends within the year."""
        latest = (self.now + notes.LONGEST_KEPT).astimezone(self.zone).date()
        return latest - timedelta(days=1)


class ReportForm(Form):
    """The report of an online meeting, and how long somebody has to have been there."""

    file = FileField(
        _l("Attendance report"),
        description=_l("The CSV file that Webex, Zoom or Microsoft Teams offers after the meeting. "
                       "Nothing is noted before you have seen what would be."),
        render_kw={"accept": ".csv,.tsv,.txt"},
    )  # fmt: skip
    minutes = WholeNumberField(
        _l("Minutes needed to have attended"),
        [
            InputRequired(_l("Enter a number of minutes.")),
            NumberRange(1, MOST_MINUTES, _l("Enter a number from %(min)s to %(max)s.")),
        ],
        description=_l("Several visits of one person are added up."),
    )

    name_head = text(_l("Head of the column with the names"), 100)
    address_head = text(_l("Head of the column with the mail addresses"), 100)
    duration_head = text(_l("Head of the column with the time in the meeting"), 100)

    def __init__(self, event: Event) -> None:
        super().__init__(data={"minutes": half(event.starts_at, event.ends_at)})
        self.file.flags.required = True

    def validate_file(self, field: Field) -> None:
        if not field.data or not field.data.filename:
            raise StopValidation(_("Choose a file."))
        try:
            self.people = reports.read(field.data.stream.read(reports.MOST_BYTES + 1), self._said)
        except reports.NotAReport as error:
            raise StopValidation(str(labels.REPORT_FAULTS[error.fault])) from error

    @property
    def _said(self) -> reports.Named:
        """Which columns the organiser named: typed as they stand in the file."""
        return reports.named(
            name=self.name_head.data or "",
            address=self.address_head.data or "",
            duration=self.duration_head.data or "",
        )
