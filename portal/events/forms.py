"""What organisers may send about an event."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    StringField,
    URLField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import html_params

from portal import clock
from portal.events.models import Event
from portal.events.rules import State
from portal.events.wall_clock import instants
from portal.forms import Form
from portal.i18n import zone_mark
from portal.text import clean

HANDS = "%Y-%m-%dT%H:%M"
MOST_PLACES = 1_000_000


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


def _web_address(form: Form, field: Field) -> None:
    """A link that a page may carry: https or http, and a host."""
    try:
        parts = urlsplit(field.data)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in field.data:
        raise ValidationError(_("Enter a web address that begins with https://."))


def _text(label: Any, most: int, **options: Any) -> StringField:
    too_long = _l("Write at most %(most)s characters.", most=most)
    return StringField(
        label, [Optional(), Length(max=most, message=too_long)], filters=[clean],
        render_kw={"maxlength": most, "autocomplete": "off"}, **options,
    )  # fmt: skip


class WholeNumberField(IntegerField):
    """A number without a fraction, with our own sentence where it is none."""

    def process_formdata(self, values: list[str]) -> None:
        typed = values[0].strip() if values else ""
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            self.data = None
            raise ValueError(_("Enter a whole number, or leave it empty."))
        self.data = int(typed) if typed else None


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
    venue = _text(_l("Venue"), 300)
    address = _text(_l("Address"), 500)
    joining_url = URLField(
        _l("Joining link"),
        [Optional(), Length(max=1000), _web_address],
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
