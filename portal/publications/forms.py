"""What editors may send about publications, beside the record itself."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from portal import filetypes, uploads
from portal.events.merging import MergingForm
from portal.fields import MomentField, TranslatedField, text
from portal.forms import Form
from portal.i18n import ENDONYMS
from portal.publications import listing
from portal.publications.models import Publication, PublicationFile
from portal.publications.rules import State


class PublicationFileForm(MergingForm):
    """A file of a publication: what it is called where there are several, and its language."""

    names: tuple[str, ...] = ("label", "language")
    outdated = _l(
        "Somebody else has changed the file meanwhile. Nothing that you typed is lost, and "
        "nothing is saved yet: look at the form, and save again."
    )
    label = TranslatedField(
        _l("Label"), 200, description=_l("Where there are several files: such as Annex.")
    )
    language = SelectField(
        _l("Language of the file"),
        [InputRequired(_l("Choose a language."))],
        choices=[SelectChoice(code, name) for code, name in ENDONYMS.items()],
    )
    file = FileField(
        _l("File"),
        render_kw={"accept": ",".join(f".{each}" for each in sorted(filetypes.ENDINGS))},
    )

    def __init__(self, publication: Publication, found: PublicationFile | None) -> None:
        self.found = found
        known = {"label": found.label, "language": found.language} if found else {}
        super().__init__(known, **({} if found else {"language": publication.language}))
        self.file.flags.required = found is None
        self.file.description = _(
            "%(kinds)s; at most %(most)s MB.",
            kinds=", ".join(sorted(ending.upper() for ending in filetypes.ENDINGS)),
            most=uploads.settings().upload_megabytes,
        )

    def validate_file(self, field: Field) -> None:
        if self.found is None and not field.data:
            raise ValidationError(_("Choose a file."))


class EmbargoForm(Form):
    """From when on files are given to everybody; empty says at once."""

    embargo_until = MomentField(_l("Files from"), [Optional()])

    def __init__(self, zone: str, now: Any, **given: Any) -> None:
        self.zone, self.now = zone, now
        super().__init__(**given)

    def process(self, *args: Any, **given: Any) -> None:
        self.embargo_until.zone = self.zone
        super().process(*args, **given)

    def validate_embargo_until(self, field: Field) -> None:
        if field.data and field.data <= self.now:
            raise ValidationError(
                _l("This moment is over. Choose one to come, or leave it empty for at once.")
            )


class WithdrawalForm(Form):
    reason = TranslatedField(
        _l("Reason"), 1000, _l("Say why it is withdrawn, in at least one language."), rows=3,
        description=_l("Readers see it on the page that stays."),
    )  # fmt: skip
    replaced_by = text(
        _l("Replaced by"), 300, description=_l("Number or DOI of the publication that came after.")
    )

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        self.replacement: Publication | None = None
        super().__init__()

    def validate_replaced_by(self, field: Field) -> None:
        if not field.data:
            return
        self.replacement = listing.numbered(field.data)
        if self.replacement is None or self.replacement.state is not State.PUBLISHED:
            raise ValidationError(_l("There is no public publication of this number or DOI here."))
        if self.replacement.id == self.publication.id:
            raise ValidationError(_l("This is the publication itself."))


class SubjectForm(MergingForm):
    """A term of the vocabulary in each language."""

    names: tuple[str, ...] = ("label",)
    outdated = _l(
        "Somebody else has changed the subject meanwhile. Nothing that you typed is lost, and "
        "nothing is saved yet: look at the form, and save again."
    )
    label = TranslatedField(
        _l("Subject term"), 200, _l("Enter the subject in at least one language.")
    )


class ImportForm(Form):
    """A bibliography: what it is, its content says."""

    file = FileField(
        _l("BibTeX, RIS or CSL-JSON"),
        description=_l("At most %(most)s records in UTF-8. Nothing is changed before you have seen "
                       "what would be.", most=5000),
        render_kw={"accept": ".bib,.ris,.json,.txt"},
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.file.flags.required = True

    def validate_file(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Choose a file."))
