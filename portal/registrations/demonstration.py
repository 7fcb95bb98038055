"""Believable people for the demonstration, for benches and for pictures: nobody real."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from portal.audit.service import COMMAND
from portal.db import db
from portal.events import service as events
from portal.events.models import Event
from portal.registrations import service
from portal.registrations.models import Registration
from portal.registrations.rules import NOTICE_VERSION, Attendance, StakeholderGroup
from portal.registrations.service import Sent, quotas

FIRST_NAMES = (
    "Ada", "Anaïs", "Bartosz", "Chiara", "Dimitra", "Eoin", "Élise", "Filip", "Giulia", "Hanna",
    "Ilse", "Jānis", "Joaquín", "Kaisa", "Katarína", "Luc", "Maarten", "Márta", "Nikos", "Ondřej",
    "Petra", "Rasa", "Sofia", "Søren", "Tiina", "Uršula", "Vasil", "Wanda", "Yiannis", "Zoltán",
)  # fmt: skip
LAST_NAMES = (
    "Andersson", "Băsescu-Ionescu", "Borg", "Carvalho", "De Smet", "Dvořák", "Ferrari", "Fischer",
    "García", "Georgiou", "Hansen", "Horvat", "Ivanov", "Jansen", "Kazlauskas", "Kowalska",
    "Laine", "Lefèvre", "Murphy", "Nagy", "Novák", "Ozoliņš", "Papadopoulou", "Rossi", "Schmit",
    "Šimek", "Tamm", "Virtanen", "Weber", "Zahra",
)  # fmt: skip
ORGANISATIONS = (
    "Chamber of Crafts", "College of Further Education", "Federation of Retailers",
    "Institute for Labour Market Research", "Ministry of Education", "Ministry of Labour",
    "Network of VET Providers", "Office of a Member", "Public Employment Service",
    "Regional Training Centre", "Union of Metal Workers", "University of Applied Sciences",
)  # fmt: skip
ROLES = ("adviser", "assistant", "coordinator", "head of unit", "researcher", "teacher", "trainer")
COUNTRIES = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip


OFFICES = ["mep", "mep_office"]
PARTNERS = ["social_partner"]


def keep_places(event: Event, *, now: datetime) -> None:
    """Of an event with 50 places: ten for Members and their offices, eight for social partners."""
    until = event.starts_at - timedelta(weeks=2)
    for groups, places in ((OFFICES, 10), (PARTNERS, 8)):
        facts = {
            "groups": groups, "countries": [], "places": places, "until": until, "online": False,
        }  # fmt: skip
        quotas.add(event, facts, by=COMMAND, now=now)


def register_people(event: Event, count: int, *, now: datetime) -> Iterator[int]:
    """Register `count` made-up people, told already, a hundred in each step; yields how many."""
    event, entrance = events.locked(event.id), events.held(event.id)
    start = _how_many(event)
    generator = random.Random(f"{event.slug}-{start}")
    done = 0
    while done < count:
        size = min(100, count - done)
        for number in range(start + done, start + done + size):
            sent = Sent(_person(generator, number, event), {}, NOTICE_VERSION, _language(generator))
            service.register(entrance, sent, by=COMMAND, now=now)
        db.session.flush()
        _all_told(event)
        done += size
        yield size


def _how_many(event: Event) -> int:
    question = select(func.count()).where(Registration.event_id == event.id)
    return db.session.scalar(question) or 0


def _all_told(event: Event) -> None:
    """These people have no mailboxes: nothing is to be written to them."""
    for registration in db.session.scalars(
        select(Registration).where(
            Registration.event_id == event.id, Registration.told_revision == 0
        )
    ):
        registration.told_revision = registration.revision
        registration.told_event_revision = event.revision
        registration.told_status = registration.status
        registration.told_status_at = registration.status_at
        registration.told_address = registration.email


def _person(generator: random.Random, number: int, event: Event) -> dict[str, Any]:
    first, last = generator.choice(FIRST_NAMES), generator.choice(LAST_NAMES)
    return {
        "title": generator.choice(("", "", "", "Dr", "Prof.")),
        "first_name": first,
        "last_name": last,
        "badge_name": "",
        "email": f"registrant-{number:05}@example.org",
        "phone": "",
        "organisation": generator.choice(ORGANISATIONS),
        "role": generator.choice(ROLES),
        "stakeholder_group": generator.choice(list(StakeholderGroup)),
        "country": generator.choice(COUNTRIES),
        "attendance": Attendance.IN_PERSON if event.in_person else Attendance.ONLINE,
        "access_needs": "",
        "diet": "",
    }


def _language(generator: random.Random) -> str:
    return generator.choice(("en", "en", "fr"))
