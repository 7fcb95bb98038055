"""What organisers may send about the second form."""

from datetime import datetime
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, ValidationError
from wtforms.validators import InputRequired

from portal.events.models import Event
from portal.fields import MomentField
from portal.forms import Form
from portal.i18n import moment_words
from portal.text import clean


class DateForm(Form):
    """Until when answers are wanted."""

    until = MomentField(
        _l("Until when people should answer"),
        [InputRequired(_l("Enter a date and a time, as in 2027-01-18 14:00."))],
        description=_l("Until then people can change their answers as well. If the event moves, "
                       "this date moves with it."),
    )  # fmt: skip

    def __init__(self, event: Event, until: datetime | None, now: datetime) -> None:
        self.event, self.now = event, now
        super().__init__(data={"until": until} if until else None)

    def process(self, *args: Any, **given: Any) -> None:
        self.until.zone = self.event.zone
        super().process(*args, **given)

    @property
    def moment(self) -> datetime:
        """The date of a form that was found right."""
        return cast(datetime, self.until.data)

    def validate_until(self, field: Field) -> None:
        """A date to come, at the latest the start of the event."""
        if field.data is None:
            return
        start = moment_words(self.event.starts_at, self.event.zone)
        if field.data <= self.now:
            raise ValidationError(_("Enter a date that is to come."))
        if field.data > self.event.starts_at:
            raise ValidationError(_("The event starts on %(start)s. Enter a date before that.",
                                    start=start))  # fmt: skip


class ReminderNowForm(Form):
    """That those are reminded who have not answered; `last` is the reminder that was seen."""

    last = HiddenField(filters=[clean])
