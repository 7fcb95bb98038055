"""Somebody registers others: who they are, who is told, and up to ten people."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.events.models import Event
from portal.events.rules import Format
from portal.fields import LONGEST_ADDRESS, AddressField, CountryField, text
from portal.forms import Form
from portal.i18n import page_language
from portal.labels import READERS
from portal.registrations.forms import RegistrationForm
from portal.registrations.models import Registration
from portal.registrations.person import address_key, name_key
from portal.registrations.readers import Readers
from portal.registrations.service.contacts import Acting
from portal.registrations.somebody import AboutSomebody
from portal.text import clean

MOST = 10
_ASKED_ONCE = ("organisation", "country")
_LEFT_TO_THEM = ("phone", "badge_name")
"""What the person adds by the link, if they wish."""


def readers(label: Any) -> RadioField:
    """Who gets letters, or the invite."""
    return RadioField(
        label,
        [InputRequired(_l("Choose one of these."))],
        choices=[SelectChoice(code, words) for code, words in READERS.items()],
    )


class ReadersForm(Form):
    """Chosen anew, by either of the two."""

    letters = readers(_l("Letters go to"))
    invites = readers(_l("The invite for the calendar goes to"))

    @property
    def chosen(self) -> tuple[Readers, Readers]:
        return Readers(self.letters.data), Readers(self.invites.data)


class Colleague(AboutSomebody):
    """One of those who are registered; may have no mailbox of their own."""

    email = AddressField(
        _l("Their own mail address"), optional=True,
        description=_l("Leave it empty if they have none: all letters then go to you alone, and "
                       "what needs their own consent cannot be kept."),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_ADDRESS, "spellcheck": "false"},
    )  # fmt: skip

    def __init__(self, event: Event, key: int, **values: Any) -> None:
        super().__init__(event, prefix=f"person{key}-", meta={"csrf": False}, **values)
        for name in (*_ASKED_ONCE, *_LEFT_TO_THEM):
            delattr(self, name)
        if not self.is_submitted() and not self.language.data:
            self.language.data = page_language()
        self.email.description = Colleague.email.kwargs["description"]
        self.email.label.text = Colleague.email.args[0]
        self.key = key

    def is_begun_at(self) -> None:
        """Whoever added or removed a person goes on there, not at the top of the page."""
        self.title.render_kw = {**(self.title.render_kw or {}), "autofocus": True}

    @property
    def chosen(self) -> list[int]:
        """Their sessions, at an event that has some to choose."""
        return list(self["sessions"].data) if "sessions" in self else []

    def known_by(self, form: "OfficeForm") -> dict[str, str]:
        """Who they are; without a mailbox of their own they have that of the office."""
        names = {name: self[name].data or "" for name in ("first_name", "last_name")}
        return names | {"email": self.email.data or form.email.data or ""}

    def of(self, form: "OfficeForm") -> dict[str, Any]:
        """The person's fields as the verbs want them, with what was asked once for all."""
        return self.known_by(form) | {
            "title": self.title.data or "",
            "badge_name": "",
            "phone": "",
            "organisation": form.organisation.data,
            "role": self.role.data or "",
            "stakeholder_group": self.group,
            "country": form.country.data,
            "attendance": self.attending,
            "access_needs": "",
            "diet": "",
        }


class OfficeForm(ReadersForm):
    """The form of who acts, with the people in it; nothing typed is lost by adding another."""

    unseen = ("csrf_token", "website", "order")
    form_key = HiddenField(filters=[clean])
    order = HiddenField(filters=[clean])
    website = RegistrationForm.website
    name = text(_l("Your name"), 200, _l("Enter your name."), render_kw={"autocomplete": "name"})
    email = AddressField(
        _l("Your mail address"),
        description=_l("The link to everybody whom you register goes there."),
        render_kw={"autocomplete": "email", "maxlength": LONGEST_ADDRESS, "spellcheck": "false"},
    )
    organisation = text(
        _l("Organisation"), 200, _l("Enter the organisation, or “none”."),
        render_kw={"autocomplete": "organization"},
    )  # fmt: skip
    country = CountryField(_l("Country"), _l("Choose the country."))

    validate_website = RegistrationForm.validate_website
    renew_key = RegistrationForm.renew_key

    def __init__(self, event: Event, most: int, person: type[Colleague] = Colleague) -> None:
        super().__init__()
        self.most, self._person = most, person
        keys = self._keys()
        if not keys:
            self.letters.data = self.letters.data or Readers.BOTH.value
            self.invites.data = self.invites.data or Readers.PERSON.value
        self.people = [person(event, key) for key in keys or range(1, min(most, 2) + 1)]
        self.keep_order()

    def _keys(self) -> list[int]:
        """By which the people of the form are told apart, in their order; none is there twice."""
        typed = (self.order.data or "").split(".")
        keys = [int(each) for each in typed if each.isascii() and each.isdigit() and len(each) < 4]
        return list(dict.fromkeys(keys))[: self.most]

    def keep_order(self) -> None:
        self.order.data = ".".join(str(each.key) for each in self.people)

    def rearranges(self, event: Event) -> bool:
        """Whether the button adds or removes a person, and nothing is sent yet."""
        if "more" in request.form and len(self.people) < self.most:
            used = {each.key for each in self.people}
            key = next(number for number in range(1, MOST + 2) if number not in used)
            self.people.append(self._person(event, key))
            self.people[-1].language.data = page_language()
            self.people[-1].is_begun_at()
        elif (gone := request.form.get("remove")) and len(self.people) > 1:
            keys = [str(each.key) for each in self.people]
            self.people = [each for each in self.people if str(each.key) != gone]
            if gone in keys:
                self.people[min(keys.index(gone), len(self.people) - 1)].is_begun_at()
        elif "more" not in request.form and not gone:
            return False
        self.keep_order()
        return True

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        if not self.is_submitted():
            return False
        is_valid = self.validate(extra_validators)
        for number, each in enumerate(self.people, start=1):
            is_valid &= each.validate()
            self._say_whose(each, number)
        return is_valid and self._are_all_different()

    def _say_whose(self, person: Colleague, number: int) -> None:
        if self.most > 1:
            for field in person:
                field.errors = [self._of(number, error) for error in field.errors]
            person.form_errors = [self._of(number, error) for error in person.form_errors]
        self.form_errors += person.form_errors

    def _of(self, number: int, sentence: Any) -> str:
        return _("Person %(number)s: %(error)s", number=number, error=sentence)

    def _are_all_different(self) -> bool:
        """The same mailbox and name are the same person."""
        known: set[tuple[str, str]] = set()
        for number, each in enumerate(self.people, start=1):
            person = each.of(self)
            key = address_key(person["email"]), name_key(person)
            if key in known:
                sentence = _("This person stands in the form twice. Remove one of them.")
                each.last_name.errors = [self._of(number, sentence)]
            known.add(key)
        return len(known) == len(self.people)

    def refuse(self, number: int, sentence: str) -> None:
        """One person cannot be registered, so nobody is."""
        if self.most > 1:
            nobody = _("Nobody of this form is registered.")
            self.form_errors = [self._of(number, sentence), nobody]
        else:
            self.form_errors = [sentence]

    @property
    def acting(self) -> Acting:
        letters, invites = self.chosen
        return Acting(self.name.data, self.email.data, page_language(), letters, invites)

    @property
    def all_fields(self) -> "Everything":
        """What the summary of errors goes through."""
        return Everything(self)


class Everything:
    """The form and the people in it as one list of fields."""

    def __init__(self, form: OfficeForm) -> None:
        self._forms: Sequence[Form] = (form, *form.people)
        self.form_errors: list[Any] = form.form_errors

    def __iter__(self) -> Iterator[Field]:
        for form in self._forms:
            yield from form

    @property
    def errors(self) -> list[Any]:
        return [*self.form_errors, *(error for field in self for error in field.errors)]


class Correction(AboutSomebody):
    """What an office may correct of somebody: not their mailbox, which is their own."""

    def __init__(self, registration: Registration) -> None:
        event, where = registration.event, None
        if event.online_capacity is not None:
            where = Format(registration.attendance.value)
        known = {
            name: getattr(registration, name)
            for name in ("title", "first_name", "last_name", "email", "badge_name", "organisation",
                         "role", "country", "language")
        }  # fmt: skip
        known["stakeholder_group"] = registration.stakeholder_group.value or ""
        known["attendance"] = registration.attendance.value
        super().__init__(event, event_format=where, data=known)
        del self.phone
        self._registration = registration
        if not registration.is_seen_to_by_its_office:
            del self.email

    @property
    def person(self) -> dict[str, Any]:
        """The person's fields as the verbs want them; what is not asked stays as it is."""
        kept = self._registration
        own = {name: getattr(kept, name) for name in ("phone", "access_needs", "diet")}
        names = ("title", "first_name", "last_name", "badge_name", "organisation", "role")
        return {
            **own,
            **{name: self[name].data or "" for name in names},
            "email": self.email.data if "email" in self else kept.email,
            "stakeholder_group": self.group,
            "country": self.country.data,
            "attendance": self.attending if kept.event.online_capacity is None else kept.attendance,
        }


class ContactForm(ReadersForm):
    """Who acts for somebody, as an organiser was told."""

    name = text(_l("Name"), 200, _l("Enter the name."))
    email = AddressField(
        _l("Mail address"), missing=_l("Enter a mail address, like name@example.eu."),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_ADDRESS, "spellcheck": "false"},
    )  # fmt: skip
    language = AboutSomebody.language

    def __init__(self, registration: Registration) -> None:
        acting = registration.acting
        known = {"letters": Readers.BOTH, "invites": Readers.PERSON, "language": page_language()}
        if acting is not None:
            names = ("name", "email", "language", "letters", "invites")
            known = {name: getattr(acting, name) for name in names}
        super().__init__(data={name: str(value) for name, value in known.items()})

    @property
    def acting(self) -> Acting:
        letters, invites = self.chosen
        return Acting(self.name.data, self.email.data, self.language.data, letters, invites)
