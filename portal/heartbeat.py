"""The worker's sign of life, kept in the database so that every web process can read it."""

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, db, transaction


class Heartbeat(Model):
    """When a process last said that it is alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]


def beat(now: datetime, name: str = "worker") -> None:
    """Note that `name` is alive at `now`."""
    with transaction() as session:
        session.merge(Heartbeat(name=name, at=now))


def last_beat(name: str = "worker") -> datetime | None:
    """When `name` was last heard of."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
