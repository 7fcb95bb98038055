"""What organisers send to make an event, an edition, a template, or to publish one."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, ValidationError
from wtforms.validators import InputRequired

from portal import clock, labels
from portal.events import queries, zones
from portal.events.choices import worded
from portal.events.models import Event
from portal.events.rules import Format, Kind
from portal.events.text_forms import is_free_slug, slug_field, title_field
from portal.fields import MomentField, TranslatedField, text
from portal.forms import Form
from portal.i18n import translated
from portal.text import slug

MOST_USUAL_ZONE = "Europe/Brussels"


class NewEditionForm(Form):
    """What differs from one edition to the next: title, address, time."""

    title = title_field()
    starts_at = MomentField(_l("Starts at"), [InputRequired(_l("Enter when it starts."))])
    ends_at = MomentField(_l("Ends at"), [InputRequired(_l("Enter when it ends."))])
    slug = slug_field(description=_l("Empty: made from the title."))
    default_zone = MOST_USUAL_ZONE

    def process(self, formdata: Any = None, *args: Any, **given: Any) -> None:
        formdata = self.meta.wrap_formdata(self, formdata)
        chosen = (formdata or {}).get("zone", "")
        for field in self:
            if isinstance(field, MomentField):
                field.zone = chosen if chosen in zones.names() else self.default_zone
        super().process(formdata, *args, **given)

    @property
    def facts(self) -> dict[str, Any]:
        """What the verbs want; the address is made from the title where none was given."""
        made = slug(translated(self.title.data)) or "event"
        return {
            "title": self.title.data,
            "starts_at": self.starts_at.data,
            "ends_at": self.ends_at.data,
            "slug": self.slug.data or queries.free_slug(made),
        }

    def validate_starts_at(self, field: Field) -> None:
        if field.data is not None and field.data <= clock.now():
            raise ValidationError(_("This is in the past. Enter a start that is still to come."))

    def validate_ends_at(self, field: Field) -> None:
        starts_at = self.starts_at.data
        if starts_at is not None and field.data is not None and field.data <= starts_at:
            raise ValidationError(_("An event has to end after it starts."))

    def validate_slug(self, field: Field) -> None:
        if field.data:
            is_free_slug(field)


class EditionForm(NewEditionForm):
    """The next edition, on the clock of this one."""

    def __init__(self, event: Event, **given: Any) -> None:
        self.default_zone = event.zone
        super().__init__(**given)


class NewEventForm(NewEditionForm):
    """The few questions that a draft needs."""

    kind = SelectField(_l("Kind"), [InputRequired()], choices=worded(labels.KINDS))
    format = RadioField(
        _l("How people take part"),
        [InputRequired(_l("Choose how people take part."))],
        choices=worded(labels.FORMATS),
    )
    zone = SelectField(
        _l("Time zone"), [InputRequired()], description=_l("The times above are on its clock.")
    )

    def __init__(self, zone: str = MOST_USUAL_ZONE, **given: Any) -> None:
        self.default_zone = zone
        super().__init__(data=given.pop("data", {}) | {"zone": zone}, **given)

    def process(self, *args: Any, **given: Any) -> None:
        self.zone.choices = worded(dict(zones.choices(clock.now(), self.default_zone)))
        super().process(*args, **given)

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {
            "kind": Kind(self.kind.data),
            "format": Format(self.format.data),
            "zone": self.zone.data,
        }


class TemplateForm(Form):
    """How a template is called."""

    name = text(_l("Name of the template"), 200, _l("Enter a name for the template."))


class PublicationForm(Form):
    """Now, or at a time on the event's clock."""

    when = RadioField(
        _l("When"),
        [InputRequired(_l("Choose when."))],
        choices=worded({"now": _l("Now"), "later": _l("At a time")}),
    )
    publish_at = MomentField(_l("Time"))

    def __init__(self, event: Event, **given: Any) -> None:
        self.event = event
        when = "later" if event.publish_at else "now"
        super().__init__(data={"when": when, "publish_at": event.publish_at} | given)

    def process(self, *args: Any, **given: Any) -> None:
        self.publish_at.zone = self.event.zone
        super().process(*args, **given)

    @property
    def at(self) -> Any:
        """The moment asked for; None for at once."""
        return self.publish_at.data if self.when.data == "later" else None

    def validate_publish_at(self, field: Field) -> None:
        if self.when.data != "later":
            field.errors = []
        elif field.process_errors:
            return
        elif field.data is None:
            raise ValidationError(_("Enter the time at which it goes public."))
        elif not clock.now() < field.data < self.event.starts_at:
            raise ValidationError(_("Choose a time from now on, before the event starts."))


class SendingBackForm(Form):
    """Why a colleague's draft is not published yet."""

    reason = text(
        _l("What has to change first"), 1000, _l("Say what has to change: your colleague reads it.")
    )


class ReasonForm(Form):
    """What the organisers add to the letter, in each language."""

    reason = TranslatedField(
        _l("Your words in the letter"), 500, rows=3,
        description=_l("Plain text, as in “The hall is flooded.” Who reads a language that you "
                       "leave empty gets the words in English, or else in another."),
    )  # fmt: skip
