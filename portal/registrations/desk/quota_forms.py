"""What organisers may send about places that are kept."""

from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal import clock, labels
from portal.events.forms import MOST_PLACES
from portal.events.merging import MergingForm
from portal.events.models import Event, Quota
from portal.events.text_forms import ticks
from portal.fields import MomentField, WholeNumberField
from portal.i18n import countries, languages, page_language
from portal.text import clean_lines, fold

LONGEST_LIST = 4000
ROOM, ONLINE = "room", "online"


class QuotaForm(MergingForm):
    """For whom, how many, until when; of an event with two capacities, of which."""

    outdated = _l(
        "Somebody else has changed the quota meanwhile. Nothing of yours is lost, and nothing is "
        "saved yet: look at the form, and send it again."
    )
    names = ("groups", "countries", "places", "until", "part")
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
        if not field.data and not self.countries.data:
            raise ValidationError(_("Choose a group, or enter a country below, or both."))

    def validate_countries(self, field: Field) -> None:
        for line in field.data.splitlines():
            if line.strip() and not _code_of(line):
                raise ValidationError(_("There is no country “%(name)s”.", name=line.strip()[:60]))

    def validate_until(self, field: Field) -> None:
        """It may stay as it is, also when it is over."""
        same = self.quota is not None and field.data == self.quota.until
        if not same and field.data is not None and field.data <= clock.now():
            raise ValidationError(_("This is in the past. Enter a moment to come."))

    @property
    def facts(self) -> dict[str, Any]:
        """What the verbs want."""
        lines = (self.countries.data or "").splitlines()
        was_online = self.quota is not None and self.quota.online
        return {
            "places": self.places.data,
            "until": self.until.data,
            "groups": list(self.groups.data or []),
            "countries": sorted({_code_of(line) for line in lines if line.strip()}),
            "online": self.part.data == ONLINE if "part" in self else was_online,
        }


def _known(quota: Quota) -> dict[str, Any]:
    named = dict(countries(page_language()))
    return {
        "places": quota.places,
        "until": quota.until,
        "groups": quota.groups,
        "countries": "\n".join(named.get(code, code) for code in quota.countries),
        "part": ONLINE if quota.online else ROOM,
    }


def _code_of(line: str) -> str:
    """The country that a line means, by code or by its name in any language of the portal."""
    wanted = fold(line).strip()
    spoken = dict.fromkeys((page_language(), *languages()))
    return next((code for lang in spoken if (code := _codes(lang).get(wanted))), "")


_EU = {"el": "GR", "uk": "GB"}
"""As the institutions write these two (Interinstitutional style guide, 7.1.1)."""


@lru_cache(maxsize=64)
def _codes(lang: str) -> dict[str, str]:
    """Codes by names and by themselves, without accents and in small letters."""
    found = countries(lang)
    return (
        {fold(name): code for code, name in found}
        | {code.lower(): code for code, _n in found}
        | _EU
    )
