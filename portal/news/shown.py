"""News and calls as pages and feeds show them: codes and moments turned into people's words."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import i18n
from portal.events.shown import Words, words
from portal.i18n import ENDONYMS
from portal.news.models import Extension, Item
from portal.news.rules import (
    LICENCES,
    ContactFor,
    Kind,
    Openness,
    State,
    days_left,
    said_at,
    turns_at,
)

KINDS = {Kind.NEWS.value: _l("News"), Kind.CALL.value: _l("Call")}
NEEDS = {
    "title": _l("Title"),
    "summary": _l("Summary"),
    "text": _l("Text"),
    "closes_at": _l("A closing day, after it opens"),
    "responsible": _l("Who is responsible"),
    "behind": _l("Who is responsible, or a contact"),
    "languages": _l("Languages of the questionnaire"),
    "contact": _l("A contact for its content"),
    "doors": _l("A door at least, each with a link"),
}
ABOUT = {
    ContactFor.CONTENT.value: _l("Questions about its content"),
    ContactFor.REST.value: _l("Any other question"),
}


@dataclass(frozen=True, slots=True)
class Door:
    """A group of people, and their questionnaire in each language: (code, endonym, address)."""

    audience: Words
    links: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask: what about, who answers, at which address."""

    about: str
    role: Words
    person: str
    email: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was changed in public: when, and what."""

    at: datetime
    day: str
    said: Words
    why: Words | None = None


@dataclass(frozen=True)
class Shown:
    """One item at one moment, for the page's language."""

    item: Item
    now: datetime

    @property
    def slug(self) -> str:
        return self.item.slug

    @property
    def lang(self) -> str:
        """Of the page around it; each text knows its own where that is another."""
        return i18n.page_language()

    @property
    def title(self) -> Words:
        return words(self.item.title)

    @property
    def summary(self) -> Words:
        return words(self.item.summary)

    @property
    def text(self) -> Words:
        return words(self.item.text)

    @property
    def kind(self) -> str:
        return str(KINDS[self.item.kind])

    @property
    def is_call(self) -> bool:
        return self.item.is_call

    @property
    def published_day(self) -> str:
        """Empty in a preview of a draft."""
        return self._day(self.item.published_at) if self.item.published_at else ""

    @property
    def date(self) -> date:
        """What the date block shows: when a call closes, when news came."""
        moment = self.item.closing if self.is_call else self.item.published_at
        return (moment or self.now).astimezone(ZoneInfo(self.item.zone)).date()

    @property
    def changed_day(self) -> str:
        """On which day what it says was written anew; empty where it never was."""
        return self._day(self.item.changed_at) if self.item.changed_at else ""

    @property
    def is_withdrawn(self) -> bool:
        return self.item.state is State.WITHDRAWN

    @property
    def withdrawn_day(self) -> str:
        return self._day(self.item.withdrawn_at or self.item.updated_at)

    @property
    def why_withdrawn(self) -> Words:
        return words(self.item.withdrawn_why)

    @property
    def openness(self) -> Openness | None:
        """None of what was withdrawn: nobody answers that."""
        return None if self.is_withdrawn else self.item.openness(self.now)

    @property
    def is_open(self) -> bool:
        return self.openness is Openness.OPEN

    @property
    def is_closed(self) -> bool:
        return self.openness is Openness.CLOSED

    @property
    def closes(self) -> str:
        """'15 January 2027, 18:00, Brussels time (CET, UTC+1)'; empty where there is no day."""
        item = self.item
        return closing_words(item.closes_at, item.whole_day, item.zone) if item.closes_at else ""

    @property
    def left(self) -> str:
        """How long it is still open, in a few words: 'Closes in 12 days'."""
        item = self.item
        closing = item.closing
        match self.openness:
            case Openness.NOT_YET if item.opens_at:
                return _("Opens on %(day)s", day=self._day(item.opens_at))
            case Openness.OPEN if closing:
                return self._closes_in(closing)
            case Openness.CLOSED if closing:
                return _("Closed since %(day)s", day=self._day(closing))
            case _:
                return ""

    @property
    def opens(self) -> str:
        """When a call that is not open yet opens."""
        return self.opening if self.openness is Openness.NOT_YET else ""

    @property
    def opening(self) -> str:
        """The moment from which it can or could be answered, where one is set."""
        if self.item.opens_at is None:
            return ""
        return i18n.moment_words(self.item.opens_at, self.item.zone)

    @property
    def changes_at(self) -> datetime | None:
        """The next moment at which these words change by themselves."""
        item = self.item
        if not self.is_call or item.closes_at is None:
            return None
        return turns_at(item.opens_at, item.closes_at, item.zone, self.now)

    @property
    def doors(self) -> list[Door]:
        return [
            Door(
                words(door["audience"]),
                [(code, ENDONYMS.get(code, code), door["links"][code]) for code in door["links"]],
            )
            for door in self.item.doors
        ]

    @property
    def languages(self) -> list[tuple[str, str]]:
        """The languages of the questionnaires, each by its own name."""
        return [(code, ENDONYMS.get(code, code)) for code in self.item.languages]

    @property
    def minutes(self) -> str:
        """'15 to 20 minutes'."""
        first, last = self.item.minutes_from, self.item.minutes_to
        if first and last and first != last:
            return _("%(first)s to %(last)s minutes", first=first, last=last)
        one = first or last
        return ngettext("%(num)s minute", "%(num)s minutes", one) if one else ""

    @property
    def responsible(self) -> Words:
        return words(self.item.responsible)

    @property
    def carried_out_by(self) -> Words:
        return words(self.item.carried_out_by)

    @property
    def eligibility(self) -> Words:
        return words(self.item.eligibility)

    @property
    def contacts(self) -> list[Contact]:
        return [
            Contact(str(ABOUT[each["about"]]), words(each["role"]), each["person"], each["email"])
            for each in self.item.contacts
        ]

    @property
    def extensions(self) -> list[Note]:
        """Every extension, with what the deadline was and what it was since."""
        return [self._moved(each) for each in self.item.extensions if not each.note]

    @property
    def last_move(self) -> Note | None:
        """How the deadline came to be what it is."""
        return self._moved(self.item.extensions[-1]) if self.item.extensions else None

    @property
    def extended(self) -> str:
        """The same in short, of the last one, for lists."""
        if not self.item.extensions:
            return ""
        last = self.item.extensions[-1]
        if last.note:
            return _("The deadline was corrected on %(day)s", day=self._day(last.at))
        before, after = (
            self._day(said_at(at, whole))
            for at, whole in (
                (last.before, last.before_whole_day), (last.after, last.after_whole_day),
            )
        )  # fmt: skip
        if before == after:
            return _("Extended to a later hour")
        return _("Extended from %(before)s to %(after)s", before=before, after=after)

    @property
    def corrections(self) -> list[Note]:
        """What was wrong, a deadline too, in the order in which it was said."""
        notes = [
            *(Note(each.at, self._day(each.at), words(each.note))
              for each in self.item.corrections),
            *(self._moved(each) for each in self.item.extensions if each.note),
        ]  # fmt: skip
        return sorted(notes, key=lambda note: note.at)

    @property
    def licence(self) -> tuple[str, str]:
        """Its name and its address."""
        return LICENCES[self.item.licence]

    def _moved(self, move: Extension) -> Note:
        zone = self.item.zone
        before = closing_words(move.before, move.before_whole_day, zone)
        after = closing_words(move.after, move.after_whole_day, zone)
        if not move.note:
            said = _("Extended from %(before)s to %(after)s", before=before, after=after)
            return Note(move.at, self._day(move.at), Words(said))
        said = _("The deadline is %(after)s, and not %(before)s.", before=before, after=after)
        return Note(move.at, self._day(move.at), Words(said), words(move.note))

    def _closes_in(self, closing: datetime) -> str:
        days = days_left(closing, self.item.zone, self.now)
        time = i18n.clock_time(closing, self.item.zone)
        if days == 0:
            return (
                _("Closes at the end of today")
                if self.item.whole_day
                else _("Closes today at %(time)s", time=time)
            )
        if days == 1:
            return (
                _("Closes at the end of tomorrow")
                if self.item.whole_day
                else _("Closes tomorrow at %(time)s", time=time)
            )
        return ngettext("Closes in %(num)s day", "Closes in %(num)s days", days)

    def _day(self, moment: datetime) -> str:
        return i18n.short_day(moment, self.item.zone)


def closing_words(closes_at: datetime, whole_day: bool, zone: str) -> str:
    """A deadline with its year and its zone; of a whole day without an hour."""
    closing = said_at(closes_at, whole_day)
    if not whole_day:
        return i18n.moment_words(closing, zone)
    return _(
        "end of %(day)s, %(zone)s",
        day=i18n.short_day(closing, zone),
        zone=i18n.zone_words(closing, zone),
    )
