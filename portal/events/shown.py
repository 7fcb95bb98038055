"""An event as its pages show it: codes and moments turned into people's words."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from portal import i18n, labels, mail
from portal.events.models import Event
from portal.events.places_shown import apart_words, kept_words
from portal.events.rules import Door, Places, State, next_change
from portal.i18n import Translated, translated, translated_as


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and its language where that is not the page's."""

    text: str
    lang: str | None = None

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Shown:
    """One event at one moment, for the page's language."""

    event: Event
    places: Places
    now: datetime

    @property
    def slug(self) -> str:
        return self.event.slug

    @property
    def title(self) -> Words:
        return words(self.event.title)

    @property
    def summary(self) -> Words:
        return words(self.event.summary)

    @property
    def kind(self) -> str:
        return str(labels.KINDS[self.event.kind])

    @property
    def first_day(self) -> date:
        return self.event.starts_at.astimezone(ZoneInfo(self.event.zone)).date()

    @property
    def last_day(self) -> date:
        return self.event.ends_at.astimezone(ZoneInfo(self.event.zone)).date()

    @property
    def when(self) -> str:
        return self.when_in(self.event.zone)

    @property
    def where(self) -> str:
        """'Online', the place, or both."""
        return ", ".join(
            [str(labels.FORMATS[self.event.format]), *filter(None, [self.event.place])]
        )

    @property
    def where_sign(self) -> str:
        return "place" if self.event.in_person else "online"

    @property
    def format(self) -> str:
        return str(labels.FORMATS[self.event.format])

    @property
    def day(self) -> str:
        return i18n.short_day(self.event.starts_at, self.event.zone)

    @property
    def before(self) -> str:
        """When a moved event was to start."""
        was = self.event.previous_starts_at
        return i18n.moment_words(was, self.event.zone) if was else ""

    @property
    def sectors(self) -> list[tuple[str, str]]:
        return [(code, sector_words(code)) for code in self.event.sectors]

    @property
    def is_to_come(self) -> bool:
        """Whether a calendar or a registration still has a use."""
        return not self.is_over and self.event.state is not State.CANCELLED

    @property
    def door(self) -> Door:
        return self.event.door(self.places, self.now)

    @property
    def is_over(self) -> bool:
        return self.event.is_over(self.now)

    @property
    def look(self) -> str:
        """How the date block and the badge look."""
        if self.event.state is State.CANCELLED:
            return "cancelled"
        return "past" if self.is_over else ""

    @property
    def places_left(self) -> int | None:
        """What a newcomer can still get; None where places have no limit."""
        if self.door in (Door.WAITLIST, Door.FULL):
            return 0
        return self.places.left(self.event.capacity)

    @property
    def places_words(self) -> str:
        """'12 of 50 places left'; empty once nobody can get a place any more."""
        capacity, left, division = self.event.places_in_all, self.places_left, self.places.division
        if self.door in (Door.OVER, Door.CANCELLED):
            return ""
        if division is not None and division.is_apart and self._counts_down:
            return apart_words(division)
        if not capacity or left is None:
            return ""
        if not self._counts_down:
            return ngettext("%(num)s place", "%(num)s places", capacity)
        if left == 0 and not self.kept_words:
            return ngettext("The only place is taken", "All %(num)s places are taken", capacity)
        return ngettext(
            "%(num)s of %(capacity)s places left",
            "%(num)s of %(capacity)s places left",
            left,
            capacity=capacity,
        )

    @property
    def _counts_down(self) -> bool:
        return not self.event.approval and self.door not in (Door.CLOSED, Door.POSTPONED)

    @property
    def kept_words(self) -> str:
        """For whom places are kept, and until when, while one can register."""
        says_it = self.door in (Door.OPEN, Door.WAITLIST, Door.NOT_YET)
        return kept_words(self.places, self.event.zone) if says_it else ""

    @property
    def state_words(self) -> str:
        """How registration stands, in one sentence."""
        opens, closes = self.event.registration_opens_at, self.event.registration_closes_at
        zone = self.event.zone
        match self.door:
            case Door.POSTPONED:
                return _("Postponed: a new date is not known yet.")
            case Door.CANCELLED:
                return _("Cancelled: this event will not be held.")
            case Door.OVER if self.is_over:
                return _("This event is over.")
            case Door.OVER:
                return _("This event has started. Registration is closed.")
            case Door.NOT_YET if opens:
                return _("Registration opens on %(moment)s.", moment=moment(opens, zone))
            case Door.OPEN if closes:
                return _("Registration closes on %(moment)s.", moment=moment(closes, zone))
            case Door.WAITLIST if self.kept_words:
                return _("All open places are taken: others join the waitlist.")
            case Door.WAITLIST if closes:
                return _("Full: join the waitlist until %(moment)s.", moment=moment(closes, zone))
            case Door.WAITLIST:
                return _("Full: join the waitlist.")
            case Door.FULL:
                return _("Full: there is no waitlist.")
            case Door.CLOSED if closes and closes <= self.now:
                return _("Registration closed on %(moment)s.", moment=moment(closes, zone))
            case Door.CLOSED:
                return _("Registration is closed.")
            case _:
                return _("Registration is open.")

    @property
    def badge(self) -> str:
        """Which badge of the lists says the same."""
        return self.door.value

    @property
    def badge_words(self) -> str:
        """The state in a few words, with the day where there is one."""
        opens, closes = self.event.registration_opens_at, self.event.registration_closes_at
        zone = self.event.zone
        match self.badge:
            case Door.NOT_YET if opens:
                return _("Registration opens on %(day)s", day=i18n.short_day(opens, zone))
            case Door.WAITLIST if self.kept_words:
                return _("Some places are kept")
            case Door.OPEN if closes:
                return _("Register until %(day)s", day=i18n.short_day(closes, zone))
            case Door.OVER if not self.is_over:
                return _("Under way")
            case _:
                return ""

    @property
    def act_words(self) -> str:
        """What the button says; empty while nobody can register."""
        match self.door:
            case Door.OPEN:
                return _("Register")
            case Door.WAITLIST if self.kept_words:
                return _("Register")
            case Door.WAITLIST:
                return _("Join the waitlist")
            case _:
                return ""

    @property
    def changes_at(self) -> datetime | None:
        """The next moment at which these words change by themselves."""
        event = self.event
        moments = [
            event.registration_opens_at,
            event.registration_closes_at,
            event.changes_until,
            event.withdrawals_until,
            event.offers_end_at,
        ]
        releases = self.places.division.releases if self.places.division else []
        return next_change([*moments, event.starts_at, event.ends_at, *releases], self.now)

    @property
    def deadlines(self) -> list[str]:
        """What those who have registered can do until when."""
        said = [changes_words(self.event, self.now), withdrawal_words(self.event, self.now)]
        return [words for words in said if words]

    @property
    def a_deadline_is_over(self) -> bool:
        """Whether somebody who is registered may have missed one."""
        dates = [self.event.changes_deadline, self.event.withdrawal_deadline]
        return any(date is not None and date <= self.now for date in dates)

    @property
    def has_closed(self) -> bool:
        """Whether registration ended on its date: whoever missed it has to write."""
        closes = self.event.registration_closes_at
        is_public = self.event.state is State.PUBLISHED
        return is_public and self.door is Door.CLOSED and closes is not None and closes <= self.now

    def when_in(self, zone: str) -> str:
        """Day, clock time and zone, on the clock of `zone`."""
        return i18n.when(self.event.starts_at, self.event.ends_at, zone)

    def zone_in(self, zone: str) -> str:
        """'Brussels time (CET, UTC+1)'; both marks where clocks change during the event."""
        marks = [i18n.zone_mark(at, zone) for at in (self.event.starts_at, self.event.ends_at)]
        return _(
            "%(city)s time (%(mark)s)",
            city=i18n.zone_city(zone),
            mark=_(", then ").join(dict.fromkeys(marks)),
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who can be asked, and how a letter to them begins."""

    role: str
    address: str
    subject: str = ""

    @property
    def mailto(self) -> str:
        """The link that opens a letter with its subject (RFC 6068)."""
        return f"mailto:{quote(self.address, safe='@+')}?subject={quote(self.subject)}"


def contacts(event: Event) -> list[Contact]:
    """Whom to ask, by role."""
    return [
        Contact(
            translated(contact.get("role")), str(contact.get("email", "")), translated(event.title)
        )
        for contact in event.contacts
    ]


def whom_to_ask(event: Event) -> list[Contact]:
    """The same, never empty: where an event names nobody, the house answers."""
    return contacts(event) or [Contact("", mail.sender()[1], translated(event.title))]


def changes_words(event: Event, now: datetime) -> str:
    """Until when details can be changed, where the organisers said so."""
    until = event.changes_deadline
    if until is None:
        return ""
    if now < until:
        return _("Details can be changed until %(moment)s.", moment=moment(until, event.zone))
    return _("The time to change details ended on %(moment)s.", moment=moment(until, event.zone))


def withdrawal_words(event: Event, now: datetime) -> str:
    """Until when a place is given back in time, where the organisers said so."""
    until = event.withdrawal_deadline
    if until is None:
        return ""
    said = moment(until, event.zone)
    if now < until:
        return _("Places can be given back until %(moment)s. Later is noted as late.", moment=said)
    return _(
        "The time to give a place back ended on %(moment)s. It is still possible, and is noted as "
        "late.",
        moment=said,
    )


def working_languages(event: Event) -> list[str]:
    """'English (spoken, captions)' for each working language."""
    return [
        _(
            "%(language)s (%(how)s)",
            language=i18n.language_name(str(working["code"])),
            how=", ".join(str(labels.INTERPRETATION[how]) for how in working.get("how", ())),
        )
        if working.get("how")
        else i18n.language_name(str(working["code"]))
        for working in event.working_languages
    ]


def organisers(event: Event) -> list[str]:
    return [translated(organiser) for organiser in event.organisers]


def sector_words(code: str) -> str:
    """A sector's name; one without a name in our list is its own word."""
    return str(labels.SECTORS.get(code, code.capitalize()))


def words(texts: Translated | None) -> Words:
    """The text for this page, with its language where it is another than the page's."""
    text, lang = translated_as(texts)
    return Words(text, None if lang == i18n.page_language() else lang)


def moment(at: datetime, zone: str) -> str:
    return i18n.moment_words(at, zone)
