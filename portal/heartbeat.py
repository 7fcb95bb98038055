"""The worker's sign of life, kept in the database so that every web process can read it."""

from datetime import UTC, datetime

from sqlalchemy import String, bindparam, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment, db, for_update, transaction
from portal.keeping import Impersonal, Rules

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST = text(
    "INSERT INTO heartbeats (name, at) VALUES (:name, :at) ON CONFLICT (name) DO NOTHING"
).bindparams(bindparam("at", type_=Moment()))


class Heartbeat(Model):
    """When a process last said that it is alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]


KEEPING: Rules = {
    Heartbeat: Impersonal(
        "When a process was last alive.",
        texts=("name",),
    )
}


def beat(now: datetime, name: str = "worker") -> None:
    """Note that `name` is alive at `now`."""
    with transaction() as session:
        session.merge(Heartbeat(name=name, at=now))


def held_beat(name: str) -> datetime:
    """When `name` was last heard of; nobody else notes a beat of it in this transaction."""
    question = for_update(select(Heartbeat.at).where(Heartbeat.name == name))
    at = db.session.scalar(question)
    if at is None:
        db.session.execute(_FIRST, {"name": name, "at": LONG_AGO})
        at = db.session.scalars(question).one()
    return at


def note_beat(name: str, now: datetime) -> None:
    """Note it in a transaction that is under way; a look is locked out by `held_beat`."""
    db.session.execute(update(Heartbeat).where(Heartbeat.name == name).values(at=now))


def last_beat(name: str = "worker") -> datetime | None:
    """When `name` was last heard of."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
