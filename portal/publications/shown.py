"""A publication as its pages show it: codes and dates turned into people's words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from portal import labels, mail
from portal.events.shown import Words, words
from portal.i18n import known_date, language_name, page_language, translated
from portal.materials.shown import size_words
from portal.publications import checks
from portal.publications.models import Publication, PublicationFile
from portal.publications.rules import Name, Record, State
from portal.text import fold


@dataclass(frozen=True, slots=True)
class FileShown:
    """One file, and what one gets before one presses the link."""

    file: PublicationFile
    url: str
    label: Words
    note: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another publication, under what it is to this one."""

    kind: str
    title: Words
    url: str


@dataclass(frozen=True)
class Shown:
    """One publication at one moment, for the page's language."""

    one: Publication
    now: datetime

    @property
    def number(self) -> str:
        return self.one.number

    @property
    def url(self) -> str:
        return url_for("publications.show", number=self.one.number)

    @property
    def title(self) -> Words:
        return words(self.one.title)

    @property
    def headline(self) -> str:
        """The title up to and with its colon; what follows stands below it, smaller."""
        return self._parted[0]

    @property
    def subtitle(self) -> str:
        return self._parted[1]

    @property
    def _parted(self) -> tuple[str, str]:
        head, _colon, rest = self.title.text.partition(": ")
        return (f"{head}:", rest) if rest else (head, "")

    @property
    def summary(self) -> Words:
        return words(self.one.abstract)

    @property
    def kind(self) -> str:
        return str(labels.PUBLICATION_TYPES[self.one.type])

    @property
    def kind_and_date(self) -> str:
        return " · ".join(filter(None, [self.kind, self.date]))

    @property
    def date(self) -> str:
        return known_date(self.one.published)

    @property
    def authors(self) -> str:
        return "; ".join(full_name(name) for name in self.one.names)

    @property
    def language(self) -> str:
        return language_name(self.one.language)

    @property
    def doi_url(self) -> str:
        return checks.doi_link(self.one.doi) if self.one.doi else ""

    @property
    def is_withdrawn(self) -> bool:
        return self.one.state is State.WITHDRAWN

    @property
    def is_embargoed(self) -> bool:
        """There is a moment before which nobody gets a file."""
        return self.one.embargo_until is not None and self.one.embargo_until > self.now

    @property
    def files(self) -> list[FileShown]:
        """What everybody may have now."""
        free = self.one.files if self.one.files_are_free(self.now) else []
        return [file_shown(self.one, each) for each in free]

    @property
    def main_file(self) -> FileShown | None:
        """The first one in the reader's language, else the first."""
        mine = [each for each in self.files if each.file.language == page_language()]
        return next(iter(mine or self.files), None)

    @property
    def related(self) -> list[Related]:
        """What is public among them, and what was and says where it went."""
        found = [
            *((each.kind.value, each.target) for each in self.one.relations),
            *((each.kind.inverse, each.publication) for each in self.one.related_from),
        ]
        return [
            Related(str(labels.RELATIONS[kind]), words(other.title), _url(other))
            for kind, other in found
            if other.state is not State.DRAFT
        ]

    @property
    def reason(self) -> Words:
        """Why it was withdrawn."""
        return words(self.one.withdrawal_reason)

    @property
    def successor(self) -> Related | None:
        """What is to be read instead, where that is public."""
        other = self.one.replaced_by
        if other is None or other.state is not State.PUBLISHED:
            return None
        return Related("", words(other.title), _url(other))

    @property
    def notes(self) -> list[str]:
        """Its numbers, as a library's card has them."""
        return list(_notes(self.one))

    @property
    def issues(self) -> list[tuple[str, str]]:
        """The subjects as their reader sorts them, each with the search for all about it."""
        named = [
            (translated(each.label), url_for("publications.index", subject=each.code))
            for each in self.one.subjects
        ]
        return sorted(named, key=lambda each: fold(each[0]))


def full_name(name: Name) -> str:
    return name.literal or " ".join(filter(None, [name.given, name.family]))


def record_of(publication: Publication) -> Record:
    """Its record for exports; the address in it is the same in every language."""
    return publication.record(permanent_address)


def permanent_address(number: str) -> str:
    return mail.public_url("publications.permanent", number=number)


def file_url(publication: Publication, file: PublicationFile) -> str:
    return url_for(
        "publications.file", number=publication.number, file_id=file.id, ending=file.ending
    )


def file_name(file: PublicationFile) -> str:
    """What a file is called where it is saved: title, label, language."""
    label = translated(file.label)
    return " ".join(
        filter(None, [translated(file.publication.title)[:120], label, f"({file.language})"])
    )


def _url(publication: Publication) -> str:
    return url_for("publications.show", number=publication.number)


def file_shown(publication: Publication, file: PublicationFile) -> FileShown:
    notes = [file.ending.upper(), size_words(file.size)]
    if file.language != page_language():
        notes.append(_("in %(language)s", language=language_name(file.language)))
    return FileShown(file, file_url(publication, file), words(file.label), ", ".join(notes))


def _notes(one: Publication) -> Iterator[str]:
    if one.publication_number:
        yield _("Publication number %(number)s", number=one.publication_number)
    if one.catalogue_number:
        yield _("Catalogue number %(number)s", number=one.catalogue_number)
    if one.series and one.series_number:
        yield _("%(series)s, number %(number)s", series=one.series, number=one.series_number)
    elif one.series:
        yield one.series
    elif one.series_number:
        yield _("Number %(number)s of its series", number=one.series_number)
    for other in one.other_numbers:
        yield f"{other['scheme']} {other['value']}"
