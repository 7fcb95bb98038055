"""Topics, projects and ties for tests, made by the portal's own verbs."""

from __future__ import annotations

import itertools
from typing import Any

from portal import clock
from portal.audit.service import COMMAND
from portal.db import Row
from portal.events.models import Event
from portal.news.models import Item
from portal.podcasts.models import Episode
from portal.publications.models import Publication
from portal.ties import service
from portal.ties.models import Project, Topic
from portal.ties.rules import End, Kind

KINDS: dict[type[Row], Kind] = {
    Event: Kind.EVENT,
    Publication: Kind.PUBLICATION,
    Episode: Kind.EPISODE,
    Item: Kind.NEWS,
    Topic: Kind.TOPIC,
    Project: Kind.PROJECT,
}
_numbers = itertools.count(1)


def make_topic(**facts: Any) -> Topic:
    """A topic that everybody finds."""
    usual = {
        "slug": f"topic-{next(_numbers)}",
        "title": {"en": "Trust", "fr": "La confiance"},
        "summary": {"en": "Who believes a certificate."},
        "public": True,
    }
    return service.make(Topic, usual | facts, by=COMMAND, now=clock.now())


def make_project(**facts: Any) -> Project:
    """A study in two phases that everybody finds."""
    usual = {
        "slug": f"project-{next(_numbers)}",
        "title": {"en": "The study"},
        "commissioned_by": {"en": "The agency"},
        "public": True,
        "phases": [
            {"years": "2020–2023", "focus": {"en": "Mapping"}, "carried_out_by": "An institute"},
            {"years": "2025–2027", "focus": {"en": "Sectors"}, "carried_out_by": ""},
        ],
    }
    return service.make(Project, usual | facts, by=COMMAND, now=clock.now())


def end_of(thing: Any) -> End:
    return End(KINDS[type(thing)], thing.id)


def tie(thing: Any, *others: Any, phase: int | None = None) -> None:
    """These belong together; with `phase`, to that phase of the project `thing`."""
    ends = [end_of(other) for other in others]
    phases = dict.fromkeys(ends, phase) if phase else None
    service.tie(end_of(thing), added=ends, phases=phases, by=COMMAND, now=clock.now())


def untie(thing: Any, *others: Any) -> None:
    ends = [end_of(other) for other in others]
    service.tie(end_of(thing), removed=ends, by=COMMAND, now=clock.now())
