"""What organisers may send about places that are kept."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, Field, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal import clock, labels
from portal.events.forms import MOST_PLACES
from portal.events.merging import MergingForm
from portal.events.models import Event, Quota
from portal.events.rules import State
from portal.events.text_forms import ticks
from portal.fields import MomentField, WholeNumberField
from portal.i18n import countries, country_code, moment_words, page_language
from portal.text import clean_lines

LONGEST_LIST = 4000
ROOM, ONLINE = "room", "online"


class QuotaForm(MergingForm):
    """For whom, how many, until when; of an event with two capacities, of which."""

    outdated = _l(
        "Somebody else has changed the quota meanwhile. Nothing of yours is lost, and nothing is "
        "saved yet: look at the form, and send it again."
    )
    names = ("groups", "countries", "invited", "places", "until", "part")
    groups = ticks(
        _l("Who takes part as"),
        choices=[SelectChoice(code, words) for code, words in labels.STAKEHOLDER_GROUPS.items()],
    )
    countries = TextAreaField(
        _l("And comes from"),
        [
            Optional(),
            Length(
                max=LONGEST_LIST,
                message=_l("Write at most %(most)s characters.", most=LONGEST_LIST),
            ),
        ],
        filters=[clean_lines],
        description=_l("Countries, one a line, by name or code: Greece or GR. Empty: any country."),
        render_kw={"rows": 3, "autocomplete": "off"},
    )
    invited = BooleanField(
        _l("Only for invited people"),
        description=_l("Those who register by the link of an invitation of this event. With groups "
                       "or countries above, only those of them who are invited."),
    )  # fmt: skip
    part = RadioField(
        _l("Where the places are"),
        [InputRequired(_l("Choose where the places are."))],
        choices=[SelectChoice(ROOM, _l("In the room")), SelectChoice(ONLINE, _l("Online"))],
    )
    places = WholeNumberField(
        _l("Places to keep"),
        [InputRequired(_l("Enter a number of places.")),
         NumberRange(1, MOST_PLACES, _l("Enter a number from 1 to 1000000."))],
    )  # fmt: skip
    until = MomentField(
        _l("Kept for them until"),
        [InputRequired(_l("Enter until when the places are kept."))],
        description=_l("From then on whatever is left is open to everybody, by itself. Choose a "
                       "moment before registration closes, so that those who wait can move up."),
    )  # fmt: skip

    def __init__(self, event: Event, quota: Quota | None) -> None:
        self.event, self.quota = event, quota
        known = {} if quota is None else _known(quota)
        super().__init__(known)
        if event.online_capacity is None:
            del self.part

    def process(self, formdata: Any = None, *args: Any, **given: Any) -> None:
        self.until.zone = self.event.zone
        super().process(formdata, *args, **given)

    def zone_now(self) -> str:
        return self.event.zone

    def validate_groups(self, field: Field) -> None:
        if not field.data and not self.countries.data and not self.invited.data:
            raise ValidationError(
                _("Choose a group, enter a country below, or keep the places for invited people.")
            )

    def validate_countries(self, field: Field) -> None:
        lines = (line.strip() for line in field.data.splitlines())
        wrong = [line[:60] for line in lines if line and not country_code(line)]
        if wrong:
            names = ", ".join(f"“{name}”" for name in wrong)
            raise ValidationError(
                ngettext("There is no country %(names)s.", "There are no countries %(names)s.",
                         len(wrong), names=names)
            )  # fmt: skip

    def validate_until(self, field: Field) -> None:
        """It may stay as it is, also when it is over."""
        same = self.quota is not None and field.data == self.quota.until
        if not same and field.data is not None and field.data <= clock.now():
            raise ValidationError(_("This is in the past. Enter a moment to come."))
        last = self._last_moment
        if not same and last is not None and field.data is not None and field.data > last:
            raise ValidationError(
                _("By then nobody could get what is left. The latest moment: %(moment)s",
                  moment=moment_words(last, self.event.zone))
            )  # fmt: skip

    @property
    def _last_moment(self) -> datetime | None:
        """Until when somebody can get a place; invited people also when registration is closed."""
        event = self.event
        if event.state is State.POSTPONED:
            return None
        closes_at = None if self.invited.data else event.registration_closes_at
        return closes_at or event.starts_at

    @property
    def facts(self) -> dict[str, Any]:
        """What the verbs want."""
        lines = (self.countries.data or "").splitlines()
        was_online = self.quota is not None and self.quota.online
        return {
            "places": self.places.data,
            "until": self.until.data,
            "groups": list(self.groups.data or []),
            "countries": sorted({country_code(line) for line in lines if line.strip()}),
            "invited": bool(self.invited.data),
            "online": self.part.data == ONLINE if "part" in self else was_online,
        }


def _known(quota: Quota) -> dict[str, Any]:
    named = dict(countries(page_language()))
    return {
        "places": quota.places,
        "until": quota.until,
        "groups": quota.groups,
        "countries": "\n".join(named.get(code, code) for code in quota.countries),
        "invited": quota.invited,
        "part": ONLINE if quota.online else ROOM,
    }
