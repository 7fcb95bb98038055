"""The list of registrations as a file: codes for programs, words for people."""

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row as Result

from portal.events.models import Event
from portal.i18n import countries, page_language
from portal.labels import ATTENDANCE, STAKEHOLDER_GROUPS, STATUSES
from portal.questions import queries as questions
from portal.questions import shown
from portal.questions.queries import Answered
from portal.questions.rules import Kind
from portal.registrations import listing
from portal.registrations.listing import Wish
from portal.registrations.rules import attended

CONSENTS = ("access_consent", "diet_consent", "list_consent", "photo_consent")
FIELDS = (
    "title", "first_name", "last_name", "badge_name", "email", "phone", "organisation", "role",
    "stakeholder_group", "country", "attendance", "access_needs", "access_consent", "diet",
    "diet_consent", "list_consent", "photo_consent", "status", "withdrawn_late",
    "waitlist_position", "registered_at", "language", "attended",
)  # fmt: skip


class Questions:
    """The event's own questions as columns, with what everybody answered: read once for a file."""

    def __init__(self, event: Event) -> None:
        self._columns = questions.columns(event.id) if event.asks else []
        self._given = questions.given_at(event.id) if event.asks else {}
        self._lang = shown.language_of(self._columns)

    @property
    def codes(self) -> list[str]:
        """The heads for programs: the form's fields, and `question_7` for that of number 7."""
        return [*FIELDS, *(f"question_{each.number}" for each in self._columns)]

    @property
    def labels(self) -> list[str]:
        """The heads for people: the questions in their last words."""
        return [shown.plain(each.label, self._lang) for each in self._columns]

    def coded(self, registration_id: int) -> list[str]:
        """Codes and what was written; several codes beside each other."""
        return self._cells(registration_id, _codes)

    def worded(self, registration_id: int) -> list[str]:
        """The words of the answers, as the version that was answered has them."""
        return self._cells(
            registration_id,
            lambda each: shown.answer_plain(each.question, each.values, self._lang),
        )

    def _cells(self, registration_id: int, say: Callable[[Answered], str]) -> list[str]:
        said = {each.question.number: say(each) for each in self._given.get(registration_id, ())}
        return [said.get(each.number, "") for each in self._columns]


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
    for person in listing.everybody(event, wish):
        cells = _cells(person, positions)
        for name, said in words.items():
            cells[name] = said.get(cells[name], cells[name])
        yield [*(cells[name] for name in FIELDS), *more.worded(person.id)]


def _words() -> dict[str, dict[str, str]]:
    """What codes are called, looked up once for the whole file and not once a cell."""
    answers = {"yes": _("yes"), "no": _("no")}
    return {
        **dict.fromkeys((*CONSENTS, "withdrawn_late", "attended"), answers),
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
        _("Withdrawn late"), _("Position on the waitlist"), _("Registered at (UTC)"),
        _("Language"), _("Attended"),
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
        "registered_at": person.registered_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
