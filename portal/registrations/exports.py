"""The list of registrations as a file: codes for programs, words for people."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row as Result

from portal.events import queries as events
from portal.events.models import Event
from portal.events.places_shown import whom
from portal.i18n import countries, page_language, translated
from portal.labels import ATTENDANCE, IN_SESSION, PARTSTATS, STAKEHOLDER_GROUPS, STATUSES
from portal.questions import queries as questions
from portal.questions import shown
from portal.questions.queries import Answered
from portal.questions.rules import Kind
from portal.registrations import listing, second_form
from portal.registrations.listing import Wish
from portal.registrations.rules import attended
from portal.sessions import queries as sessions
from portal.sessions.queries import Mine

CONSENTS = ("access_consent", "diet_consent", "list_consent", "photo_consent")
FIELDS = (
    "title", "first_name", "last_name", "badge_name", "email", "phone", "organisation", "role",
    "stakeholder_group", "country", "attendance", "access_needs", "access_consent", "diet",
    "diet_consent", "list_consent", "photo_consent", "status", "withdrawn_late",
    "waitlist_position", "offered_until", "quota", "registered_at", "language", "registered_by",
    "attended", "joined", "calendar_reply", "entitled_to_reimbursement",
)  # fmt: skip


class Questions:
    """The event's own questions as columns, with what everybody answered: read once for a file.

    Where people choose sessions, theirs stand in one more.
    """

    def __init__(self, event: Event) -> None:
        self._chooses = event.chooses
        self._chosen = sessions.of_event(event.id) if event.chooses else {}
        self._columns = questions.columns(event.id) if event.asks else []
        self._given = questions.given_at(event.id) if event.asks else {}
        self._second = second_form.words_by_person(event.id) if event.asks else {}
        self._lang = shown.language_of(self._columns)

    @property
    def codes(self) -> list[str]:
        """The heads for programs: the form's fields, and `question_7` for that of number 7."""
        second = ["second_form"] if self._second else []
        own = ["sessions"] if self._chooses else []
        answers = [f"question_{each.number}" for each in self._columns]
        return [*FIELDS, *second, *answers, *own]

    @property
    def labels(self) -> list[str]:
        """The heads for people: the questions in their last words."""
        second = [_("Second form")] if self._second else []
        own = [_("Sessions")] if self._chooses else []
        return [*second, *(shown.plain(each.label, self._lang) for each in self._columns), *own]

    def coded(self, registration_id: int) -> list[str]:
        """Codes and what was written; several codes beside each other."""
        second = [self._second.get(registration_id, "")] if self._second else []
        own = " ".join(f"{each.offer.id}:{each.state}" for each in self._of(registration_id))
        return [*second, *self._cells(registration_id, _codes), *([own] if self._chooses else [])]

    def worded(self, registration_id: int) -> list[str]:
        """The words of the answers, as the version that was answered has them."""
        words = {
            "open": _("not answered"),
            "answered": _("answered"),
            "unasked": _("cannot be asked"),
        }
        code = self._second.get(registration_id, "")
        second = [words.get(code, "")] if self._second else []
        own = "; ".join(_session_words(each) for each in self._of(registration_id))
        answers = self._cells(
            registration_id,
            lambda each: shown.answer_plain(each.question, each.values, self._lang),
        )
        return [*second, *answers, *([own] if self._chooses else [])]

    def _of(self, registration_id: int) -> Sequence[Mine]:
        return self._chosen.get(registration_id, ())

    def _cells(self, registration_id: int, say: Callable[[Answered], str]) -> list[str]:
        said = {each.question.number: say(each) for each in self._given.get(registration_id, ())}
        return [said.get(each.number, "") for each in self._columns]


def _session_words(mine: Mine) -> str:
    return _(
        "%(session)s (%(standing)s)",
        session=translated(dict(mine.offer.title)), standing=str(IN_SESSION[mine.state]),
    )  # fmt: skip


def _codes(answered: Answered) -> str:
    if answered.question.kind is Kind.FILE:  # what the file is; its name is nobody's business
        return answered.values[0].rpartition(".")[2].upper()
    return " ".join(answered.values)


def coded(event: Event, wish: Wish, more: Questions) -> Iterator[list[str]]:
    """Rows under `more.codes`, for programs."""
    positions = listing.positions(event)
    for person in listing.everybody(event, wish):
        cells = _cells(person, positions)
        yield [*(cells[name] for name in FIELDS), *more.coded(person.id)]


def worded(event: Event, wish: Wish, more: Questions) -> Iterator[list[str]]:
    """Rows under `labels()` and `more.labels`, for people."""
    positions, words = listing.positions(event), _words()
    words["quota"] = {str(each.id): whom(each.kept) for each in events.quotas([event.id])}
    for person in listing.everybody(event, wish):
        cells = _cells(person, positions)
        for name, said in words.items():
            cells[name] = said.get(cells[name], cells[name])
        yield [*(cells[name] for name in FIELDS), *more.worded(person.id)]


def _words() -> dict[str, dict[str, str]]:
    """What codes are called, looked up once for the whole file and not once a cell."""
    answers = {"yes": _("yes"), "no": _("no")}
    return {
        **dict.fromkeys((*CONSENTS, "withdrawn_late", "attended", "joined"), answers),
        "entitled_to_reimbursement": answers,
        "calendar_reply": {code: str(words) for code, words in PARTSTATS.items()},
        "stakeholder_group": {code: str(words) for code, words in STAKEHOLDER_GROUPS.items()},
        "attendance": {code: str(words) for code, words in ATTENDANCE.items()},
        "status": {code: str(words) for code, words in STATUSES.items()},
        "country": dict(countries(page_language())),
    }


def labels() -> list[str]:
    """The heads of the columns, in the order of `FIELDS`."""
    return [
        _("Title"), _("First name"), _("Last name"), _("Name on the badge"), _("Mail address"),
        _("Telephone"), _("Organisation"), _("Role"), _("Takes part as"), _("Country"),
        _("Attendance"), _("Access needs"), _("Access needs may be used"), _("Diet"),
        _("Diet may be used"),
        _("May stand in the list of attendees"), _("May be photographed"), _("Status"),
        _("Withdrawn late"), _("Position on the waitlist"),
        _("Place offered until (UTC)"), _("Has a place kept for"), _("Registered at (UTC)"),
        _("Language"), _("Registered by"), _("Attended"), _("Joined"),
        _("Answer of their calendar"), _("Entitled to reimbursement"),
    ]  # fmt: skip


def _cells(person: Result[Any], positions: dict[int, int]) -> dict[str, str]:
    """What a person needs is given on with their consent only."""
    consents = person.consents or {}
    plain = ("title", "first_name", "last_name", "badge_name", "email", "phone", "organisation",
             "role", "country", "language")  # fmt: skip
    return {
        **{name: getattr(person, name) for name in plain},
        "stakeholder_group": person.stakeholder_group.value,
        "attendance": person.attendance.value,
        "access_needs": person.access_needs if "access_consent" in consents else "",
        "diet": person.diet if "diet_consent" in consents else "",
        **{name: "yes" if name in consents else "no" for name in CONSENTS},
        "status": person.status,
        "withdrawn_late": "yes" if person.withdrawn_late else "no",
        "waitlist_position": str(positions.get(person.id, "")),
        "attended": "yes" if attended(person.checked_in_at, person.reported_at) else "no",
        "joined": "yes" if person.joined_at else "no",
        "offered_until": _moment(person.offered_until if person.status == "offered" else None),
        "quota": str(person.quota_id or ""),
        "registered_at": _moment(person.registered_at),
        "calendar_reply": person.partstat.value if person.partstat else "",
        "entitled_to_reimbursement": "yes" if person.entitled else "no",
        "registered_by": person.registered_by or "",
    }


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
