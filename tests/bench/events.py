"""Two events that are alike, but that one asks and divides whatever can be asked and divided."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from portal import clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import queries
from portal.events.models import Appearance, Event
from portal.events.rules import SessionKind
from portal.questions.rules import Kind
from portal.registrations.rules import Status
from portal.sessions.queries import loads, offered
from tests.factories import make_event, make_session, make_speaker
from tests.questions.making import make_question
from tests.sessions.making import make_chosen

PLAIN, FULL = "bench", "bench-full"
PLACES, KEPT, IN_SESSION = 50, 10, 12
GROUPS = "mep", "social_partner", "vet_provider", "employer"
"""For whom the full event keeps places; researchers have to do with those that are open."""

ANSWERS: Mapping[str, str] = {
    "q1": "Because two sectors meet", "q2": "Line after line\nof what I hope to hear.",
    "q3": "1", "q4": "2", "q5": "12", "q6": "2027-02-01", "q7": "SE", "q8": "yes", "q9": "yes",
    "q10": "Only here", "q11": "1", "q12": "Nothing else",
}  # fmt: skip


def make() -> None:
    """Both of them, with the programme of an afternoon."""
    with transaction():
        for slug in (PLAIN, FULL):
            _with_programme(_event(slug))
        _ask(_found(FULL))
        _keep_places(_found(FULL))
        _let_choose(_found(FULL))


def set_capacity(capacity: int | None) -> None:
    """How many may come to each."""
    with transaction():
        for slug in (PLAIN, FULL):
            _found(slug).capacity = capacity


def forms() -> Sequence[Mapping[str, str]]:
    """What people send to the full event beside who they are, in turn: each group, each table."""
    ids = [str(each.id) for each in offered(_found(FULL).id)]
    early, late = ids[:3], ids[3:]
    return [
        ANSWERS
        | {"stakeholder_group": group}
        | {"sessions-early": early[number % 3], "sessions-late": late[number // 3 % 3]}
        for number, group in enumerate((*GROUPS, "expert") * 9)
    ]


def write_list(path: Path, count: int) -> None:
    """A file of people who are to be invited."""
    with path.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(("Email", "First name", "Last name", "Organisation", "Country"))
        for number in range(count):
            name = f"guest-{number:05}"
            rows.writerow((f"{name}@example.org", "Zoë", name, "Institute for Research", "SE"))


def overbooked() -> int:
    """How many more came in at the full event than there are places: at it, kept, in sessions."""
    from portal.registrations.models import Registration

    event = _found(FULL)
    question = db.select(Registration.quota_id).where(
        Registration.event_id == event.id, Registration.status == Status.CONFIRMED
    )
    taken = Counter(db.session.scalars(question))
    kept = sum(max(0, count - KEPT) for quota, count in taken.items() if quota is not None)
    in_sessions = sum(max(0, load.taken - IN_SESSION) for load in loads(event.id).values())
    return max(0, taken.total() - PLACES) + kept + in_sessions


def _event(slug: str) -> Event:
    return make_event(
        slug=slug,
        demonstration=True,
        description={
            "en": "A microcredential certifies what somebody learned in a short time. " * 12
        },
        audience={"en": "Policy-makers, social partners, training providers and researchers."},
        contacts=[{"role": {"en": "Programme"}, "email": "programme@example.org"}],
        capacity=PLACES,
        waitlist=True,
    )


def _with_programme(event: Event) -> None:
    speakers = [make_speaker(event, name=f"Speaker {number}") for number in range(6)]
    for number in range(8):
        make_session(
            event,
            title={"en": f"Item {number + 1} of the afternoon"},
            abstract={"en": "What was tried, what it cost, and who accepts it now. " * 2},
            starts_at=event.starts_at + timedelta(minutes=25) * number,
            ends_at=event.starts_at + timedelta(minutes=25) * (number + 1),
            kind=SessionKind.PLENARY,
            room="Forum",
            position=number,
            appearances=[Appearance(speaker=speakers[number % 6], position=0)],
        )


def _ask(event: Event) -> None:
    """Twelve questions of all kinds but files."""
    make_question(event, Kind.TEXT, "Why do you come?", required=True)
    make_question(event, Kind.LONG_TEXT, "What do you hope to hear?")
    first = make_question(event, Kind.ONE_OF, "Which table?", options=["First", "Second"])
    make_question(event, Kind.SEVERAL, "Which days?", options=["Monday", "Tuesday", "Wednesday"])
    make_question(event, Kind.NUMBER, "How many years in this field?")
    make_question(event, Kind.DATE, "When do you arrive?")
    make_question(event, Kind.COUNTRY, "From which country do you travel?")
    make_question(event, Kind.YES_NO, "Have you been here before?")
    make_question(event, Kind.CONSENT, "You may send me the notes.")
    make_question(event, Kind.TEXT, "What about the first table?", only=(first, "1"))
    make_question(event, Kind.ONE_OF, "Dinner?", options=[("Yes", 10_000), ("No", None)])
    make_question(event, Kind.TEXT, "What else?")


def _keep_places(event: Event) -> None:
    from portal.registrations.service import quotas

    until = event.starts_at - timedelta(days=1)
    for group in GROUPS:
        facts = {"places": KEPT, "until": until, "groups": [group], "countries": []}
        quotas.add(event, facts | {"online": False}, by=COMMAND, now=clock.now())


def _let_choose(event: Event) -> None:
    """Six sessions with places, three at a time."""
    for number in range(6):
        after = 0.5 if number < 3 else 1.5
        table = f"Table {number + 1}"
        make_chosen(event, table, after=after, places=IN_SESSION, waiting=10_000)


def _found(slug: str) -> Event:
    event = queries.public_event_bare(slug)
    assert event is not None
    return event
