"""What organisers may say of an event's papers."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from portal import pdf
from portal.events.models import Event
from portal.fields import MomentField, TranslatedField, text, web_address
from portal.forms import Form
from portal.papers.models import EventPapers
from portal.text import clean, clean_lines

NAMES = (
    "invites", "confirms", "body", "signer", "signer_role", "words", "reference", "forms_url",
    "forms_until",
)  # fmt: skip


class PapersForm(Form):
    """Letters and the way to a reimbursement; no field takes an account of anybody."""

    unseen = ("csrf_token", "revision")
    revision = HiddenField(filters=[clean])
    invites = BooleanField(
        _l("Offer a letter of invitation"),
        description=_l("For whoever has a place, until the event is over: for a visa, or as proof "
                       "for an employer."),
    )  # fmt: skip
    confirms = BooleanField(
        _l("Offer a confirmation of attendance"),
        description=_l("After the event, for those of whom it is noted that they attended."),
    )
    body = TextAreaField(
        _l("Who invites"),
        [Length(max=500, message=_l("Write at most %(most)s characters.", most=500))],
        filters=[clean_lines],
        description=_l("Name and address of your organisation, as they stand at the top of its "
                       "letters. No letter goes without."),
        render_kw={"rows": 4, "maxlength": 500, "autocomplete": "off"},
    )  # fmt: skip
    signer = StringField(
        _l("Who signs"),
        [Length(max=200, message=_l("Write at most %(most)s characters.", most=200))],
        filters=[clean],
        description=_l("First and last name. No letter goes without."),
        render_kw={"maxlength": 200, "autocomplete": "off"},
    )
    signer_role = TranslatedField(_l("Their function"), 200)
    words = TranslatedField(
        _l("What the letter of invitation should add"), 1500, rows=4,
        description=_l("For example why people meet, and who bears which costs."),
    )  # fmt: skip
    reference = text(
        _l("Your reference"), 100, description=_l("The number of your file, where there is one.")
    )
    forms_url = StringField(
        _l("Forms for reimbursement"),
        [Optional(), Length(max=500), web_address],
        filters=[clean],
        description=_l("Where people who are entitled find the forms. Account numbers belong in "
                       "those forms, never in the portal."),
        render_kw={"type": "url", "inputmode": "url", "maxlength": 500, "autocomplete": "off"},
    )  # fmt: skip
    forms_until = MomentField(
        _l("Until when they are to be handed in"), [Optional()],
    )  # fmt: skip

    def __init__(self, event: Event, found: EventPapers | None) -> None:
        self.event = event
        known: dict[str, Any] = {"revision": str(found.revision if found else 0)}
        if found is not None:
            known |= {name: getattr(found, name) for name in NAMES}
        super().__init__(data=known)

    def process(self, *args: Any, **given: Any) -> None:
        self.forms_until.zone = self.event.zone
        super().process(*args, **given)

    def validate_body(self, field: Field) -> None:
        """Nobody can do anything with a letter that does not say whose it is."""
        self._ensure_writable(field)
        if not field.data and (self.invites.data or self.confirms.data):
            raise ValidationError(_("Say who invites: letters need a sender."))

    def validate_signer(self, field: Field) -> None:
        self._ensure_writable(field)
        if not field.data and (self.invites.data or self.confirms.data):
            raise ValidationError(_("Say who signs the letters."))

    def validate_reference(self, field: Field) -> None:
        self._ensure_writable(field)

    def validate_forms_url(self, field: Field) -> None:
        self._ensure_writable(field)

    def validate_signer_role(self, field: TranslatedField) -> None:
        self._ensure_writable_everywhere(field)

    def validate_words(self, field: TranslatedField) -> None:
        self._ensure_writable_everywhere(field)

    def _ensure_writable(self, field: Field) -> None:
        """What is kept breaks no letter of anybody."""
        if characters := pdf.unwritable(field.data or ""):
            raise ValidationError(str(pdf.Unwritable(characters)))

    def _ensure_writable_everywhere(self, field: TranslatedField) -> None:
        found = {
            lang: str(pdf.Unwritable(characters))
            for lang, text in field.data.items()
            if (characters := pdf.unwritable(text))
        }
        if found:
            field.wrong = found | field.wrong
            raise ValidationError(next(iter(found.values())))

    @property
    def facts(self) -> dict[str, Any]:
        """What the verb keeps."""
        return {name: self[name].data or _EMPTY.get(name) for name in NAMES}


_EMPTY: dict[str, Any] = {
    "invites": False, "confirms": False, "body": "", "signer": "", "signer_role": {}, "words": {},
    "reference": "", "forms_url": "",
}  # fmt: skip
