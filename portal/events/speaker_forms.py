"""What may be sent about a speaker: by organisers, and by the speakers themselves."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, HiddenField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal import uploads
from portal.events.merging import MergingForm
from portal.events.models import Speaker
from portal.fields import AddressField, TranslatedField, text
from portal.forms import Form
from portal.i18n import ENDONYMS, languages, page_language

LONGEST_BIOGRAPHY = 1500


class SpeakerForm(MergingForm):
    """What a page says of a speaker, once they agree."""

    outdated = _l(
        "Somebody else has changed this speaker meanwhile. Nothing that you typed is lost, and "
        "nothing is saved yet: look at the form, and save again."
    )
    names: tuple[str, ...] = ("name", "role", "affiliation", "biography", "photo_text")
    name = text(_l("Name"), 200, description=_l("Empty while it is not known: the role stands "
                                                "there alone."))  # fmt: skip
    role = TranslatedField(
        _l("Role"), 200, description=_l("For example: Head of training, car parts plant.")
    )
    affiliation = text(_l("Organisation"), 300)
    biography = TranslatedField(_l("A few words about them"), LONGEST_BIOGRAPHY, rows=4)
    photo = FileField(_l("Photo"), render_kw={"accept": ".jpg,.jpeg,.png,.webp"})
    without_photo = BooleanField(_l("Remove the photo"))
    photo_text = TranslatedField(
        _l("What the photo shows"), 200,
        description=_l("For who does not see it, for example: Ada Example in front of a lathe."),
    )  # fmt: skip

    def __init__(self, speaker: Speaker | None) -> None:
        self.speaker = speaker
        super().__init__({name: getattr(speaker, name) for name in self.names} if speaker else {})
        self.photo.description = _(
            "JPG, PNG or WEBP, at most %(most)s MB. It is made smaller, and loses where and with "
            "what it was taken.", most=uploads.settings().upload_megabytes,
        )  # fmt: skip
        if not (speaker and speaker.photo):
            del self.without_photo

    @property
    def removes_photo(self) -> bool:
        return "without_photo" in self and bool(self.without_photo.data)

    def validate_role(self, field: Field) -> None:
        if not field.data and not self.name.data:
            field.wrong = {languages()[0]: _("Enter a name or a role.")}
            raise ValidationError(_("Enter a name or a role."))

    def validate_photo_text(self, field: Field) -> None:
        there = bool(self.speaker and self.speaker.photo) and not self.removes_photo
        if (there or self.photo.data) and not field.data:
            words = _("Say in a few words what the photo shows.")
            field.wrong = {languages()[0]: words}
            raise ValidationError(words)


class OwnWordsForm(SpeakerForm):
    """The same, as speakers see it: they say their name, and speak of themselves."""

    outdated = _l(
        "The organisers have changed this meanwhile. Nothing that you typed is lost, and nothing "
        "is saved yet: look at the form, and save again."
    )
    name = text(_l("Name"), 200, _l("Enter your name."), render_kw={"autocomplete": "name"})
    biography = TranslatedField(_l("A few words about you"), LONGEST_BIOGRAPHY, rows=4)
    photo = FileField(_l("Photo of you"), render_kw={"accept": ".jpg,.jpeg,.png,.webp"})


class AskForm(Form):
    """Where and in which language a speaker is asked."""

    email = AddressField(
        _l("Mail address"),
        description=_l("Only the organisers see it. It is forgotten 30 days after the event."),
        render_kw={"autocomplete": "off", "maxlength": 254, "spellcheck": "false"},
    )
    language = SelectField(
        _l("Language of the letter"), [InputRequired(_l("Choose a language."))], choices=[]
    )

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(data={"email": speaker.email, "language": page_language()})

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.language.choices = [SelectChoice(code, ENDONYMS[code]) for code in languages()]
        super().process(*args, **kwargs)


class ConsentForm(Form):
    """A yes to what was seen; recordings are asked apart."""

    seen = HiddenField()
    recordings = BooleanField(
        _l("What I say may be recorded in sound and picture, and published by the organisers.")
    )
