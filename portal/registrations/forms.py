"""What registrants may send."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.events.rules import Format
from portal.fields import LONGEST_ADDRESS, AddressField, CountryField, text
from portal.forms import Form
from portal.labels import ATTENDANCE, STAKEHOLDER_GROUPS
from portal.registrations.models import Registration
from portal.registrations.rules import NEEDED_FOR, NOTICE_VERSION, Attendance, StakeholderGroup
from portal.registrations.service.one_way import one_way_sentence
from portal.text import clean, clean_lines

CONSENTS = ("access_consent", "diet_consent", "list_consent", "photo_consent")


_NUMBER = re.compile(r"(?=(?:[^0-9]*[0-9]){3})[\w ()./+*#,;:–-]+")


def _lines(value: str | None) -> str:
    return clean_lines(value)


AnyForm = TypeVar("AnyForm", bound="PersonForm")


class PersonForm(Form):
    """Who comes, and how; the same fields at first and when they are corrected."""

    title = text(
        _l("Title"), 50, render_kw={"autocomplete": "honorific-prefix"},
        description=_l("As you wish to be addressed, for example Dr or Ms."),
    )  # fmt: skip
    first_name = text(
        _l("First name"), 100, _l("Enter your first name."),
        render_kw={"autocomplete": "given-name"},
    )  # fmt: skip
    last_name = text(
        _l("Last name"), 100, _l("Enter your last name."),
        render_kw={"autocomplete": "family-name"},
    )  # fmt: skip
    badge_name = text(
        _l("Name on your badge"), 100, description=_l("If it should differ from your name."),
        render_kw={"autocomplete": "nickname"},
    )  # fmt: skip
    email = AddressField(
        _l("Mail address"), description=_l("Your confirmation and calendar invite go there."),
        render_kw={"autocomplete": "email", "maxlength": LONGEST_ADDRESS, "spellcheck": "false"},
    )  # fmt: skip
    phone = text(
        _l("Telephone"), 40,
        description=_l("Used only if a letter cannot reach you or something urgent happens on "
                       "the day."),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )  # fmt: skip
    organisation = text(
        _l("Organisation"), 200, _l("Enter your organisation, or “none”."),
        render_kw={"autocomplete": "organization"},
    )  # fmt: skip
    role = text(
        _l("Role"), 200, render_kw={"autocomplete": "organization-title"},
        description=_l("For example head of unit, teacher, adviser."),
    )  # fmt: skip
    stakeholder_group = SelectField(
        _l("You take part as"),
        [InputRequired(_l("Choose what describes you best."))],
        choices=[
            SelectChoice("", ""),
            *(SelectChoice(c, label) for c, label in STAKEHOLDER_GROUPS.items()),
        ],
    )
    country = CountryField(
        _l("Country"), _l("Choose your country."), render_kw={"autocomplete": "country"}
    )
    attendance = RadioField(
        _l("How you take part"),
        [InputRequired(_l("Choose how you take part."))],
        choices=[SelectChoice(code, label) for code, label in ATTENDANCE.items()],
    )
    access_needs = TextAreaField(
        _l("What you need to take part"),
        [Optional(), Length(max=1000, message=_l("Write at most 1,000 characters."))],
        filters=[_lines],
        render_kw={"rows": 3, "maxlength": 1000, "autocomplete": "off"},
    )
    access_consent = BooleanField(
        _l("I agree that the organisers use what I wrote about my needs to prepare the event.")
    )
    diet = TextAreaField(
        _l("What you cannot eat"),
        [Optional(), Length(max=1000, message=_l("Write at most 1,000 characters."))],
        filters=[_lines],
        render_kw={"rows": 2, "maxlength": 1000, "autocomplete": "off"},
    )
    diet_consent = BooleanField(
        _l("I agree that what I wrote about food, which may say something about my health or "
           "beliefs, is used for the catering.")
    )  # fmt: skip
    list_consent = BooleanField(
        _l("My name, organisation and country may stand in the list that other attendees see.")
    )
    photo_consent = BooleanField(
        _l("Photographs and recordings on which I can be recognised may be published.")
    )

    def __init__(self, event_format: Format, **values: Any) -> None:
        super().__init__(**values)
        self.way_is_gone = self._chose_other_than(event_format)
        if event_format is not Format.HYBRID:
            del self.attendance
        if event_format is Format.ONLINE:
            for name in ("access_needs", "access_consent", "diet", "diet_consent"):
                delattr(self, name)
        self.event_format = event_format

    def _chose_other_than(self, event_format: Format) -> bool:
        """Whether it was filled in for another event than this one is by now: nobody is put into a
        room who said online, and nobody's needs are dropped without a word."""
        chosen = next(iter(self.attendance.raw_data or ()), "")
        needs = not chosen and any(field.raw_data and field.data
                                   for field in (self.access_needs, self.diet))  # fmt: skip
        if event_format is Format.ONLINE:
            return needs or chosen == Attendance.IN_PERSON.value
        return event_format is Format.IN_PERSON and chosen == Attendance.ONLINE.value

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        if self.way_is_gone:
            self.form_errors += [one_way_sentence(self.event_format)]
        return is_valid and not self.way_is_gone

    def say_for_how_long(self, days: int) -> None:
        """What is asked for, and when it is forgotten: as the event's record has it."""
        if self.access_needs:
            self.access_needs.description = _(
                "For example step-free access, a hearing loop, sign language. Asked so that the "
                "venue can be prepared; seen by the organisers of this event only; deleted "
                "%(days)s days after the event.",
                days=days,
            )
            self.diet.description = _(
                "For example allergies, vegetarian. Asked for the catering; seen by the "
                "organisers, and by the caterer without your name; deleted %(days)s days after the "
                "event.",
                days=days,
            )

    def validate_phone(self, field: Field) -> None:
        """As people write numbers, extension and all: three digits, and no more is asked."""
        if field.data and not _NUMBER.fullmatch(field.data):
            raise ValidationError(_l("Enter a telephone number, like +32 2 123 45 67."))

    def validate_access_consent(self, field: Field) -> None:
        self._needs_consent(field, self.access_needs)

    def validate_diet_consent(self, field: Field) -> None:
        self._needs_consent(field, self.diet)

    def _needs_consent(self, consent: Field, about: Field) -> None:
        if about.data and not consent.data and self._comes():
            raise ValidationError(
                _l("Tick this to let us use what you wrote under “%(field)s”, or delete it there.",
                   field=about.label.text)
            )  # fmt: skip

    def _comes(self) -> bool:
        return self.attending is Attendance.IN_PERSON

    @property
    def attending(self) -> Attendance:
        if self.event_format is Format.HYBRID:
            wants_online = self.attendance.data == Attendance.ONLINE.value
            return Attendance.ONLINE if wants_online else Attendance.IN_PERSON
        online = self.event_format is Format.ONLINE
        return Attendance.ONLINE if online else Attendance.IN_PERSON

    @property
    def name_and_mailbox(self) -> dict[str, str]:
        """By what a person is recognised, also while other fields are still wrong."""
        return {name: self[name].data or "" for name in ("first_name", "last_name", "email")}

    @property
    def person(self) -> dict[str, Any]:
        """The person's fields as the verbs want them."""
        names = ("title", "first_name", "last_name", "badge_name", "email", "phone", "organisation",
                 "role")  # fmt: skip
        needs = {
            name: (self[name].data or "") if name in self else ""
            for name in ("access_needs", "diet")
        }
        return {
            **{name: self[name].data or "" for name in names},
            "stakeholder_group": StakeholderGroup(self.stakeholder_group.data),
            "country": self.country.data,
            "attendance": self.attending,
            **needs,
        }

    def consents(self, notice: str, now: datetime) -> dict[str, Any]:
        """Each consent given, with the versions of its text and of the notice, and the moment."""
        at = now.isoformat(timespec="seconds")
        proof = {"version": NOTICE_VERSION, "notice": notice, "at": at}
        given = [name for name in CONSENTS if name in self and self[name].data]
        return {name: proof for name in given if self._is_about_something(name)}

    def _is_about_something(self, consent: str) -> bool:
        about = NEEDED_FOR.get(consent)
        return about is None or bool(self[about].data and self._comes())


class ReadingForm(PersonForm):
    """One's own details: the form knows which notice stood beside it."""

    notice = HiddenField(filters=[clean])


class RegistrationForm(ReadingForm):
    """The first time: with the form's own key, and a field that only robots fill."""

    unseen = ("csrf_token", "website")
    sends_to, for_another, for_somebody = "", False, ""
    """Where it is sent if not to the event's own form, as behind the link of an invitation; and
    where one registers somebody else by it."""
    passes_approval, kept_until = False, ""
    """What the link gives: a place without the organisers' decision, or a kept one until then."""
    form_key = HiddenField(filters=[clean])
    website = StringField(_l("Leave this field empty"), render_kw={"autocomplete": "off"})

    def validate_website(self, field: Field) -> None:
        if field.data:
            field.data = ""
            raise ValidationError(
                _l("A field that people do not see was filled, as robots do. It is empty again: "
                   "send the form once more.")
            )  # fmt: skip

    def renew_key(self) -> None:
        """A form that is shown for the first time gets a key of its own."""
        if not self.form_key.data:
            self.form_key.data = new_key()


def new_key() -> str:
    """By which a form that is sent twice is recognised."""
    return secrets.token_urlsafe(12)


class LinkForm(Form):
    """For who lost the link to their registration."""

    email = AddressField(
        _l("Mail address"), description=_l("The one that you registered with."),
        render_kw={"autocomplete": "email", "maxlength": LONGEST_ADDRESS, "spellcheck": "false"},
    )  # fmt: skip


LAST_DETAILS = (
    "title", "first_name", "last_name", "badge_name", "email", "phone", "organisation", "role",
    "country",
)  # fmt: skip
"""What a form can be filled in with: nothing about health or beliefs, and nothing agreed to."""


def of_last_details(
    registration: Registration, event_format: Format, make: type[RegistrationForm]
) -> RegistrationForm:
    """An event's form with what a person wrote at their last one; how they come is asked anew."""
    known: dict[str, Any] = {name: getattr(registration, name) for name in LAST_DETAILS}
    known["stakeholder_group"] = registration.stakeholder_group.value or ""
    return make(event_format, data=known)


def of_registration(registration: Registration, make: Callable[..., AnyForm]) -> AnyForm:
    """The form, filled with what is known."""
    known: dict[str, Any] = {
        name: getattr(registration, name)
        for name in ("title", "first_name", "last_name", "badge_name", "email", "phone",
                     "organisation", "role", "country", "access_needs", "diet")
    }  # fmt: skip
    known |= {name: name in registration.consents for name in CONSENTS}
    return make(
        registration.event.format,
        data=known
        | {
            "stakeholder_group": registration.stakeholder_group.value or "",
            "attendance": registration.attendance.value,
        },
    )
