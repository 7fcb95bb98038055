"""What editors send about campaign links."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField, ValidationError
from wtforms.validators import InputRequired

from portal.campaigns import queries
from portal.campaigns.models import Issue
from portal.campaigns.rules import Place
from portal.campaigns.shown import PLACES
from portal.campaigns.targets import public_path, strange_parameters
from portal.events.choices import worded
from portal.events.models import Event
from portal.fields import text
from portal.forms import Form
from portal.i18n import translated


class DayField(DateField):
    """A day, with our own sentence where it is none."""

    data: Any

    def process_formdata(self, values: list[str]) -> None:
        try:
            super().process_formdata(values)
        except ValueError:
            raise ValueError(_l("Enter a day, as in 2027-01-18.")) from None
        if self.data is not None and not 2000 <= self.data.year <= 2100:
            self.data = None
            raise ValueError(_l("Enter a year from 2000 to 2100."))


class IssueForm(Form):
    """One issue of a newsletter."""

    newsletter = text(_l("Newsletter"), 200, _l("Enter the name of the newsletter."))
    number = text(_l("Issue"), 40, _l("Enter its number, or what tells it from the others."))
    day = DayField(_l("Day on which it goes out"), [InputRequired(_l("Enter its day."))])

    def __init__(self, issue: Issue | None = None, **given: Any) -> None:
        self.issue_id = issue.id if issue else None
        super().__init__(obj=issue, **given)

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("newsletter", "number", "day")}

    def validate_number(self, field: Field) -> None:
        if queries.is_there(self.newsletter.data or "", field.data, but=self.issue_id):
            raise ValidationError(_l("This issue of this newsletter is there already."))


class LinkForm(Form):
    """A place in an issue, and the page that it leads to."""

    place = SelectField(_l("Place in the newsletter"), [InputRequired()], choices=worded(PLACES))
    event = SelectField(_l("An event"))
    page = text(
        _l("Or another page of this portal"), 400,
        description=_l("Its address, as in /news/ or as you copy it from your browser. Without a "
                       "language in it, readers get theirs."),
    )  # fmt: skip

    def __init__(self, events: list[Event], **given: Any) -> None:
        self.events = events
        super().__init__(**given)

    def process(self, *args: Any, **given: Any) -> None:
        named = {f"/events/{each.slug}/": translated(each.title) for each in self.events}
        self.event.choices = worded({"": _l("None of them")} | named)
        super().process(*args, **given)

    @property
    def target(self) -> str:
        """The path to keep, once the form is valid."""
        return str(self.page.data or self.event.data)

    @property
    def where(self) -> Place:
        return Place(self.place.data)

    def validate_event(self, field: Field) -> None:
        if not field.data and not self.page.data:
            raise ValidationError(_l("Choose an event or enter a page."))
        if field.data and self.page.data:
            raise ValidationError(_l("Choose an event or enter a page, not both."))

    def validate_page(self, field: Field) -> None:
        if field.data and (strange := strange_parameters(field.data)):
            raise ValidationError(
                _("Take “%(name)s” out of the address: no page reads it, and it might say to whom "
                  "the link was sent.", name=strange[0][:40])
            )  # fmt: skip
        if field.data:
            path = public_path(field.data)
            if path is None:
                raise ValidationError(
                    _l("No public page of this portal is at this address. A link leads nowhere "
                       "else.")
                )  # fmt: skip
            field.data = path
