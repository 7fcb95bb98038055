"""By what the list of registrations can be narrowed down, as its form shows it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.events.models import Event
from portal.i18n import country_name, translated
from portal.labels import ATTENDANCE, PARTSTATS, STAKEHOLDER_GROUPS, STATUSES
from portal.questions import queries as questions
from portal.registrations import calendar_replies, listing
from portal.registrations.listing import OPEN_PLACES, Figures, Wish
from portal.sessions import queries as sessions


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice between everything and a few codes, and the code that is chosen now."""

    name: str
    label: str
    choices: Iterable[tuple[str, object]]
    chosen: str


def of(event: Event, wish: Wish, figures: Figures, quotas: Mapping[int, str]) -> list[Filter]:
    """Those that this event has a use for, in the order in which they are shown."""
    chosen = listing.filter_codes(wish)
    return [
        Filter(name, label, choices, chosen[name])
        for name, label, choices in _choices(event, figures, quotas)
        if choices or chosen[name]
    ]


def _choices(
    event: Event, figures: Figures, quotas: Mapping[int, str]
) -> Iterator[tuple[str, str, list[tuple[str, object]]]]:
    asks_again = questions.second_form(event.id) is not None
    yield "status", _("Status"), list(STATUSES.items())
    yield "stakeholder_group", _("Takes part as"), list(STAKEHOLDER_GROUPS.items())
    is_hybrid = event.in_person and event.online
    yield "attendance", _("Attendance"), list(ATTENDANCE.items()) if is_hybrid else []
    yield "country", _("Country"), [(code, country_name(code)) for code in figures.countries]
    yield "unreached", _("Letters"), [("yes", _("could not be reached"))]
    yield "by_office", _("Registered by"), [("yes", _("an office that acts for them"))]
    yield "attended", _("Presence"), [
        ("yes", _("attended")), ("no", _("had a place, did not attend")),
    ]  # fmt: skip
    joined: list[tuple[str, object]] = [("yes", _("went to the joining link"))]
    yield "joined", _("Joined"), joined if event.joining_url or figures.joined else []
    yield "calendar_reply", _("Answer of their calendar"), [
        *PARTSTATS.items(), (calendar_replies.NONE_YET, _("none yet")),
    ]  # fmt: skip
    yield "entitled", _("Reimbursement"), [
        ("yes", _("entitled to reimbursement")), ("no", _("not entitled to reimbursement")),
    ]  # fmt: skip
    second: list[tuple[str, object]] = [
        ("answered", _("have answered")), ("open", _("have not answered")),
        ("unasked", _("cannot be asked")),
    ]  # fmt: skip
    yield "second", _("Second form"), second if asks_again else []
    kept = [(str(number), _("kept for: %(whom)s", whom=whom)) for number, whom in quotas.items()]
    yield (
        "quota",
        _("Kind of place"),
        [(str(OPEN_PLACES), _("an open place")), *kept] if kept else [],
    )
    yield "session", _("Session"), _in_sessions(event)


def _in_sessions(event: Event) -> list[tuple[str, object]]:
    if not event.chooses:
        return []
    found: list[tuple[str, object]] = []
    for offer in sessions.offered(event.id):
        title = translated(dict(offer.title))
        found += [
            (f"{offer.id}", _("has a place in “%(title)s”", title=title)),
            (f"{offer.id}.line", _("waits for “%(title)s”", title=title)),
            (f"{offer.id}.wish", _("wishes for “%(title)s”", title=title)),
        ]
    return found
