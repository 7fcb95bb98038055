"""What people may send about their data, and what organisers answer."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from portal.events.models import Event
from portal.fields import LONGEST_ADDRESS, AddressField
from portal.forms import Form
from portal.i18n import translated
from portal.subjects.rules import RequestKind
from portal.subjects.words import REQUEST_KINDS
from portal.text import clean_lines

LONGEST = 5000


def _words(label: Any, missing: Any) -> TextAreaField:
    return TextAreaField(
        label,
        [
            DataRequired(missing),
            Length(max=LONGEST, message=_l("Write at most 5,000 characters.")),
        ],
        filters=[clean_lines],
        render_kw={"rows": 6, "maxlength": LONGEST, "autocomplete": "off"},
    )


class AddressForm(Form):
    """The address that everything is asked about."""

    email = AddressField(
        _l("Mail address"),
        description=_l("The one under which you were registered, or spoke."),
        render_kw={"autocomplete": "email", "maxlength": LONGEST_ADDRESS, "spellcheck": "false"},
    )


class RequestForm(Form):
    """Something that organisers have to do or to decide."""

    event = SelectField(_l("Event"), [InputRequired(_l("Choose the event."))], coerce=int)
    kind = RadioField(
        _l("What do you ask for?"),
        [InputRequired(_l("Choose what you ask for."))],
        choices=[SelectChoice(kind.value, REQUEST_KINDS[kind]) for kind in RequestKind],
    )
    text = _words(_l("In your words"), _l("Write what is to be done."))

    def __init__(self, events: list[Event], **values: Any) -> None:
        super().__init__(**values)
        self.event.choices = [SelectChoice(each.id, translated(each.title)) for each in events]


class AnswerForm(Form):
    """What was done, or why not."""

    answer = _words(_l("Your answer"), _l("Write what you did, or why not."))


class EraseForm(Form):
    """Whom to forget, who asked otherwise; `sure` is set by the page that says what will happen."""

    unseen = ("csrf_token", "sure")

    email = AddressField(
        _l("Mail address of the person"),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_ADDRESS, "spellcheck": "false"},
    )
    sure = HiddenField()

    def refuse_unknown(self) -> None:
        self.email.errors = [_("Nothing is kept under this address that could be deleted.")]
