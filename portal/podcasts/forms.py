"""What may be sent about shows and episodes."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from portal import audio, clock, labels, uploads
from portal.events.choices import worded
from portal.events.merging import MergingForm
from portal.events.text_forms import ADDRESS, MARKDOWN
from portal.fields import (
    AddressField,
    MomentField,
    TranslatedField,
    WholeNumberField,
    text,
    web_address,
)
from portal.forms import Form
from portal.i18n import ENDONYMS, page_language, translated
from portal.podcasts import queries, service
from portal.podcasts.categories import CODES
from portal.podcasts.models import Episode, Person, Show
from portal.podcasts.rules import (
    LONGEST_DESCRIPTION,
    Chapter,
    Misread,
    Part,
    chapters,
    typed_chapters,
)
from portal.podcasts.transcripts import MOST_BYTES, Cue, read
from portal.text import LONGEST_SLUG, clean_lines, slug

LONGEST_NOTES = 10_000
LARGEST_NUMBER = 9999
_SLUG_HELP = _l(
    "The last part of its address: a to z, 0 to 9 and hyphens. Empty, it is made from the title. "
    "It cannot be changed afterwards, since programs of listeners keep it."
)


def _language(label: Any) -> SelectField:
    return SelectField(label, [InputRequired(_l("Choose a language."))], choices=worded(ENDONYMS))


class ShowForm(MergingForm):
    """What a show is, in the words of its page and of its feed."""

    outdated = _l(
        "Somebody else has changed this podcast meanwhile. Nothing that you typed is lost, and "
        "nothing is saved yet: look at the form, and save again."
    )
    names: tuple[str, ...] = (
        "title", "description", "author", "owner_name", "owner_email", "category", "language",
        "explicit", "link",
    )  # fmt: skip
    title = TranslatedField(_l("Title"), 200, _l("Enter a title in one language at least."))
    slug = text(_l("Address of the page"), LONGEST_SLUG, description=_SLUG_HELP)
    description = TranslatedField(
        _l("Description"), LONGEST_DESCRIPTION // 2, rows=4,
        description=_l("What one hears, and for whom it is. Directories of podcasts show it."),
    )  # fmt: skip
    author = text(_l("Author"), 200, _l("Enter who makes it: usually the name of your body."))
    owner_name = text(
        _l("Owner"), 200, _l("Enter who answers for it."),
        description=_l("Directories ask the owner whether the podcast is theirs. Name a function "
                       "rather than a person: the feed shows it to everybody."),
    )  # fmt: skip
    owner_email = AddressField(_l("Mail address of the owner"))
    category = SelectField(
        _l("Category"),
        [InputRequired(_l("Choose a category."))],
        choices=worded({code: code for code in CODES}),
        description=_l("As the directories of podcasts have them, in English."),
    )
    language = _language(_l("Language that is mostly spoken"))
    explicit = BooleanField(_l("Not for children: strong language or subjects"))
    link = text(
        _l("Web address about it"), 1000,
        description=_l("Empty, the feed leads to its page here."),
    )  # fmt: skip
    cover = FileField(_l("Cover"), render_kw={"accept": ".jpg,.jpeg,.png"})

    def __init__(self, show: Show | None) -> None:
        self.show = show
        known = {name: getattr(show, name) for name in self.names} if show else {}
        given = {} if show else {"language": page_language(), "category": "Education"}
        super().__init__(known, **given)
        least, most = uploads.COVER_SIDES
        self.cover.description = _(
            "JPG or PNG, a square with sides of %(least)s to %(most)s pixels, at most %(size)s MB.",
            least=least, most=most, size=uploads.settings().upload_megabytes,
        )  # fmt: skip
        if show is not None:
            del self.slug

    @property
    def chosen_slug(self) -> str:
        return self.slug.data or slug(translated(self.title.data, "en"))

    def validate(self, extra_validators: Any = None) -> bool:
        """An address left empty is made from the title, and has to be free like any other."""
        is_valid = super().validate(extra_validators)
        if "slug" not in self or not self.title.data:
            return is_valid
        is_free = queries.show_slug_is_free(self.chosen_slug)
        taken = "" if is_free else _("Another podcast has this address. Choose another.")
        return _has_address(self, taken) and is_valid

    def validate_link(self, field: Field) -> None:
        if field.data:
            web_address(self, field)


class EpisodeForm(MergingForm):
    """What an episode is about, in words."""

    outdated = _l(
        "Somebody else has changed this episode meanwhile. Nothing that you typed is lost, and "
        "nothing is saved yet: look at the form, and save again."
    )
    names: tuple[str, ...] = ("title", "notes", "language", "season", "number", "chapters")
    title = TranslatedField(_l("Title"), 300, _l("Enter a title in one language at least."))
    slug = text(_l("Address of the page"), LONGEST_SLUG, description=_SLUG_HELP)
    notes = TranslatedField(_l("Notes"), LONGEST_NOTES, rows=8, description=MARKDOWN)
    language = _language(_l("Language that is spoken"))
    season = WholeNumberField(_l("Season"), [Optional()])
    number = WholeNumberField(_l("Number"), [Optional()])
    chapters = TextAreaField(
        _l("Chapters"),
        [Optional(), Length(max=20_000)],
        filters=[clean_lines],
        description=_l("One a line, with its time, in the language that is spoken: 0:00 Welcome, "
                       "then 1:30 What the research found. The first is at 0:00."),
        render_kw={"rows": 6},
    )  # fmt: skip

    def __init__(self, show: Show, episode: Episode | None) -> None:
        self.show, self.episode = show, episode
        super().__init__(_known(episode) if episode else {}, **_usual(show, episode))
        if episode is not None:
            del self.slug

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in super().facts.items() if name != "chapters"}

    @property
    def marks(self) -> list[Chapter]:
        return chapters(self.chapters.data or "")

    @property
    def chosen_slug(self) -> str:
        return self.slug.data or slug(translated(self.title.data, self.language.data))

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        if "slug" not in self or not self.title.data:
            return is_valid
        is_free = queries.episode_slug_is_free(self.show.id, self.chosen_slug)
        taken = "" if is_free else _("Another episode has this address. Choose another.")
        return _has_address(self, taken) and is_valid

    def validate_season(self, field: Field) -> None:
        _counts(field)

    def validate_number(self, field: Field) -> None:
        _counts(field)
        known, season = self.episode, self.season.data
        if field.data is not None and queries.number_is_taken(
            self.show.id, season, field.data, but=known.id if known else None
        ):
            raise ValidationError(_("Another episode of this season has this number."))

    def validate_chapters(self, field: Field) -> None:
        ends = self.episode.audio_seconds if self.episode else 0.0
        try:
            chapters(field.data or "", ends)
        except Misread as misread:
            raise ValidationError(misread_words(misread)) from misread


class AudioForm(Form):
    """The recording of an episode."""

    audio = FileField(
        _l("Recording"),
        [InputRequired(_l("Choose a file."))],
        render_kw={"accept": ",".join(f".{ending}" for ending in sorted(audio.MEDIA_TYPES))},
    )

    def __init__(self) -> None:
        super().__init__()
        self.audio.description = _(
            "%(kinds)s; at most %(most)s MB. MP3 and M4A are played everywhere. Its length is read "
            "from the file.",
            kinds=", ".join(sorted(kind.upper() for kind in audio.MEDIA_TYPES)),
            most=uploads.settings().audio_megabytes,
        )  # fmt: skip


class TranscriptForm(Form):
    """What is said, with times."""

    transcript = FileField(
        _l("Transcript"),
        [InputRequired(_l("Choose a file."))],
        render_kw={"accept": ".vtt,.srt"},
        description=_l("WebVTT or SRT, in UTF-8. Name who speaks as WebVTT does it, with "
                       "<v Name>; people who cannot hear need it."),
    )  # fmt: skip

    cues: list[Cue]

    def __init__(self, episode: Episode) -> None:
        self.episode = episode
        super().__init__()

    def validate_transcript(self, field: Field) -> None:
        try:
            self.cues = read(field.data.stream.read(MOST_BYTES + 1))
        except Misread as misread:
            raise ValidationError(misread_words(misread)) from misread
        if sentence := service.too_long(self.episode, self.cues, clock.now()):
            raise ValidationError(sentence)


class PersonForm(MergingForm):
    """A host or a guest, as their episode names them."""

    outdated = _l(
        "Somebody else has changed this person meanwhile. Nothing that you typed is lost, and "
        "nothing is saved yet: look at the form, and save again."
    )
    names: tuple[str, ...] = ("name", "part", "role", "link")
    name = text(
        _l("Name"), 120, _l("Enter the name."),
        description=_l("Only of who agreed to be named. It can be taken out again."),
    )  # fmt: skip
    part = SelectField(_l("Takes part as"), choices=worded(labels.PARTS), coerce=Part)
    role = TranslatedField(
        _l("Public role"), 200, description=_l("For example: researcher, Example University.")
    )
    link = text(_l("Web address about them"), 1000)

    def __init__(self, person: Person | None, *, of_show: bool) -> None:
        known = {name: getattr(person, name) for name in self.names} if person else {}
        super().__init__(known, **({} if person else {"part": Part.GUEST}))
        if of_show:
            del self.part

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self[name].data for name in self.names if name in self}

    def validate_link(self, field: Field) -> None:
        if field.data:
            web_address(self, field)


class PublicationForm(Form):
    """Now, or at a time, which may have been: an archive keeps its dates."""

    when = RadioField(
        _l("When"),
        [InputRequired(_l("Choose when."))],
        choices=worded({"now": _l("Now"), "later": _l("At a time")}),
    )
    at = MomentField(
        _l("Time"),
        description=_l("One that has been is shown as its date, for episodes that were published "
                       "elsewhere before."),
    )  # fmt: skip

    def __init__(self, episode: Episode, zone: str) -> None:
        self.zone = zone
        when = "later" if episode.published_at else "now"
        super().__init__(data={"when": when, "at": episode.published_at})

    def process(self, *args: Any, **given: Any) -> None:
        self.at.zone = self.zone
        super().process(*args, **given)

    @property
    def moment(self) -> Any:
        """The moment asked for; None for at once."""
        return self.at.data if self.when.data == "later" else None

    def validate_at(self, field: Field) -> None:
        if self.when.data != "later":
            field.errors = []
        elif not field.process_errors and field.data is None:
            raise ValidationError(_("Enter the time at which it goes public."))


class NameForm(Form):
    """Whose name is to be taken out, letter by letter as it stands there."""

    name = text(_l("Name"), 120, _l("Enter the name as it stands on the page."))


def misread_words(misread: Misread) -> str:
    """What is wrong with a transcript or with chapters, and where."""
    said = {
        "size": _("This file is larger than 2 MB."),
        "utf8": _("This is no text in UTF-8. Save it anew with this encoding."),
        "empty": _("Nothing is said in this file."),
        "times": _("Here two times have to stand, as in 00:01.000 --> 00:04.500."),
        "backwards": _("The second time has to be later than the first."),
        "order": _("This time is earlier than the one before it."),
        "many": _("These are more than the portal keeps."),
        "long": _("This text is too long. Divide it."),
        "chapter": _("Write a time and a title, as in 1:30 What the research found."),
        "behind": _("The recording is over by then."),
        "first": _("The first chapter has to begin at 0:00."),
    }[misread.why]
    return _("Line %(line)s: %(said)s", line=misread.line, said=said) if misread.line else said


def _known(episode: Episode) -> dict[str, Any]:
    known = {name: getattr(episode, name) for name in EpisodeForm.names}
    return known | {"chapters": typed_chapters(episode.marks)}


def _usual(show: Show, episode: Episode | None) -> dict[str, Any]:
    return {} if episode else {"language": show.language}


def _has_address(form: ShowForm | EpisodeForm, taken: str) -> bool:
    is_one = ADDRESS.fullmatch(form.chosen_slug) and len(form.chosen_slug) <= LONGEST_SLUG
    wrong = "" if is_one else _(
        "Write small letters a to z, digits and hyphens, as in skills-in-retail."
    )  # fmt: skip
    if sentence := wrong or taken:
        form.slug.errors = [*form.slug.errors, sentence]
    return not sentence


def _counts(field: Field) -> None:
    if field.data is not None and not 0 < field.data <= LARGEST_NUMBER:
        raise ValidationError(_("Enter a number from 1 to %(most)s.", most=LARGEST_NUMBER))
