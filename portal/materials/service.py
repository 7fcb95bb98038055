"""The verbs of materials; kept pages of their event are old after each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal import uploads
from portal.audit.service import Actor, record
from portal.db import db
from portal.events.models import Event
from portal.events.service import page_changed
from portal.materials import queries
from portal.materials.models import Material
from portal.uploads import Kept


def add(
    event: Event, facts: Mapping[str, Any], kept: Kept | None, *, by: Actor, now: datetime
) -> Material:
    """A link, or a file that was kept, at the end of the list."""
    last = max((each.position for each in queries.of_event(event)), default=-1)
    material = Material(event_id=event.id, position=last + 1, created_at=now, **facts)
    db.session.add(material)
    if kept is not None:
        _take(material, kept)
    db.session.flush()
    _note("material.added", material, event, by=by, now=now)
    return material


def change(
    material: Material, facts: Mapping[str, Any], kept: Kept | None, *, by: Actor, now: datetime
) -> None:
    """Other words, or another file in the place of the one before, which is gone then."""
    for name, value in facts.items():
        setattr(material, name, value)
    if kept is not None:
        uploads.drop(material.file)
        _take(material, kept)
    _note("material.changed", material, material.event, by=by, now=now)


def remove(material: Material, *, by: Actor, now: datetime) -> None:
    """Nobody finds it any more, and its file is gone."""
    uploads.drop(material.file)
    _note("material.removed", material, material.event, by=by, now=now)
    db.session.delete(material)


def place(material: Material, *, earlier: bool, by: Actor, now: datetime) -> None:
    """One further up or down."""
    in_order = list(queries.of_event(material.event))
    here = in_order.index(material)
    there = max(here - 1, 0) if earlier else min(here + 1, len(in_order) - 1)
    in_order.insert(there, in_order.pop(here))
    for position, each in enumerate(in_order):
        each.position = position
    _note("material.placed", material, material.event, by=by, now=now)


def _take(material: Material, kept: Kept) -> None:
    material.file, material.size, material.digest = kept.name, kept.size, kept.digest


def _note(act: str, material: Material, event: Event, *, by: Actor, now: datetime) -> None:
    page_changed(event, now=now)
    record(act, material, by=by, now=now, event_id=event.id)
