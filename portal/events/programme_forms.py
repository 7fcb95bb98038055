"""What organisers may send about an event's programme."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput

from portal import labels
from portal.events.merging import MergingForm
from portal.events.models import Event, Session, Speaker
from portal.events.programme_service import speaker_ids
from portal.events.rules import SessionKind, lies_within
from portal.fields import MomentField, TranslatedField, WholeNumberField, text
from portal.forms import Form
from portal.i18n import translated


class SessionForm(MergingForm):
    """One item of the programme; its times are read on the event's clock."""

    outdated = _l(
        "Somebody else has changed the session meanwhile. Nothing of yours is lost, and nothing is "
        "saved yet: look at the form, and save again."
    )
    names: tuple[str, ...] = (
        "title", "abstract", "starts_at", "ends_at", "kind", "sector", "room", "speakers", "chosen",
        "places", "waiting",
    )  # fmt: skip
    title = TranslatedField(_l("Title"), 200, _l("Enter a title in one language at least."))
    starts_at = MomentField(_l("Starts at"), [InputRequired(_l("Enter when it starts."))])
    ends_at = MomentField(_l("Ends at"), [InputRequired(_l("Enter when it ends."))])
    kind = SelectField(
        _l("Kind"),
        [InputRequired(_l("Choose a kind."))],
        choices=[SelectChoice(code, words) for code, words in labels.SESSION_KINDS.items()],
        coerce=SessionKind,
        description=_l("Sessions at the same time stand side by side on the page."),
    )
    sector = SelectField(
        _l("Sector"),
        [Optional()],
        choices=[
            SelectChoice("", _l("All sectors")),
            *(SelectChoice(code, words) for code, words in labels.SECTORS.items()),
        ],
    )
    room = text(_l("Room"), 200)
    speakers = SelectMultipleField(
        _l("Speakers"), [Optional()], coerce=int, choices=[], option_widget=CheckboxInput()
    )
    abstract = TranslatedField(_l("What it is about"), 3000, rows=4)
    chosen = BooleanField(
        _l("People choose this session"),
        description=_l("When they register, and later on the page of their registration. Any other "
                       "session is open to everybody who comes."),
    )  # fmt: skip
    places = WholeNumberField(
        _l("Places in the session"),
        [Optional()],
        description=_l("Leave it empty where there is no limit. With 0 nobody can choose it any "
                       "more, and who has a place keeps it."),
    )  # fmt: skip
    waiting = WholeNumberField(
        _l("Places in its line"),
        [Optional()],
        description=_l("How many can wait when it is full. Leave it empty where nobody can wait."),
    )

    def __init__(
        self,
        event: Event,
        session: Session | None,
        speakers: Sequence[Speaker],
        *,
        has_people: bool = False,
        **given: Any,
    ) -> None:
        self.event, self.has_people = event, has_people
        self._choices = [SelectChoice(each.id, speaker_words(each)) for each in speakers]
        super().__init__(known_facts(session, speakers) if session else {}, **given)

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.starts_at.zone = self.ends_at.zone = self.event.zone
        self.speakers.choices = self._choices
        super().process(*args, **kwargs)

    def zone_now(self) -> str:
        return self.event.zone

    def validate_ends_at(self, field: Field) -> None:
        if self.starts_at.data is None or field.data is None:
            return
        if field.data <= self.starts_at.data:
            raise ValidationError(_("A session has to end after it starts."))
        if not lies_within(_Times(self.starts_at.data, field.data), self.event, self.event.zone):
            raise ValidationError(_("A session lies within the days of its event."))

    def validate_chosen(self, field: Field) -> None:
        if self.has_people and not field.data:
            raise ValidationError(
                _("People have chosen this session. To end that, enter 0 places, or cancel it.")
            )


class CancelSessionForm(Form):
    """Why a session will not be held."""

    why = TranslatedField(
        _l("Why it will not be held"),
        300,
        _l("Write in a few words why, in one language at least."),
        description=_l("Shown on the page of the event, beside the session."),
    )


class _Times:
    def __init__(self, starts_at: Any, ends_at: Any) -> None:
        self.starts_at, self.ends_at = starts_at, ends_at


def known_facts(session: Session, speakers: Sequence[Speaker]) -> dict[str, Any]:
    """What is so of a session, as its form has it; speakers in the order of the event."""
    there = set(speaker_ids(session))
    return {name: getattr(session, name) for name in SessionForm.names if name != "speakers"} | {
        "speakers": [each.id for each in speakers if each.id in there]
    }


def speaker_words(speaker: Speaker) -> str:
    """A speaker at the desk: the name, or what they do while there is none."""
    return speaker.name or translated(speaker.role) or _("Speaker without a name")
