"""A material of an event: a file that the portal keeps, or a link."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Row, coded
from portal.events.models import Event, Session
from portal.i18n import Translated
from portal.materials.rules import Visibility


class Material(Row):
    """Either `url` or `file` says where it is; `language` is that of its content."""

    __tablename__ = "materials"
    __table_args__ = (Index("ix_materials_event_id_position", "event_id", "position"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("sessions.id", ondelete="SET NULL"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Translated] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(8))
    visibility: Mapped[Visibility] = mapped_column(coded(Visibility))
    url: Mapped[str] = mapped_column(String(1000), default="")
    file: Mapped[str] = mapped_column(String(80), default="")
    size: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
    session: Mapped[Session | None] = relationship()

    @property
    def ending(self) -> str:
        """'pdf': what kind of file it is; empty for a link."""
        return self.file.rpartition(".")[2]
