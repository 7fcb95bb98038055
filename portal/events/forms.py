"""What organisers may send about an event."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    URLField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal import clock, labels
from portal.errors import Refused
from portal.events import queries, service, zones
from portal.events.choices import worded
from portal.events.merging import MergingForm
from portal.events.models import Event
from portal.events.rules import Format, Misplaced, State, misplaced
from portal.fields import MomentField, WholeNumberField, text, web_address
from portal.text import clean

MOST_PLACES = 1_000_000
MOST_OFFER_HOURS = 336


def joining_url_field() -> URLField:
    return URLField(
        _l("Joining link"),
        [Optional(), Length(max=1000), web_address],
        filters=[clean],
        description=_l("Shown to people with a place only, and never on a public page."),
        render_kw={"autocomplete": "off", "maxlength": 1000},
    )


class OnTheEventsClock(MergingForm):
    """A form whose times are read on the event's clock, or on that which it chooses."""

    def __init__(self, event: Event, **given: Any) -> None:
        self.event = event
        super().__init__({name: getattr(event, name) for name in self.names}, **given)

    def process(self, formdata: Any = None, *args: Any, **given: Any) -> None:
        formdata = self.meta.wrap_formdata(self, formdata)
        zone = (formdata or {}).get("zone", "")
        for field in self:
            if isinstance(field, MomentField):
                field.zone = zone if zone in zones.names() else self.event.zone
        super().process(formdata, *args, **given)

    def zone_now(self) -> str:
        return self.event.zone

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
        "starts_at", "ends_at", "zone", "format", "venue", "address", "joining_url",
        "joining_minutes", "capacity", "online_capacity", "waitlist", "offer_hours", "approval",
        "no_withdraws", "transferable", "registration_opens_at", "registration_closes_at",
        "changes_until", "withdrawals_until", "decision_at",
    )  # fmt: skip
    zone = SelectField(
        _l("Time zone"),
        [InputRequired()],
        description=_l("Another zone keeps the hands of the clock: 14:00 stays 14:00, there."),
    )
    format = RadioField(
        _l("How people take part"),
        [InputRequired(_l("Choose how people take part."))],
        choices=worded(labels.FORMATS),
        coerce=Format,
    )
    venue = text(_l("Venue"), 300, description=_l("Empty where the event is only online."))
    address = text(_l("Address"), 500)
    joining_url = joining_url_field()
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
    online_capacity = WholeNumberField(
        _l("Places online"),
        [Optional(), NumberRange(0, MOST_PLACES, _l("Enter a number from 0 to 1000000."))],
        description=_l("Only for events in person and online. With a number here, the places above "
                       "are those in the room. Empty: both share them."),
    )  # fmt: skip
    waitlist = BooleanField(_l("Keep a waitlist when all places are taken"))
    offer_hours = WholeNumberField(
        _l("Hours for which a free place is offered to the next in line"),
        [Optional(), NumberRange(1, MOST_OFFER_HOURS, _l("Enter a number from 1 to 336."))],
        description=_l("They take it by a button, or it goes on to the next. Never longer than "
                       "registration is open. Empty: they get the place at once."),
    )  # fmt: skip
    approval = BooleanField(_l("Organisers approve each registration"))
    no_withdraws = BooleanField(
        _l("A No from somebody’s calendar gives their place back"),
        description=_l(
            "Only where it is proven who sent it. Anybody else gets a letter with a "
            "button to withdraw."
        ),
    )
    transferable = BooleanField(
        _l("Registrants may hand their place over to a colleague"),
        description=_l("Until the date by which details can be changed. The colleague gets that "
                       "very place, also where you approve each registration."),
    )  # fmt: skip
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
    withdrawals_until = MomentField(
        _l("Registrants can withdraw in time until"), [Optional()],
        description=_l("Whoever gives a place back later still can, and it is noted as late. "
                       "Empty: it is never late."),
    )  # fmt: skip

    decision_at = MomentField(
        _l("People hear whether there is a place for them by"), [Optional()],
        description=_l("Said to those whom you approve, and to a line in which places are kept for "
                       "groups. Empty: they are told that no date is set."),
    )  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        """What the event had to have before it was public, it keeps."""
        is_valid = super().validate(extra_validators) and self._has_places_for_quotas()
        has_place = self.venue.data or self.address.data or self.format.data is Format.ONLINE
        if self.event.state is State.DRAFT or not self.event.place or has_place:
            return is_valid
        self.venue.errors = [_("The event is public: enter a venue or an address.")]
        return False

    def _has_places_for_quotas(self) -> bool:
        try:
            planned = self.event.planned(self.facts)
            quotas = queries.quotas([self.event.id]) if self.event.has_quotas else []
            service.ensure_places_for_quotas(planned, quotas, clock.now())
        except Refused as refused:
            self.capacity.errors = [refused.sentence]
            return False
        return True

    def __init__(self, event: Event, **given: Any) -> None:
        if event.state is State.POSTPONED:
            self.names = tuple(name for name in self.names if name not in NewTimeForm.names)
        if not _proves_senders():
            self.names = tuple(name for name in self.names if name != "no_withdraws")
        super().__init__(event, **given)

    def process(self, formdata: Any = None, *args: Any, **given: Any) -> None:
        self.zone.choices = worded(dict(zones.choices(self.event.starts_at, self.event.zone)))
        if self.event.state is State.POSTPONED:
            del self.starts_at, self.ends_at
        if not _proves_senders():
            del self.no_withdraws
        super().process(formdata, *args, **given)

    @property
    def facts(self) -> dict[str, Any]:
        """What is only online has no place."""
        return service.whole(super().facts)

    def validate_registration_closes_at(self, field: Field) -> None:
        self._needs_order(
            "registration_opens_at", field, _("Registration has to close after it opens.")
        )
        self._lies_in_order(field, at_most="starts_at")

    def validate_changes_until(self, field: Field) -> None:
        self._lies_in_order(field, at_most="starts_at")

    def validate_withdrawals_until(self, field: Field) -> None:
        self._lies_in_order(field, at_most="ends_at")

    def validate_decision_at(self, field: Field) -> None:
        self._lies_in_order(field, at_most="starts_at")

    def _lies_in_order(self, field: Field, *, at_most: str) -> None:
        """The times of a postponed event are not asked for, and bound nothing."""
        if field.data is None:
            return
        last = self[at_most].data if at_most in self else None
        opens_at = self.registration_opens_at.data
        wrong = misplaced(field.data, opens_at=opens_at, at_most=last)
        if wrong is Misplaced.EARLY:
            raise ValidationError(_("Enter a time after registration opens, or leave it empty."))
        if wrong is Misplaced.LATE and at_most == "starts_at":
            raise ValidationError(_("Enter a time before the event starts, or leave it empty."))
        if wrong is Misplaced.LATE:
            raise ValidationError(_("Enter a time before the event ends, or leave it empty."))


def _proves_senders() -> bool:
    """Whether the portal reads answers of calendars, and is told who sent them."""
    return bool(current_app.extensions["portal"].inbox_authserv_id)


class MoveOnlineForm(OnTheEventsClock):
    """The one question of an event that moves online; its answer may follow.

    The place is in it so that its sender is told when a colleague has just found another.
    """

    names: tuple[str, ...] = ("joining_url", "venue", "address")
    joining_url = joining_url_field()
    venue = HiddenField(_l("Venue"))
    address = HiddenField(_l("Address"))

    @property
    def facts(self) -> dict[str, Any]:
        everybody = {"format": Format.ONLINE, "capacity": self.event.places_in_all}
        return service.whole(super().facts | everybody)
