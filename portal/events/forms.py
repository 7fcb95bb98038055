"""What organisers may send about an event."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    URLField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal import clock
from portal.events.models import Event
from portal.events.rules import State
from portal.fields import MomentField, WholeNumberField, text, web_address
from portal.forms import Form
from portal.text import clean

MOST_PLACES = 1_000_000


class OnTheEventsClock(Form):
    """A form whose times are read on the event's clock; `revision` is what its reader has seen."""

    revision = HiddenField()
    names: tuple[str, ...] = ()

    def __init__(self, event: Event, **given: Any) -> None:
        self.event = event
        known = {name: getattr(event, name) for name in self.names}
        super().__init__(data=known | {"revision": str(event.revision)} | given)

    def process(self, *args: Any, **kwargs: Any) -> None:
        for field in self:
            if isinstance(field, MomentField):
                field.zone = self.event.zone
        super().process(*args, **kwargs)

    @property
    def facts(self) -> dict[str, Any]:
        """What the verbs want."""
        return {name: self[name].data for name in self.names}

    @property
    def is_outdated(self) -> bool:
        """Whether somebody changed the event since this form was opened."""
        return bool(self.revision.data != str(self.event.revision))

    def _needs_order(self, first: str, then: Field, sentence: str) -> None:
        before = self[first].data
        if before is not None and then.data is not None and then.data <= before:
            raise ValidationError(sentence)


class NewTimeForm(OnTheEventsClock):
    """When a postponed event takes place after all."""

    names: tuple[str, ...] = ("starts_at", "ends_at")
    starts_at = MomentField(_l("Starts at"), [InputRequired(_l("Enter when it starts."))])
    ends_at = MomentField(_l("Ends at"), [InputRequired(_l("Enter when it ends."))])

    def validate_starts_at(self, field: Field) -> None:
        """A mistyped year would tell everybody; only what has begun may be said to have begun."""
        now, event = clock.now(), self.event
        is_to_come = event.state is State.POSTPONED or event.starts_at > now
        if is_to_come and field.data is not None and field.data <= now:
            raise ValidationError(_("This is in the past. Enter a start that is still to come."))

    def validate_ends_at(self, field: Field) -> None:
        self._needs_order("starts_at", field, _("An event has to end after it starts."))


class DetailsForm(NewTimeForm):
    """What can be changed of an event: time, place, the way in, places, and registration.

    A postponed event gets its new time when it takes place after all, by `NewTimeForm`.
    """

    names: tuple[str, ...] = (
        "starts_at", "ends_at", "venue", "address", "joining_url", "joining_minutes", "capacity",
        "waitlist", "approval", "registration_opens_at", "registration_closes_at", "changes_until",
    )  # fmt: skip
    venue = text(_l("Venue"), 300)
    address = text(_l("Address"), 500)
    joining_url = URLField(
        _l("Joining link"),
        [Optional(), Length(max=1000), web_address],
        filters=[clean],
        description=_l("Shown to people with a place only, and never on a public page."),
        render_kw={"autocomplete": "off", "maxlength": 1000},
    )
    joining_minutes = WholeNumberField(
        _l("Minutes before the start from which the link is shown"),
        [InputRequired(_l("Enter a number of minutes.")),
         NumberRange(0, 10_080, _l("Enter a number from 0 to 10080."))],
    )  # fmt: skip
    capacity = WholeNumberField(
        _l("Places"),
        [Optional(), NumberRange(0, MOST_PLACES, _l("Enter a number from 0 to 1000000."))],
        description=_l("Empty: as many as come. 0: nobody can register."),
    )
    waitlist = BooleanField(_l("Keep a waitlist when all places are taken"))
    approval = BooleanField(_l("Organisers approve each registration"))
    registration_opens_at = MomentField(
        _l("Registration opens at"), [Optional()], description=_l("Empty: at once.")
    )
    registration_closes_at = MomentField(
        _l("Registration closes at"), [Optional()], description=_l("Empty: when the event starts.")
    )
    changes_until = MomentField(
        _l("Registrants can change their details until"), [Optional()],
        description=_l("Empty: until the event starts."),
    )  # fmt: skip

    def __init__(self, event: Event, **given: Any) -> None:
        super().__init__(event, **given)
        if event.state is State.POSTPONED:
            self.names = tuple(name for name in self.names if name not in NewTimeForm.names)
            del self.starts_at, self.ends_at

    def validate_registration_closes_at(self, field: Field) -> None:
        self._needs_order(
            "registration_opens_at", field, _("Registration has to close after it opens.")
        )
