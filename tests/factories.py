"""Rows for tests, made by the portal's own verbs, sensible unless a test says otherwise."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from portal import clock, uploads
from portal.audit.service import COMMAND
from portal.db import db
from portal.events import queries as event_queries
from portal.events import service as events
from portal.events.models import Event, Session, Speaker
from portal.events.rules import Format, Kind, SessionKind, State
from portal.materials import service as materials
from portal.materials.models import Material
from portal.materials.rules import Visibility
from portal.protection import queries as records
from portal.protection import service as protection
from portal.publications.models import Publication, PublicationFile, Subject
from portal.publications.rules import State as PublicationState
from portal.publications.rules import Type as ReportType
from portal.registrations import queries as registrations
from portal.registrations import service
from portal.registrations.models import Registration
from portal.registrations.person import address_key, name_key
from portal.registrations.rules import NOTICE_VERSION, Attendance, StakeholderGroup
from portal.registrations.service import Sent
from tests.records import RECORD

JANUARY = datetime(2027, 1, 18, 13, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_event(**facts: Any) -> Event:
    """A published event in Brussels on 18 January 2027, 14:00 to 17:30, with 50 places.

    Its data protection record is whole, as the house's is.
    """
    starts_at = facts.pop("starts_at", JANUARY)
    state = facts.pop("state", State.PUBLISHED)
    usual: dict[str, Any] = {
        "slug": f"event-{next(_numbers)}",
        "kind": Kind.PEER_LEARNING,
        "title": {
            "en": "Trust in microcredentials",
            "fr": "La confiance dans les microcertifications",
        },
        "summary": {"en": "Two sectors compare notes.", "fr": "Deux secteurs comparent."},
        "description": {"en": "What makes one *worth having*?"},
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=3, minutes=30),
        "zone": "Europe/Brussels",
        "format": Format.IN_PERSON,
        "venue": "House of Skills",
        "address": "Rue de la Formation 1, Brussels",
        "organisers": [{"en": "The agency", "fr": "L’agence"}],
        "sectors": ["manufacturing", "retail"],
        "contacts": [],
        "capacity": 50,
    }
    keep_house_record()
    event = events.create(usual | facts | {"state": state}, by=COMMAND, now=clock.now())
    db.session.flush()
    return event


def keep_house_record() -> None:
    """A whole record of the house, with which those of events begin."""
    if records.current(None) is None:
        protection.keep(None, RECORD, by=COMMAND, now=clock.now())


def make_session(event: Event, **facts: Any) -> Session:
    """A plenary at the event's start, an hour long."""
    starts_at = facts.pop("starts_at", event.starts_at)
    usual: dict[str, Any] = {
        "title": {"en": "Welcome", "fr": "Accueil"},
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "kind": SessionKind.PLENARY,
    }
    session = Session(event=event, **(usual | facts))
    db.session.add(session)
    db.session.flush()
    said = event_queries.revision(event.id, event.revision)
    assert said is not None
    said.facts = events.snapshot(event)
    return session


def make_speaker(event: Event, **facts: Any) -> Speaker:
    """Somebody who speaks, and agreed to be shown unless `agreed` is False."""
    agreed = facts.pop("agreed", True)
    usual: dict[str, Any] = {
        "name": "Ada Example", "role": {}, "affiliation": "", "biography": {}, "photo": "",
        "photo_text": {}, "position": len(event.speakers),
    }  # fmt: skip
    speaker = Speaker(event=event, **(usual | facts))
    db.session.add(speaker)
    db.session.flush()
    if agreed:
        speaker.agreed, speaker.agreed_at = speaker.shown, clock.now()
    return speaker


def make_publication(**facts: Any) -> Publication:
    """A published report of 2023 in English, without files."""
    number, now = next(_numbers), clock.now()
    usual: dict[str, Any] = {
        "number": str(9000 + number),
        "type": ReportType.REPORT,
        "title": {"en": f"Report {number}"},
        "language": "en",
        "published": "2023",
        "state": PublicationState.PUBLISHED,
        "public_at": now,
        "created_at": now,
        "updated_at": now,
    }
    publication = Publication(**(usual | facts))
    db.session.add(publication)
    db.session.flush()
    return publication


def make_subject(code: str, **label: str) -> Subject:
    """A term of the catalogue, with its label by language."""
    subject = Subject(code=code, label=label or {"en": code.capitalize()})
    db.session.add(subject)
    return subject


def make_publication_file(
    publication: Publication, content: bytes, name: str = "a.pdf", **facts: Any
) -> PublicationFile:
    """A file that was handed in and kept."""
    kept = uploads.keep(BytesIO(content), name)
    file = PublicationFile(
        publication=publication, file=kept.name, size=kept.size, digest=kept.digest,
        **({"language": "en", "created_at": clock.now(), "position": len(publication.files)}
           | facts),
    )  # fmt: skip
    db.session.add(file)
    db.session.flush()
    return file


def make_link(event: Event, **facts: Any) -> Material:
    """A link that everybody finds."""
    usual: dict[str, Any] = {
        "title": {"en": "The study", "fr": "L’étude"},
        "language": "en",
        "visibility": Visibility.PUBLIC,
        "session_id": None,
        "url": "https://example.org/study",
    }
    return materials.add(event, usual | facts, None, by=COMMAND, now=clock.now())


def person(**fields: Any) -> dict[str, Any]:
    """What a person writes, as the verbs take it."""
    number = next(_numbers)
    return {
        "title": "",
        "first_name": "Ada",
        "last_name": f"Lovelace {number}",
        "badge_name": "",
        "email": f"ada{number}@example.org",
        "phone": "",
        "organisation": "Analytical Society",
        "role": "adviser",
        "stakeholder_group": StakeholderGroup.EXPERT,
        "country": "BE",
        "attendance": Attendance.IN_PERSON,
        "access_needs": "",
        "diet": "",
    } | fields


def make_registration(event: Event, **fields: Any) -> Registration:
    """A person registers; `consents` and `language` can be given beside the person's fields."""
    consents = fields.pop("consents", {})
    language = fields.pop("language", "en")
    sessions = fields.pop("sessions", ())
    sent = Sent(person(**fields), consents, NOTICE_VERSION, language, sessions=sessions)
    service.register(events.held(event.id), sent, by=COMMAND, now=clock.now())
    db.session.flush()
    found = registrations.of_person(
        event.id, address_key(sent.person["email"]), name_key(sent.person)
    )
    assert found is not None
    return found
