"""The verb of papers: to say which there are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.audit.service import Actor, record
from portal.db import db
from portal.events.models import Event
from portal.papers import queries
from portal.papers.models import EventPapers


def keep(event: Event, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> EventPapers:
    """Letters say this from now on; those that somebody has already stay as they are."""
    papers = queries.of_event(event.id)
    if papers is None:
        papers = EventPapers(event_id=event.id, revision=0)
        db.session.add(papers)
    for name, value in facts.items():
        setattr(papers, name, value)
    papers.revision += 1
    db.session.flush()
    record("papers.changed", event, by=by, now=now, event_id=event.id)
    return papers


def copy(event: Event, made: Event, *, by: Actor, now: datetime) -> None:
    """The next edition offers what this one did; where claims are made then is to be said anew."""
    papers = queries.of_event(event.id)
    if papers is not None:
        keep(made, {name: getattr(papers, name) for name in _COPIED}, by=by, now=now)


_COPIED = ("invites", "confirms", "body", "signer", "signer_role", "words")
