"""What editors send to begin an item, publish it, extend its deadline, or correct it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, ValidationError
from wtforms.validators import InputRequired

from portal import clock
from portal.events.choices import worded
from portal.events.text_forms import ADDRESS, slug_field, title_field
from portal.fields import MomentField, TranslatedField
from portal.forms import Form
from portal.i18n import translated
from portal.news import queries, service
from portal.news.models import Item
from portal.news.rules import RESERVED, Kind, end_of_day
from portal.news.shown import KINDS
from portal.text import slug


def is_free_slug(field: Field, but: int | None = None) -> None:
    """An address that can be typed and read out, and that no other item has or had."""
    if not ADDRESS.fullmatch(field.data) or field.data in RESERVED:
        raise ValidationError(
            _l("Write small letters a to z, digits and hyphens, as in survey-of-learners-2027.")
        )
    if queries.slug_is_taken(field.data, but=but):
        raise ValidationError(str(service.ADDRESS_TAKEN))


def whole_day_field() -> BooleanField:
    return BooleanField(
        _l("Open until the end of that day"),
        description=_l("Then the day is said, and its hour does not matter."),
    )


class NewItemForm(Form):
    """The few questions that a draft begins with."""

    kind = RadioField(
        _l("Kind"),
        [InputRequired(_l("Choose what it is."))],
        choices=worded(KINDS),
        description=_l("A call can be answered until a deadline; it has doors and contacts."),
    )
    title = title_field()
    slug = slug_field(description=_l("Empty: made from the title."))

    @property
    def facts(self) -> dict[str, Any]:
        """What `service.create` wants beside the zone."""
        return {"kind": Kind(self.kind.data), "title": self.title.data, "slug": self._address()}

    def validate_slug(self, field: Field) -> None:
        if field.data:
            is_free_slug(field)

    def _address(self) -> str:
        """The one given, or one from the title that is free."""
        if self.slug.data:
            return str(self.slug.data)
        return queries.free_slug(slug(translated(self.title.data)) or "item")


class OnItsClock(Form):
    """A form about a moment on the clock of an item."""

    def __init__(self, item: Item, **given: Any) -> None:
        self.item = item
        super().__init__(**given)

    def process(self, *args: Any, **given: Any) -> None:
        for field in self:
            if isinstance(field, MomentField):
                field.zone = self.item.zone
        super().process(*args, **given)


class PublicationForm(OnItsClock):
    """Now, or at a time."""

    when = RadioField(
        _l("When"),
        [InputRequired(_l("Choose when."))],
        choices=worded({"now": _l("Now"), "later": _l("At a time")}),
    )
    publish_at = MomentField(_l("Time"))

    def validate_publish_at(self, field: Field) -> None:
        if self.when.data != "later":
            field.data = None
        elif field.data is None:
            raise ValidationError(_l("Enter the time at which it goes public."))
        elif field.data <= clock.now():
            raise ValidationError(_l("Choose a time from now on."))
        elif service.is_too_late(self.item, field.data):
            raise ValidationError(service.TOO_LATE)


class ExtensionForm(OnItsClock):
    """A later deadline."""

    closes_at = MomentField(_l("Closes at"), [InputRequired(_l("Enter the new deadline."))])
    whole_day = whole_day_field()

    def validate_closes_at(self, field: Field) -> None:
        item, after = self.item, field.data
        if after is not None and self.whole_day.data:
            after = end_of_day(after, item.zone)
        if after is not None and item.closes_at is not None and after <= item.closes_at:
            raise ValidationError(_l("The new deadline has to be later than the one that is "
                                     "public."))  # fmt: skip
        if after is not None and after <= clock.now():
            raise ValidationError(_l("The new deadline is in the past."))


class DeadlineForm(OnItsClock):
    """The right deadline, and why the public one was wrong."""

    closes_at = MomentField(_l("Closes at"), [InputRequired(_l("Enter the new deadline."))])
    whole_day = whole_day_field()
    note = TranslatedField(
        _l("What was wrong, and what is right"), 1000, _l("Write what was corrected."), rows=3
    )

    def validate_closes_at(self, field: Field) -> None:
        opens_at, after = self.item.opens_at, field.data
        if after is not None and self.whole_day.data:
            after = end_of_day(after, self.item.zone)
        if after is not None and opens_at is not None and after <= opens_at:
            raise ValidationError(_l("A call has to close after it opens."))
        if (after, self.whole_day.data) == (self.item.closes_at, self.item.whole_day):
            raise ValidationError(_l("This is the deadline that is public."))


class WithdrawalForm(Form):
    """Why an item is taken away."""

    why = TranslatedField(
        _l("Why it is withdrawn"), 1000, _l("Write why it is withdrawn."), rows=3,
        description=_l("Its page and the feeds say it, for who took it over."),
    )  # fmt: skip


class CorrectionForm(Form):
    """What was wrong, and what is right."""

    note = TranslatedField(
        _l("What was wrong, and what is right"), 1000, _l("Write what was corrected."), rows=3
    )
