"""What organisers may send about materials."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, SelectField, URLField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal import filetypes, labels, uploads
from portal.events.merging import MergingForm
from portal.events.models import Event
from portal.fields import TranslatedField, web_address
from portal.i18n import ENDONYMS, page_language, translated
from portal.materials.models import Material
from portal.materials.rules import Visibility
from portal.text import clean

NO_SESSION = 0


class MaterialForm(MergingForm):
    """What is said of a material; where it is, is said by the two below."""

    outdated = _l(
        "Somebody else has changed the material meanwhile. Nothing that you typed is lost, and "
        "nothing is saved yet: look at the form, and save again."
    )
    names: tuple[str, ...] = ("title", "language", "visibility", "session_id")
    title = TranslatedField(_l("Title"), 200, _l("Enter a title in one language at least."))
    language = SelectField(
        _l("Language of the content"),
        [InputRequired(_l("Choose a language."))],
        choices=[SelectChoice(code, name) for code, name in ENDONYMS.items()],
    )
    session_id = SelectField(
        _l("Belongs to"),
        [InputRequired(_l("Choose one of those in the list."))],
        coerce=int,
        choices=[],
    )
    visibility = SelectField(
        _l("Who finds it"),
        [InputRequired(_l("Choose who finds it."))],
        choices=[SelectChoice(code, words) for code, words in labels.VISIBILITIES.items()],
        coerce=Visibility,
        description=_l("Attendees find it on the page of their registration."),
    )

    def __init__(self, event: Event, material: Material | None) -> None:
        self.event, self.material = event, material
        given = {} if material else {"language": page_language()}
        super().__init__(_known(material, self.names) if material else {}, **given)

    def process(self, *args: Any, **kwargs: Any) -> None:
        whole = SelectChoice(NO_SESSION, _("the whole event"))
        self.session_id.choices = [whole] + [
            SelectChoice(each.id, translated(each.title)) for each in self.event.sessions
        ]
        super().process(*args, **kwargs)

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {"session_id": self.session_id.data or None}


class LinkForm(MaterialForm):
    """A material that lies elsewhere."""

    names: tuple[str, ...] = ("url", *MaterialForm.names)
    url = URLField(
        _l("Web address"),
        [InputRequired(_l("Enter the web address.")), Length(max=1000), web_address],
        filters=[clean],
        render_kw={"autocomplete": "off", "maxlength": 1000},
    )


class FileForm(MaterialForm):
    """A material that the portal keeps."""

    file = FileField(_l("File"), render_kw={"accept": ",".join(
        f".{ending}" for ending in sorted(filetypes.ENDINGS))})  # fmt: skip

    def __init__(self, event: Event, material: Material | None) -> None:
        super().__init__(event, material)
        self.file.flags.required = material is None
        kinds = ", ".join(sorted(ending.upper() for ending in filetypes.ENDINGS))
        self.file.description = _(
            "%(kinds)s; at most %(most)s MB. Pictures are made smaller, and lose where and with "
            "what they were taken.",
            kinds=kinds, most=uploads.settings().upload_megabytes,
        )  # fmt: skip

    def validate_file(self, field: Field) -> None:
        if self.material is None and not field.data:
            raise ValidationError(_("Choose a file."))


def _known(material: Material, names: tuple[str, ...]) -> dict[str, Any]:
    known = {name: getattr(material, name) for name in names}
    return known | {"session_id": material.session_id or NO_SESSION}
