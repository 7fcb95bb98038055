"""Questions about materials."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.db import LARGEST_ID, db
from portal.events.models import Event
from portal.materials.models import Material


def of_event(event: Event) -> Sequence[Material]:
    """All of them, in the order in which pages show them, each with its session."""
    return db.session.scalars(
        select(Material)
        .where(Material.event_id == event.id)
        .options(joinedload(Material.session))
        .order_by(Material.position, Material.id)
        .execution_options(populate_existing=True)
    ).all()


def one(event: Event, material_id: int) -> Material | None:
    """A material of this event; another event's is not found."""
    if material_id > LARGEST_ID:
        return None
    return db.session.scalar(
        select(Material)
        .where(Material.id == material_id, Material.event_id == event.id)
        .execution_options(populate_existing=True)
    )


def files() -> set[str]:
    """The names of all files that materials have."""
    return set(db.session.scalars(select(Material.file).where(Material.file != "")))
