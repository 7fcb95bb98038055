"""The person's fields in words about somebody else: at the desk, and for a colleague."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.events.models import Event
from portal.events.rules import Format
from portal.i18n import ENDONYMS, languages
from portal.registrations.forms import CONSENTS, PersonForm
from portal.registrations.rules import NEEDED_FOR, StakeholderGroup

# The same fields as the person's own form has, in words about somebody else.
_WORDS: dict[str, tuple[Any, Any, Any]] = {
    "title": (_l("Title"), None, _l("For example Dr or Ms.")),
    "first_name": (_l("First name"), _l("Enter the first name."), ""),
    "last_name": (_l("Last name"), _l("Enter the last name."), ""),
    "badge_name": (_l("Name on the badge"), None, _l("If it should differ from the name.")),
    "email": (
        _l("Mail address"), _l("Enter a mail address, like name@example.eu."),
        _l("Letters and calendar invites go there."),
    ),
    "phone": (
        _l("Telephone"), None,
        _l("Used only if a letter cannot reach the person or something urgent happens on the day."),
    ),
    "organisation": (_l("Organisation"), _l("Enter the organisation, or “none”."), ""),
    "role": (_l("Role"), None, ""),
    "stakeholder_group": (_l("Takes part as"), _l("Choose what describes the person best."), ""),
    "country": (_l("Country"), _l("Choose the country."), ""),
    "attendance": (_l("Attendance"), _l("Choose how the person takes part."), ""),
    "access_needs": (_l("Access needs"), None, ""),
    "diet": (_l("Diet"), None, ""),
}  # fmt: skip


class AboutSomebody(PersonForm):
    """Who enters somebody else ticks no consent for them."""

    language = SelectField(
        _l("Language of letters"),
        [InputRequired(_l("Choose the language of letters."))],
        choices=lambda: [SelectChoice(code, ENDONYMS.get(code, code)) for code in languages()],
    )

    def __init__(
        self,
        event: Event,
        *,
        needs: Sequence[str] = (),
        event_format: Format | None = None,
        **values: Any,
    ) -> None:
        super().__init__(event_format or event.format, **values)
        gone = {*CONSENTS, *NEEDED_FOR.values()} - set(needs)
        for name in gone & set(self._fields):
            delattr(self, name)
        for name, (label, missing, description) in _WORDS.items():
            if name in self:
                _say(self[name], label, missing, description)

    @property
    def group(self) -> StakeholderGroup:
        return StakeholderGroup(self.stakeholder_group.data)


def _say(field: Field, label: Any, missing: Any, description: Any) -> None:
    """In words about somebody else; and no browser fills in the organiser's own data."""
    field.label.text, field.description = label, description
    field.validators = [
        InputRequired(missing) if isinstance(each, InputRequired) else each
        for each in field.validators
    ]
    field.render_kw = {**(field.render_kw or {}), "autocomplete": "off"}
